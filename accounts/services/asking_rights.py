"""Coordinators and career consultants ask for their rights: signed on by the state, address proved, then approved (PWD-07)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import LinkSpent
from accounts.models import Institution, Right, RightKind, RightRequest, User
from accounts.selectors import client_actor, live_entry_link, needs_consent
from accounts.states import AccessState
from stars.classifiers.models import Municipality
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.notices import services as notices

from .entry_links import send_entry_link, use_entry_link
from .rights import confirm_right

PURPOSE = "right"  # of the file sent along
ASKED = (RightKind.COORDINATOR, RightKind.CONSULTANT)
PAGES = {RightKind.COORDINATOR: "accounts:confirm_coordinator", RightKind.CONSULTANT: "accounts:confirm_consultant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRight:
    """What somebody tells of their work; who they are is the state's word and nothing typed (PWD-07)."""

    kind: RightKind
    municipality: Municipality | None
    institution: Institution | None
    position: str
    email: str
    phone: str
    document: files.Upload | None


@transaction.atomic
def ask_right(*, user_id: int, asked: AskedRight, by: Actor) -> Right:
    """Keep the request and send the link. Asking again before the link is used sends another one with the new answers.

    Raises DomainError where such a right waits, is in force or is blocked already.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    require(policies.may_ask_right(by, user) and asked.kind in ASKED)
    if needs_consent(user):
        raise DomainError(_("First read and confirm the terms of use and the privacy policy."), code="no_consent")
    place = {"institution": asked.institution, "municipality": asked.municipality}
    live = Right.objects.select_for_update(of=("self",)).filter(user=user, kind=asked.kind, **place)
    known = live.exclude(state__in=(AccessState.REFUSED, AccessState.EXPIRED)).first()
    if known is not None and known.state != AccessState.UNCONFIRMED:
        raise DomainError(
            _("You have asked for these rights already. Their state: %(state)s.")
            % {"state": known.get_state_display()},
            code="asked_already",
        )
    right = known or Right.objects.create(user=user, kind=asked.kind, state=AccessState.UNCONFIRMED, **place)
    _write(right, asked)
    audit.record(right, "ask", by=by, to_state=right.state, data={"kind": right.kind}, is_first=known is None)
    _send_link(right)
    return right


def _write(right: Right, asked: AskedRight) -> None:
    request = RightRequest.objects.filter(right=right).first() or RightRequest(right=right)
    old = request.document_id
    request.position, request.email, request.phone = asked.position, asked.email.strip().lower(), asked.phone
    if asked.document is not None:
        request.document = files.keep(upload=asked.document, purpose=PURPOSE, person_id=right.user.person_id)
        files.request_signature_check(stored=request.document)
    request.save()
    if asked.document is not None and old is not None:
        files.discard(file_id=old)


@transaction.atomic
def resend_right_link(*, right_id: int, by: Actor) -> None:
    """Another link to the work address, while it is not confirmed; otherwise nothing happens."""
    right = Right.objects.select_for_update(of=("self",), no_key=True).get(pk=right_id)
    require(policies.holder(by, right))
    if right.state == AccessState.UNCONFIRMED:
        _send_link(right)


def _send_link(right: Right) -> None:
    send_entry_link(
        of=right,
        email=right.request.email,
        address=PAGES[RightKind(right.kind)],
        subject=_("Confirm your e-mail address"),
        template="emails/accounts/confirm_right.txt",
        words={"role": right.get_kind_display(), "place": right.place},
    )


@transaction.atomic
def confirm_right_address(*, token: str) -> Right:
    """Use the link: the address is the holder's, letters go there, and the right waits for approval. Raises LinkSpent."""
    seen = live_entry_link(token, "right")
    if seen is None or seen.right is None:
        raise LinkSpent
    right = (
        Right.objects.select_for_update(of=("self",), no_key=True).select_related("user__person").get(pk=seen.right.pk)
    )
    use_entry_link(token=token, kind="right")
    right.request.email_confirmed_at = timezone.now()
    right.request.save(update_fields=["email_confirmed_at"])
    by = client_actor(right.user)  # as when they asked: the state's person, who is not in the role yet
    notices.release_held(recipient_id=right.user_id, address=right.request.email)
    return confirm_right(right_id=right.pk, by=by)


def forget_right(right: Right) -> None:
    """A right nobody has approved goes with its request and its document; the trail stays."""
    request = RightRequest.objects.filter(right=right).first()
    document = request.document_id if request else None
    right.delete()
    if document is not None:
        files.discard(file_id=document)
