"""F14 and F15: the edges of a round. The moment of arrival decides, whatever is waited for, and nothing a browser says."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import User
from applications.models import Application, Draft
from applications.services import submitting
from catalog.models import ApplicationRound, CourseGroup
from stars.pages import invariants
from tests.applications.test_draft import main_of
from tests.applications.test_submit import fingerprint_of
from tests.factories.accounts import ClientFactory
from tests.factories.applications import DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import imk
from tests.faults.waiting import psql, waits_for
from tests.races.test_submit_last_place import together

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[[User], Client]
# The last day of a round in Riga is 20.06.2025: it closes at midnight, which is 21:00 in UTC.
CLOSES = datetime(2025, 6, 20, 21, tzinfo=UTC)
OPENS = datetime(2025, 6, 9, 6, tzinfo=UTC)  # 09:00 in Riga
TICK = timedelta(milliseconds=100)


@pytest.fixture
def round_of_june() -> ApplicationRound:
    made: ApplicationRound = RoundFactory.create(source=imk(), opens_at=OPENS, closes_at=CLOSES)
    return made


@pytest.fixture
def draft(round_of_june: ApplicationRound) -> Draft:
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        made: Draft = DraftFactory.create(client=ClientFactory.create().person, source=imk())
    return made


def press_at(moment: datetime, draft: Draft, as_client: Browse, **forged: str) -> Any:
    """The button of the check page at exactly this moment."""
    with time_machine.travel(moment, tick=False):
        browser = as_client(draft.client.user)
        return browser.post(
            f"/pieteikums/{draft.reference}/parbaudit", {"fingerprint": fingerprint_of(draft), **forged}
        )


def kept(draft: Draft) -> bool:
    """Nothing was sent, no place was taken, and everything typed is still there."""
    CourseGroup.objects.get(programme=draft.programme)
    return (
        not Application.objects.exists()
        and CourseGroup.objects.get(programme=draft.programme).taken == 0
        and Draft.objects.get(pk=draft.pk).answers == draft.answers
    )


# --- the last moment (F14) -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment",
    [CLOSES - timedelta(minutes=1), CLOSES - TICK, CLOSES - timedelta(microseconds=1)],
    ids=["23:59:00.0", "23:59:59.9", "23:59:59.999999"],
)
def test_f14_t1_before_midnight_is_in(moment: datetime, draft: Draft, as_client: Browse) -> None:
    answer = press_at(moment, draft, as_client)
    assert (answer.status_code, answer["Location"]) == (302, f"/pieteikums/{draft.reference}/apstiprinajums")
    assert Application.objects.get().arrived_at == moment


@pytest.mark.parametrize("moment", [CLOSES, CLOSES + TICK], ids=["00:00:00.0", "00:00:00.1"])
def test_f14_t1_midnight_is_out_and_the_deadline_is_named(moment: datetime, draft: Draft, as_client: Browse) -> None:
    answer = press_at(moment, draft, as_client)
    assert answer.status_code == 409
    assert "Pieteikties varēja līdz 20.06.2025. plkst. 23:59" in main_of(answer)
    assert kept(draft)


def wait_for_the_lock(lock: str, draft: Draft, as_client: Browse) -> Any:
    """A press that arrives in time and waits for the account or the group, while the round ends."""
    account = ("funding_learningaccount WHERE person_id", draft.client_id)
    table, pk = account if lock == "account" else ("catalog_coursegroup WHERE programme_id", draft.programme_id)
    mark = fingerprint_of(draft)
    pressed = threading.Event()

    def somebody() -> str:
        with psql() as other:
            other.execute(f"SELECT 1 FROM {table} = %s FOR UPDATE", [pk])
            pressed.set()
            assert waits_for(other)
            ApplicationRound.objects.update(closes_at=timezone.now())
        return "closed"

    def person() -> Any:
        assert pressed.wait(20)
        return as_client(draft.client.user).post(f"/pieteikums/{draft.reference}/parbaudit", {"fingerprint": mark})

    closed, answer = together(somebody, person)
    assert closed == "closed", closed
    return answer


@pytest.fixture
def open_draft() -> Draft:
    RoundFactory.create(source=imk())
    made: Draft = DraftFactory.create(client=ClientFactory.create().person, source=imk())
    return made


@pytest.mark.parametrize("lock", ["account", "group"])
def test_f14_t2_who_arrived_in_time_and_waited_for_a_lock_is_in(
    open_draft: Draft, as_client: Browse, lock: str
) -> None:
    answer = wait_for_the_lock(lock, open_draft, as_client)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    application = Application.objects.get()
    assert application.arrived_at < ApplicationRound.objects.get().closes_at
    with invariants.snapshot():
        assert invariants.check(only=("I1", "I2", "I4", "I5", "I8", "I12")) == []


def test_f14_control_by_the_clock_of_the_decision_who_waited_would_be_out(
    open_draft: Draft, as_client: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = submitting._draft
    monkeypatch.setattr(submitting, "_draft", lambda reference, by, _: original(reference, by, timezone.now()))
    answer = wait_for_the_lock("account", open_draft, as_client)
    assert answer.status_code == 409


# --- the first moment (F15) ------------------------------------------------------------------------------------


FORGED = {
    "open": "1",
    "is_open": "true",
    "round": "1",
    "arrived_at": "2025-06-10T09:00",
    "kārta": "atvērta",
    "state": "open",
}


@pytest.mark.parametrize("moment", [OPENS - timedelta(days=3), OPENS - TICK], ids=["days before", "08:59:59.9"])
@pytest.mark.parametrize("forged", [{}, FORGED], ids=["plain", "forged"])
def test_f15_nobody_is_early_whatever_the_form_says(
    moment: datetime, forged: dict[str, str], draft: Draft, as_client: Browse
) -> None:
    answer = press_at(moment, draft, as_client, **forged)
    assert answer.status_code == 409
    assert "Pieteikšanās sāksies 09.06.2025. plkst. 09:00" in main_of(answer)
    assert kept(draft)


def test_f15_at_nine_it_is_open(draft: Draft, as_client: Browse) -> None:
    assert press_at(OPENS, draft, as_client).status_code == 302


def test_f15_the_client_s_clock_decides_nothing(draft: Draft, as_client: Browse) -> None:
    with time_machine.travel(OPENS - TICK, tick=False):
        browser = as_client(draft.client.user)
        headers = {"Date": "Mon, 09 Jun 2025 07:00:00 GMT", "X-Arrived-At": "2025-06-09T09:00:00Z", "X-Open": "1"}
        mark = {"fingerprint": fingerprint_of(draft)}
        answer = browser.post(f"/pieteikums/{draft.reference}/parbaudit?open=1", mark, headers=headers)
    assert answer.status_code == 409
    assert kept(draft)


def test_f15_an_old_link_leads_to_words_and_keeps_the_draft(draft: Draft, as_client: Browse) -> None:
    """A link kept from the round that is over, opened in the next one and between them."""
    address = f"/pieteikums/jauns/{draft.programme.number}/imk"
    with time_machine.travel(CLOSES + timedelta(days=2), tick=False):
        browser = as_client(draft.client.user)
        for path in (address, f"{address}/1", f"/pieteikums/{draft.reference}/parbaudit"):
            answer = browser.get(path)
            assert answer.status_code == 200
            assert "Pieteikties varēja līdz 20.06.2025. plkst. 23:59" in main_of(answer)
            assert "Jūsu atbildes ir saglabātas melnrakstā" in main_of(answer)
    assert kept(draft)


@pytest.mark.parametrize("quietly", [False, True], ids=["button", "autosave"])
def test_t4_a_form_opened_in_time_and_posted_late_is_kept_as_a_draft(
    draft: Draft, as_client: Browse, quietly: bool
) -> None:
    headers = {"X-Requested-With": "autosave"} if quietly else {}
    with time_machine.travel(CLOSES + TICK, tick=False):
        browser = as_client(draft.client.user)
        step = f"/pieteikums/jauns/{draft.programme.number}/imk/1"
        answer = browser.post(step, {**draft.answers, "phone": "29 999 999"}, headers=headers)
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.answers["phone"] == "+371 29999999"
    assert kept(draft)
    if not quietly:
        assert "Pieteikties varēja līdz 20.06.2025. plkst. 23:59" in main_of(answer)
        assert "Jūsu atbildes ir saglabātas melnrakstā" in main_of(answer)


def test_f15_before_opening_the_form_can_be_filled_and_waits(
    round_of_june: ApplicationRound, as_client: Browse
) -> None:
    """X27: what is prepared at night is sent at nine with one press."""
    with time_machine.travel(OPENS - timedelta(hours=10), tick=False):
        draft = DraftFactory.create(client=ClientFactory.create().person, source=imk())
        browser = as_client(draft.client.user)
        step = f"/pieteikums/jauns/{draft.programme.number}/imk/1"
        assert browser.post(step, {**draft.answers, "phone": "29 999 999"}).status_code in {302, 200, 422}
        draft.refresh_from_db()
        assert draft.answers["phone"] == "+371 29999999"
    assert press_at(OPENS, draft, as_client).status_code == 302


def test_f15_control_without_the_look_at_the_round_a_place_is_taken_early(
    draft: Draft, as_client: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And `check_invariants` would see it (I12)."""
    original = submitting._draft
    monkeypatch.setattr(submitting, "_draft", lambda reference, by, _: original(reference, by, OPENS))
    assert press_at(OPENS - TICK, draft, as_client).status_code == 302
    with invariants.snapshot():
        assert {breach.rule for breach in invariants.check(only=("I12",))} == {"I12"}
