"""Step 1: addresses of an institution, and what the education register says of each. The register never holds anybody up."""

import logging
import random
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import registries
from accounts.registries import Unanswered
from calls import policies
from calls.errors import InUse
from calls.models import VenueCheck
from calls.states import DraftAction, VenueState
from catalog import services as catalog
from catalog.models import Venue
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.tasks import enqueue

logger = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
BATCH, MOST_VENUES = 60, 50


@transaction.atomic
def add_venue(*, name: str, address: str, municipality_id: int | None, by: Actor) -> Venue:
    """A new address; the register is asked by a worker, and the answer changes nothing that is already written."""
    require(policies.may_prepare(by))
    assert by.institution_id is not None
    own = Venue.objects.filter(institution_id=by.institution_id)
    if own.filter(address__iexact=address).exists():
        raise DomainError(_("This address is already on the list."), code="known_address")
    if own.count() >= MOST_VENUES:
        raise DomainError(_("At most %(most)s venues can be listed.") % {"most": MOST_VENUES}, code="too_many")
    venue = Venue(
        code=f"{slugify(name)[:24].strip('-') or 'vieta'}-{uuid4().hex[:10]}",
        institution_id=by.institution_id,
        name=name,
        address=address,
        municipality_id=municipality_id,
    )
    catalog.save_venue(venue=venue, changed=["name", "address", "municipality"], by=by)
    _ask(venue)
    return venue


def _ask(venue: Venue) -> None:
    """The question's row; the doorbell rings after commit."""
    check, _is_new = VenueCheck.objects.update_or_create(
        venue=venue,
        defaults={
            "state": VenueState.UNCHECKED,
            "asked_address": venue.address,
            "answer_id": "",
            "checked_at": None,
            "due_at": timezone.now(),
            "attempts": 0,
            "last_error": "",
        },
    )
    enqueue("calls.check_venue", check.pk)


@transaction.atomic
def ask_again(*, venue_id: int, by: Actor) -> None:
    """The register is asked once more, for example after the address was registered there."""
    venue = Venue.objects.select_for_update(of=("self",), no_key=True).get(pk=venue_id)
    require(policies.may_keep_venue(by, venue))
    _ask(venue)
    audit.record(venue, "ask_again", by=by)


@transaction.atomic
def drop_venue(*, venue_id: int, by: Actor) -> None:
    """Takes an address off the list while no programme of the catalogue and no group needs it. Twice changes nothing."""
    venue = Venue.objects.select_for_update(of=("self",)).filter(pk=venue_id).first()
    if venue is None:
        return
    require(policies.may_keep_venue(by, venue))
    if venue.programmes.exists() or venue.groups.exists():
        raise InUse(_("A programme in the catalogue is taught at this address. It stays on the list."))
    audit.record(venue, DraftAction.DISCARD, by=by, data={"address": venue.address})
    catalog.drop_venue(venue_id=venue.pk, by=by)


def check_venue(*, check_id: int, by: Actor) -> bool:
    """Asks the register about one address; tells whether it is answered now. No transaction is open while it thinks."""
    require(by.is_system)
    check = _claim(check_id)
    return check is not None and _answer(check, by)


def check_venues(*, by: Actor) -> int:
    """Whatever the doorbell missed or the register did not answer before; gives the number of answers."""
    require(by.is_system)
    due = VenueCheck.objects.filter(state=VenueState.UNCHECKED, due_at__lte=timezone.now()).order_by("due_at", "pk")
    return sum(check_venue(check_id=pk, by=by) for pk in list(due.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _claim(check_id: int) -> VenueCheck | None:
    now = timezone.now()
    check = (
        VenueCheck.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=check_id, state=VenueState.UNCHECKED, due_at__lte=now)
        .first()
    )
    if check is None or not registries.is_configured("viis"):
        return None
    check.due_at, check.attempts = now + LEASE, F("attempts") + 1
    check.save(update_fields=["due_at", "attempts"])
    return VenueCheck.objects.select_related("venue__institution").get(pk=check_id)


def _answer(check: VenueCheck, by: Actor) -> bool:
    assert check.venue.institution is not None
    try:
        answer = registries.ask_address(
            check.asked_address,
            institution_number=check.venue.institution.institution_number,
            request_id=f"venue-{check.pk}-{check.attempts}",
        )
    except Unanswered as error:
        _put_back(check, error.reason)
        return False
    return _keep(check, is_registered=answer.is_registered, answer_id=answer.answer_id, by=by)


@transaction.atomic
def _keep(check: VenueCheck, *, is_registered: bool, answer_id: str, by: Actor) -> bool:
    """The register's word, unless the address was asked about anew meanwhile."""
    venue = Venue.objects.select_for_update(of=("self",), no_key=True).filter(pk=check.venue_id).first()
    state = VenueState.REGISTERED if is_registered else VenueState.NOT_FOUND
    held = VenueCheck.objects.filter(pk=check.pk, state=VenueState.UNCHECKED, due_at=check.due_at)
    if venue is None or not held.update(state=state, answer_id=answer_id, checked_at=timezone.now(), last_error=""):
        return False
    if venue.registered_in_viis != is_registered:
        venue.registered_in_viis = is_registered
        catalog.save_venue(venue=venue, changed=["registered_in_viis"], by=by)
    audit.record(venue, "check_address", by=by, to_state=state, data={"answer": answer_id})
    return True


def _put_back(check: VenueCheck, reason: str) -> None:
    """Asked again later; "not answered" is never "not found" (D2)."""
    pause = min(FIRST_PAUSE * 2 ** min(check.attempts, 10), LONGEST_PAUSE)
    due_at = timezone.now() + pause * random.uniform(0.8, 1.2)  # noqa: S311 - spreads retries, guards nothing
    VenueCheck.objects.filter(pk=check.pk, due_at=check.due_at).update(due_at=due_at, last_error=reason[:60])
    logger.warning("address_not_checked check=%s reason=%s attempts=%s", check.pk, reason, check.attempts)
