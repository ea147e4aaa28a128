"""Telling people: rows in the caller's transaction are the outbox; the task after commit only wakes the worker (O1)."""

from email.utils import make_msgid
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from stars.kernel.tasks import enqueue

from .models import Delivery, Notice
from .states import DeliveryState

MAIL_DOMAIN = "stars.gov.lv"


class Recipient(Protocol):
    """A user; an empty `mail_address` means that the address is not confirmed yet."""

    pk: int

    @property
    def mail_address(self) -> str: ...


@transaction.atomic
def notify(*, recipient: Recipient, key: str, title: str, body: str, path: str = "", mail: bool = True) -> Notice:
    """A notice in the portal and, with `mail`, an e-mail row. Telling the same event twice changes nothing (I8)."""
    Notice.objects.bulk_create(
        [Notice(recipient_id=recipient.pk, key=key, title=one_line(title), body=body, path=path)], ignore_conflicts=True
    )
    if mail:
        address = recipient.mail_address
        write_mail(recipient_id=recipient.pk, address=address, key=key, subject=title, text=body, path=path)
    return Notice.objects.get(recipient_id=recipient.pk, key=key)


@transaction.atomic
def mail(*, address: str, key: str, subject: str, text: str, path: str = "", recipient: Recipient | None = None) -> None:
    """An e-mail only: a confirmation link, a reset. `path` becomes the button."""
    write_mail(
        recipient_id=recipient.pk if recipient else None, address=address, key=key, subject=subject, text=text, path=path
    )


def write_mail(*, recipient_id: int | None, address: str, key: str, subject: str, text: str, path: str) -> None:
    """The outbox row: held while there is no address, due otherwise; a row that exists already stays as it is."""
    delivery = Delivery(
        recipient_id=recipient_id,
        key=key,
        address=address,
        subject=one_line(subject),
        text=text,
        path=path,
        state=DeliveryState.DUE if address else DeliveryState.HELD,
        message_id=make_msgid(domain=MAIL_DOMAIN),
    )
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    if address:
        wake()


@transaction.atomic
def release_held(*, recipient_id: int, address: str) -> int:
    """After the address is confirmed: what waited for it becomes due. Returns how many."""
    released = Delivery.objects.filter(recipient_id=recipient_id, state=DeliveryState.HELD).update(
        address=address, state=DeliveryState.DUE, due_at=timezone.now()
    )
    if released:
        wake()
    return released


def wake() -> None:
    """One doorbell for all that is due; the periodic sweep rings it too."""
    enqueue("notices.deliver_due")


@transaction.atomic
def mark_read(*, recipient_id: int, notice_id: int | None = None) -> None:
    """One notice, or all of them, seen by the person they are for."""
    unread = Notice.objects.filter(recipient_id=recipient_id).unread()
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    unread.update(read_at=timezone.now())


def one_line(text: str) -> str:
    """What may stand in a mail header: no line breaks, 250 characters at most (PWD-13)."""
    return " ".join(text.split())[:250]


