"""An offer is sealed when it is sent; the arrival stamp decides; limits hold; the same press is one offer (T2, K7)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from calls import selectors, services
from calls.errors import (
    CallClosed,
    CallNotOpen,
    OfferChanged,
    OfferedElsewhere,
    OfferIncomplete,
    OverLimit,
    Sealed,
    TooLateToWithdraw,
)
from calls.models import Call, Offer, OfferedProgramme, OfferVersion, ProgrammeDraft, VenueCheck
from calls.states import OfferState, VenueState
from catalog.models import Venue
from documents.models import Receipt
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.notices.models import Notice
from tests.factories.accounts import InstitutionFactory, ProviderFactory
from tests.factories.calls import (
    JOB,
    CallFactory,
    OfferFactory,
    PaperFactory,
    ProgrammeDraftFactory,
    VenueCheckFactory,
    WantedAttachmentFactory,
    ready,
)
from tests.factories.files import StoredFileFactory

pytestmark = pytest.mark.django_db


def send(
    offer: Offer, *, by: Actor = JOB, after: timedelta = timedelta(hours=1), fingerprint: str = ""
) -> OfferVersion:
    """As the check page and its button do it."""
    shown = fingerprint or selectors.drafted(offer, offer.call).fingerprint
    return services.submit_offer(offer_id=offer.pk, fingerprint=shown, arrived_at=offer.call.opens_at + after, by=by)


def withdraw(offer: Offer, *, by: Actor = JOB, after: timedelta = timedelta(hours=2)) -> Offer:
    return services.withdraw_offer(offer_id=offer.pk, arrived_at=offer.call.opens_at + after, by=by)


def test_what_is_sent_is_sealed_with_its_sums() -> None:
    offer = OfferFactory()
    version = send(offer)
    offer.refresh_from_db()
    assert offer.state == OfferState.SUBMITTED
    assert version.is_genuine
    programme = version.programmes.get()
    assert (programme.calculated_cents, programme.cap_cents, programme.requested_cents) == (89178, 42743, 42743)
    assert version.requested_cents == 42743
    assert version.content["programmes"][0]["values"]["name"] == "Sistēmu programmēšana"
    assert version.content["venues"][0]["viis"] == "unchecked"
    assert version.content["declaration"]


def test_the_database_keeps_what_is_sealed() -> None:
    version = send(OfferFactory())
    for change in ({"content": {"other": 1}}, {"sha256": "0" * 64}, {"arrived_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            OfferVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        OfferVersion.objects.filter(pk=version.pk)._raw_delete("default")
    assert OfferVersion.objects.get(pk=version.pk).is_genuine


def test_k7_the_same_press_again_is_the_same_version() -> None:
    offer = OfferFactory()
    shown = selectors.drafted(offer, offer.call).fingerprint
    first = send(offer, fingerprint=shown)
    late = services.submit_offer(
        offer_id=offer.pk, fingerprint=shown, arrived_at=offer.call.closes_at + timedelta(hours=1), by=JOB
    )
    assert late == first
    assert Receipt.objects.filter(subject=first.reference).count() == 1


def test_another_body_after_the_sealing_is_refused() -> None:
    offer = OfferFactory(submitted=True)
    with pytest.raises(Sealed):
        send(offer, fingerprint="0" * 64)


@pytest.mark.parametrize("microseconds", [-1, -1_000_000])
def test_t1_the_last_moment_is_inside(microseconds: int) -> None:
    offer = OfferFactory()
    arrived = offer.call.closes_at + timedelta(microseconds=microseconds)
    shown = selectors.drafted(offer, offer.call).fingerprint
    assert services.submit_offer(offer_id=offer.pk, fingerprint=shown, arrived_at=arrived, by=JOB).arrived_at == arrived


def test_t1_the_closing_moment_is_outside() -> None:
    offer = OfferFactory()
    shown = selectors.drafted(offer, offer.call).fingerprint
    with pytest.raises(CallClosed):
        services.submit_offer(offer_id=offer.pk, fingerprint=shown, arrived_at=offer.call.closes_at, by=JOB)
    offer.refresh_from_db()
    assert offer.state == OfferState.DRAFT
    assert offer.content["declares"]


def test_before_the_opening_nothing_is_taken() -> None:
    offer = OfferFactory(call__to_come=True)
    with pytest.raises(CallNotOpen):
        send(offer, after=timedelta(seconds=-1))


def test_what_was_changed_since_the_check_page_is_not_sent() -> None:
    offer = OfferFactory()
    shown = selectors.drafted(offer, offer.call).fingerprint
    ProgrammeDraft.objects.update(content=ready(venues=ProgrammeDraft.objects.get().content["venues"], name="Cits"))
    with pytest.raises(OfferChanged):
        send(offer, fingerprint=shown)
    assert not OfferVersion.objects.exists()


def test_what_is_missing_is_named() -> None:
    call = CallFactory()
    WantedAttachmentFactory(call=call, name="Iesniegums")
    draft = ProgrammeDraftFactory()
    draft.content |= {"digital_share_percent": "60", "equipment": ""}
    draft.save()
    offer = OfferFactory(call=call, institution=draft.institution, programmes=[draft])
    Offer.objects.filter(pk=offer.pk).update(content=offer.content | {"declares": False, "source": ""})
    offer.refresh_from_db()
    with pytest.raises(OfferIncomplete) as refused:
        send(offer)
    said = " ".join(refused.value.problems)
    assert len(refused.value.problems) == 5
    assert "70" in said
    assert "Iesniegums" in said


def test_a_file_the_scanner_refused_is_no_attachment() -> None:
    call = CallFactory()
    WantedAttachmentFactory(call=call, code="plans", place="programme")
    draft = ProgrammeDraftFactory()
    offer = OfferFactory(call=call, institution=draft.institution, programmes=[draft])
    PaperFactory(draft=draft, code="plans", file=StoredFileFactory(refused=True))
    with pytest.raises(OfferIncomplete):
        send(offer)
    PaperFactory(draft=draft, code="plans", file=StoredFileFactory())  # still being checked: UPL-06
    version = send(offer)
    assert version.files.count() == 2


def test_limits_are_counted_over_live_offers_and_freed_by_a_withdrawal() -> None:
    call, institution = CallFactory(), InstitutionFactory()
    first = OfferFactory(
        call=call, institution=institution, programmes=ProgrammeDraftFactory.create_batch(2, institution=institution)
    )
    second = OfferFactory(
        call=call, institution=institution, programmes=ProgrammeDraftFactory.create_batch(2, institution=institution)
    )
    send(first)
    with pytest.raises(OverLimit):
        send(second)
    withdraw(first)
    send(second)
    assert OfferedProgramme.objects.filter(state=OfferState.SUBMITTED).count() == 2


def test_one_programme_is_in_one_live_offer_of_a_call() -> None:
    draft = ProgrammeDraftFactory()
    call = CallFactory()
    first, second = (OfferFactory(call=call, institution=draft.institution, programmes=[draft]) for _ in range(2))
    send(first)
    with pytest.raises(OfferedElsewhere):
        send(second)


def test_a_withdrawn_offer_is_kept_and_sent_again() -> None:
    offer = OfferFactory()
    send(offer)
    withdraw(offer)
    offer.refresh_from_db()
    assert offer.state == OfferState.WITHDRAWN
    again = send(offer, after=timedelta(hours=3))
    assert [one.number for one in offer.versions.order_by("number")] == [1, 2]
    assert again.number == 2
    states = Counter(OfferedProgramme.objects.values_list("state", flat=True))
    assert states == {OfferState.WITHDRAWN: 1, OfferState.SUBMITTED: 1}
    kinds = Counter(Receipt.objects.values_list("kind", flat=True))
    assert kinds == {"offer_sent": 2, "offer_withdrawn": 1}


def test_withdrawing_twice_changes_nothing() -> None:
    offer = OfferFactory(submitted=True)
    withdraw(offer)
    entries = AuditEntry.objects.count()
    withdraw(offer)
    assert AuditEntry.objects.count() == entries


def test_t1_at_the_deadline_nothing_is_withdrawn() -> None:
    offer = OfferFactory(submitted=True)
    with pytest.raises(TooLateToWithdraw):
        services.withdraw_offer(offer_id=offer.pk, arrived_at=offer.call.closes_at, by=JOB)
    moment = offer.call.closes_at - timedelta(microseconds=1)
    assert services.withdraw_offer(offer_id=offer.pk, arrived_at=moment, by=JOB).state == OfferState.WITHDRAWN


def test_only_the_institution_sends_and_withdraws() -> None:
    offer = OfferFactory()
    stranger = ProviderFactory().memberships.get().actor()
    with pytest.raises(NotPermitted):
        send(offer, by=stranger)
    with pytest.raises(NotPermitted):
        withdraw(OfferFactory(submitted=True), by=Actor(role=Role.AGENCY, user_id=1))


def test_everybody_of_the_institution_hears_of_it() -> None:
    provider = ProviderFactory()
    institution = provider.memberships.get().institution
    colleague = ProviderFactory(membership__institution=institution)
    offer = OfferFactory(institution=institution)
    send(offer, by=provider.memberships.get().actor())
    withdraw(offer)
    assert Counter(Notice.objects.values_list("recipient", flat=True)) == {provider.pk: 2, colleague.pk: 2}


def test_a_call_in_preparation_takes_nothing() -> None:
    offer = OfferFactory()
    Call.objects.update(state="prepared", announced_at=None)
    with pytest.raises(CallClosed):
        send(offer)


def test_an_address_viis_does_not_know_is_not_offered_one_it_has_not_answered_about_is() -> None:
    """Seed 003: the address must be registered in VIIS. D2: no answer yet is no "no"."""
    offer = OfferFactory()
    venue = Venue.objects.get(code__in=ProgrammeDraft.objects.get().content["venues"])
    check = VenueCheckFactory.create(venue=venue, asked_address=venue.address)
    unknown = {"state": VenueState.NOT_FOUND, "checked_at": timezone.now()}
    VenueCheck.objects.filter(pk=check.pk).update(**unknown)
    with pytest.raises(OfferIncomplete) as refused:
        send(offer)
    assert venue.address in refused.value.problems[0]
    VenueCheck.objects.filter(pk=check.pk).update(state=VenueState.UNCHECKED, checked_at=None)
    assert send(offer).content["venues"][0]["viis"] == VenueState.UNCHECKED
