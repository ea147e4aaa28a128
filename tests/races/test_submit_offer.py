"""Races of offers on committed transactions, each with a twin that takes the guard away (H1): limits, the deadline, two presses."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Institution
from calls import selectors, services
from calls.errors import Conflict, OverLimit
from calls.models import Call, Offer, OfferedProgramme, OfferVersion, ProgrammeDraft
from calls.services import submitting
from calls.states import OfferState
from stars.pages import invariants
from tests.factories.accounts import InstitutionFactory
from tests.factories.calls import JOB, CallFactory, OfferFactory, ProgrammeDraftFactory, ready
from tests.races.test_submit_last_place import together

pytestmark = pytest.mark.django_db(transaction=True)


def sending(offer: Offer) -> Callable[[], OfferVersion]:
    shown = selectors.drafted(offer, offer.call).fingerprint
    arrived_at = timezone.now()
    return lambda: services.submit_offer(offer_id=offer.pk, fingerprint=shown, arrived_at=arrived_at, by=JOB)


def two_offers() -> tuple[Call, list[Callable[[], OfferVersion]]]:
    """One institution, two offers of two modules each: together they are over the limit of three."""
    call, institution = CallFactory.create(), InstitutionFactory.create()
    offers = [OfferFactory.create(call=call, institution=institution, programmes=_two(institution)) for _ in range(2)]
    return call, [sending(offer) for offer in offers]


def _two(institution: Institution) -> list[ProgrammeDraft]:
    return ProgrammeDraftFactory.create_batch(2, institution=institution)  # type: ignore[no-any-return]


def test_two_offers_at_once_stay_within_the_limit() -> None:
    _call, jobs = two_offers()
    assert {type(outcome) for outcome in together(*jobs)} == {OfferVersion, OverLimit}
    assert OfferedProgramme.objects.filter(state=OfferState.SUBMITTED).count() == 2
    assert invariants.check(only=["C1"]) == []


def test_control_without_the_institutions_lock_both_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    _call, jobs = two_offers()
    met, refuse = threading.Barrier(2, timeout=20), submitting._refuse

    def look_and_wait(*args: Any) -> None:
        refuse(*args)
        met.wait()

    monkeypatch.setattr(submitting, "hold_institution", lambda institution_id: None)
    monkeypatch.setattr(submitting, "_refuse", look_and_wait)
    assert [type(outcome) for outcome in together(*jobs)] == [OfferVersion, OfferVersion]
    assert OfferedProgramme.objects.filter(state=OfferState.SUBMITTED).count() == 4
    assert [breach.rule for breach in invariants.check(only=["C1"])] == ["C1"]


def test_k7_two_presses_are_one_version_and_one_receipt() -> None:
    job = sending(OfferFactory.create())
    first, second = together(job, job)
    assert first == second
    assert OfferVersion.objects.count() == 1
    assert invariants.check(only=["C1", "R1", "I8"]) == []


def test_t2_who_withdrew_in_time_is_not_late_behind_a_lock() -> None:
    """The withdrawal arrives a moment before the deadline and waits; meanwhile the clock passes it."""
    offer = OfferFactory.create(submitted=True)
    arrived_at = timezone.now()
    Call.objects.update(closes_at=arrived_at + timedelta(microseconds=1))
    outcomes = together(
        lambda: services.withdraw_offer(offer_id=offer.pk, arrived_at=arrived_at, by=JOB),
        lambda: services.withdraw_offer(offer_id=offer.pk, arrived_at=arrived_at, by=JOB),
    )
    assert {outcome.state for outcome in outcomes} == {OfferState.WITHDRAWN}
    assert invariants.check(only=["C1", "R1"]) == []


def writing(draft: ProgrammeDraft, name: str) -> Callable[[], ProgrammeDraft]:
    return lambda: services.save_programme_draft(
        draft_id=draft.pk, answers=ready(name=name), revision=1, pen=name, by=JOB
    )


def test_k6_of_two_editors_at_once_one_is_told() -> None:
    draft = ProgrammeDraftFactory.create()
    outcomes = together(writing(draft, "Viens"), writing(draft, "Divi"))
    assert {type(outcome) for outcome in outcomes} == {ProgrammeDraft, Conflict}
    kept = ProgrammeDraft.objects.get()
    told = next(one for one in outcomes if isinstance(one, Conflict))
    assert told.kept["name"] == kept.name


def test_k6_control_without_the_revision_the_last_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = ProgrammeDraftFactory.create()

    def overwrite(pad: Any, content: Any, **_: Any) -> Any:
        pad.content = dict(content)
        pad.save(update_fields=["content"])
        return pad

    monkeypatch.setattr("calls.services.drafting._write", overwrite)
    outcomes = together(writing(draft, "Viens"), writing(draft, "Divi"))
    assert [type(outcome) for outcome in outcomes] == [ProgrammeDraft, ProgrammeDraft]
