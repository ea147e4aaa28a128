"""Rows that say who is to be told what. Written in the caller's transaction: no commit, no notice; no broker needed."""

import hashlib
import secrets
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stars.kernel.tasks import enqueue
from stars.notices.models import Delivery, Notice
from stars.notices.states import DeliveryState

MAIL_DOMAIN = "stars.gov.lv"
_LONGEST_SUBJECT = 250


class Recipient(Protocol):
    """A user of any kind, as this app needs to know them."""

    @property
    def pk(self) -> Any: ...

    @property
    def mail_address(self) -> str: ...


@transaction.atomic(savepoint=False)
def notify(*, recipient: Recipient, key: str, title: str, body: str, path: str = "", mail: bool = True) -> None:
    """Tell one person one thing in the portal and, unless `mail` is off, by e-mail. Telling twice changes nothing (I8).

    `path` is an address inside the portal. Mail to a person without a confirmed address waits for `release_held`.
    Two statements, because it runs while people queue for a place.
    """
    subject = _one_line(title)
    Notice.objects.bulk_create(
        [Notice(recipient_id=recipient.pk, key=key, title=subject, body=body, path=path)], ignore_conflicts=True
    )
    if mail:
        _outbox(
            recipient_id=recipient.pk,
            key=key,
            address=recipient.mail_address,
            subject=subject,
            text=_with_link(body, path),
        )


@transaction.atomic(savepoint=False)
def mail(
    *, address: str, key: str, subject: str, text: str, path: str = "", recipient: Recipient | None = None
) -> None:
    """Send one e-mail that has no notice beside it, such as a confirmation link. Asking twice changes nothing (I8).

    `text` is plain text; an address alone in a paragraph becomes a link, `path` one into the portal. Raises ValueError
    for an address that could write mail headers of its own (PWD-13).
    """
    if not address:
        raise ValueError("A letter needs an address; only notices wait for one.")
    recipient_id = recipient.pk if recipient else None
    _outbox(
        recipient_id=recipient_id, key=key, address=address, subject=_one_line(subject), text=_with_link(text, path)
    )


@transaction.atomic
def release_held(*, recipient_id: int, address: str) -> int:
    """The person's address is confirmed: what was held goes out to it. Gives the number of letters."""
    _refuse_header_breaks(address)
    released = Delivery.objects.filter(recipient_id=recipient_id, state=DeliveryState.HELD).update(
        state=DeliveryState.DUE, address=address, due_at=timezone.now()
    )
    if released:
        enqueue("notices.deliver_due")
    return released


@transaction.atomic
def hold_mail(*, recipient_id: int) -> int:
    """Nothing more goes out to this person's address: what is not sent yet is held. Gives the number of letters."""
    unsent = Delivery.objects.filter(recipient_id=recipient_id, state=DeliveryState.DUE)
    return unsent.update(state=DeliveryState.HELD, address="", leased_until=None)


def _outbox(*, recipient_id: int | None, key: str, address: str, subject: str, text: str) -> None:
    """The row, unless there is one for this event; the doorbell rings after commit."""
    _refuse_header_breaks(address)
    row = Delivery(
        recipient_id=recipient_id,
        key=key,
        address=address,
        subject=subject,
        text=text,
        state=DeliveryState.DUE if address else DeliveryState.HELD,
        message_id=_message_id(recipient_id, key, address),
    )
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    if address:
        enqueue("notices.deliver_due")


def _message_id(recipient_id: int | None, key: str, address: str) -> str:
    """Fixed for the life of the letter. Without a recipient it also tells one event and address from another."""
    if recipient_id:
        return f"<{secrets.token_hex(16)}@{MAIL_DOMAIN}>"
    digest = hashlib.sha256(f"{key}\n{address}".encode()).hexdigest()
    return f"<{digest[:32]}@{MAIL_DOMAIN}>"


def _one_line(title: str) -> str:
    """A subject can hold no line break (PWD-13) and has an end."""
    return Truncator(" ".join(title.split())).chars(_LONGEST_SUBJECT)


def _refuse_header_breaks(address: str) -> None:
    if any(sign in address for sign in "\r\n\0"):
        raise ValueError("An e-mail address with a line break is refused (PWD-13).")


def _with_link(body: str, path: str) -> str:
    if not path:
        return body
    return "\n\n".join([body, _("Open in the portal:"), f"{settings.STARS_PUBLIC_BASE_URL}{path}"])
