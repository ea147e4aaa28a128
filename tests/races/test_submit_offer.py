"""Races of offers on committed transactions, each with a twin that takes the guard away (H1): limits, the deadline, two presses."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Institution
from calls import selectors, services
from calls.errors import CallClosed, Conflict, NotOverYet, OverLimit, TooLateToWithdraw
from calls.models import Call, Offer, OfferedProgramme, OfferVersion, ProgrammeDraft
from calls.services import deciding, drafting, submitting
from calls.states import OfferState
from stars.kernel.errors import DomainError
from stars.pages import invariants
from tests.factories.accounts import InstitutionFactory
from tests.factories.calls import JOB, CallFactory, OfferFactory, ProgrammeDraftFactory, ready
from tests.faults.waiting import psql, waits_for
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


def overwrite(pad: Any, content: Any, **_: Any) -> Any:
    """The last one wins, whatever they have read."""
    pad.content = dict(content)
    pad.save(update_fields=["content"])
    return pad


def test_k6_control_without_the_revision_the_last_one_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = ProgrammeDraftFactory.create()
    monkeypatch.setattr("calls.services.drafting._write", overwrite)
    outcomes = together(writing(draft, "Viens"), writing(draft, "Divi"))
    assert [type(outcome) for outcome in outcomes] == [ProgrammeDraft, ProgrammeDraft]


# --- two editors of one offer ---------------------------------------------------------------


def ticking(offer: Offer, pen: str, *, declares: bool) -> Callable[[], Offer]:
    answers = dict(offer.content) | {"declares": declares}
    return lambda: services.save_offer(offer_id=offer.pk, answers=answers, revision=1, pen=pen, by=JOB)


def test_k6_of_two_editors_of_one_offer_one_is_told() -> None:
    offer = OfferFactory.create()
    outcomes = together(ticking(offer, "viens", declares=True), ticking(offer, "divi", declares=False))
    assert {type(outcome) for outcome in outcomes} == {Offer, Conflict}
    kept = Offer.objects.get()
    told = next(one for one in outcomes if isinstance(one, Conflict))
    assert (told.kept["declares"], told.revision) == (kept.content["declares"], kept.revision)


def test_k6_control_without_the_revision_the_offers_last_writer_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = OfferFactory.create()
    monkeypatch.setattr("calls.services.drafting._write", overwrite)
    outcomes = together(ticking(offer, "viens", declares=True), ticking(offer, "divi", declares=False))
    assert [type(outcome) for outcome in outcomes] == [Offer, Offer]


# --- the deadline in the middle of a submit, a withdrawal at the deadline -----------------------


def behind_a_lock(offer: Offer, job: Callable[[], Any]) -> Any:
    """The job waits for the institution's lock; before it is let on, the deadline has passed."""
    held = threading.Event()

    def somebody() -> str:
        with psql() as other:
            other.execute("SELECT 1 FROM accounts_institution WHERE id = %s FOR UPDATE", [offer.institution_id])
            held.set()
            assert waits_for(other)
            Call.objects.update(closes_at=timezone.now())
        return "closed"

    def person() -> Any:
        assert held.wait(20)
        return job()

    closed, outcome = together(somebody, person)
    assert closed == "closed", closed
    return outcome


def test_t2_who_sent_in_time_and_waited_past_the_deadline_is_in() -> None:
    """The arrival stamp decides, not the moment the lock was had."""
    offer = OfferFactory.create()
    outcome = behind_a_lock(offer, sending(offer))
    assert isinstance(outcome, OfferVersion)
    assert outcome.arrived_at < Call.objects.get().closes_at <= outcome.submitted_at
    assert invariants.check(only=["C1", "R1"]) == []


def test_t2_control_by_the_clock_of_the_decision_who_waited_would_be_out() -> None:
    offer = OfferFactory.create()
    shown = selectors.drafted(offer, offer.call).fingerprint

    def by_the_clock_now() -> OfferVersion:
        hold_institution_alone(offer)
        return services.submit_offer(offer_id=offer.pk, fingerprint=shown, arrived_at=timezone.now(), by=JOB)

    assert isinstance(behind_a_lock(offer, by_the_clock_now), CallClosed)


def test_t2_who_withdrew_in_time_and_waited_past_the_deadline_is_out_of_the_call() -> None:
    offer = OfferFactory.create(submitted=True)
    arrived_at = timezone.now()
    outcome = behind_a_lock(offer, lambda: services.withdraw_offer(offer_id=offer.pk, arrived_at=arrived_at, by=JOB))
    assert outcome.state == OfferState.WITHDRAWN
    assert invariants.check(only=["C1", "R1"]) == []


def test_t2_control_by_the_clock_of_the_decision_the_withdrawal_would_be_late() -> None:
    offer = OfferFactory.create(submitted=True)

    def by_the_clock_now() -> Offer:
        hold_institution_alone(offer)
        return services.withdraw_offer(offer_id=offer.pk, arrived_at=timezone.now(), by=JOB)

    assert isinstance(behind_a_lock(offer, by_the_clock_now), TooLateToWithdraw)


def hold_institution_alone(offer: Offer) -> None:
    """Waits as the service does, in a transaction of its own, before the clock is read."""
    with transaction.atomic():
        drafting.hold_institution(offer.institution_id)


def opening_at_the_deadline(offer: Offer) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """A withdrawal that arrived in the last moment, and the officer who opens the offers."""
    arrived_at = timezone.now()
    Call.objects.update(closes_at=arrived_at + timedelta(microseconds=1), opens_at=arrived_at - timedelta(days=9))
    return (
        lambda: services.withdraw_offer(offer_id=offer.pk, arrived_at=arrived_at, by=JOB),
        lambda: services.evaluate_offer(offer_id=offer.pk, by=JOB),
    )


def test_a_withdrawal_at_the_deadline_is_not_overtaken_by_the_opening() -> None:
    """T2: offers are opened a minute after the deadline, longer than a request that came in time may wait."""
    offer = OfferFactory.create(submitted=True)
    withdrawn, opened = together(*opening_at_the_deadline(offer))
    assert (withdrawn.state, type(opened)) == (OfferState.WITHDRAWN, NotOverYet)
    assert invariants.check(only=["C1", "C2"]) == []


def test_control_without_the_minute_the_opening_overtakes_the_withdrawal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "GRACE", timedelta(0))
    offer = OfferFactory.create(submitted=True)
    withdraw, open_it = opening_at_the_deadline(offer)
    assert open_it().state == OfferState.IN_EVALUATION
    [late] = together(withdraw)
    assert isinstance(late, DomainError)
    assert Offer.objects.get().state == OfferState.IN_EVALUATION
