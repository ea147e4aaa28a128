"""What goes after years: an employee's or officer's name and address, and the papers of rights that have ended (GDP-02)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import pgettext

from accounts.models import FORGOTTEN, Membership, RecoveryCode, Right, RightRequest, SecondFactor, User
from accounts.states import AccessState
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require

from .ending_sessions import drop_sessions

OPEN = (AccessState.APPROVED, AccessState.BLOCKED)


@transaction.atomic
def forget_user(*, user_id: int, by: Actor) -> None:
    """Who signs in by password and has not for years: the way in ends, the name and the address go, the number stays.

    Nobody is told: the address may be somebody else's by now. Doing it twice changes nothing.
    """
    require(by.is_system)
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user_id)
    if user.person_id is not None or user.is_forgotten:
        return
    now = timezone.now()
    for right in Right.objects.select_for_update(of=("self",)).filter(user=user, state__in=OPEN).order_by("pk"):
        before, right.state = right.state, AccessState.EXPIRED
        right.valid_until = min(right.valid_until or now, now)
        right.save(update_fields=["state", "valid_until"])
        audit.record(right, "expire", by=by, from_state=before, to_state=right.state)
    for place in Membership.objects.select_for_update(of=("self",)).filter(user=user, state__in=OPEN).order_by("pk"):
        before, place.state = place.state, AccessState.EXPIRED
        place.save(update_fields=["state"])
        audit.record(place, "expire", by=by, from_state=before, to_state=place.state)
    drop_sessions(user_id=user.pk)
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    user.email = f"{user.reference.hex}@{FORGOTTEN}"
    user.name = pgettext("name", "Erased user")
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "password"])
    audit.record(user, "forget", by=by)


@transaction.atomic
def forget_right_request(*, request: RightRequest) -> None:
    """Post, work contacts and the paper that delegates; the right itself stays. The caller holds the row's lock."""
    document = request.document_id
    request.delete()
    if document is not None:
        files.discard(file_id=document)
