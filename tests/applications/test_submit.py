"""Sending an application: what it takes, what it leaves behind, and every way it is refused with the draft kept."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import RegistryQuestion, User
from accounts.selectors import actor_of
from accounts.states import Purpose, Registry
from applications import questions, selectors, services
from applications.errors import (
    AlreadyApplied,
    AnotherBody,
    ApplyRefused,
    Changed,
    Full,
    Incomplete,
    NoDraft,
    NoFunding,
    NotOpenYet,
    NotPublished,
    NotUnderSource,
    RoundClosed,
    TestFirst,
    TooYoung,
)
from applications.models import Application, Draft
from applications.services import submitting
from applications.states import State, Verdict
from catalog.models import ApplicationRound, CourseGroup, Programme, ProgrammeOffer
from documents.models import Receipt
from funding.models import FundingSource, LearningAccount, LedgerEntry, Reservation
from funding.selectors import balance_of
from funding.services import refuse_account, reserve
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.kernel.templatetags.stars import period
from stars.notices.models import Delivery, Notice
from tests.factories.accounts import ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory, DraftFactory, complete_answers
from tests.factories.catalog import CourseGroupFactory, ProgrammeFactory, ProgrammeOfferFactory, RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk, mn, varam

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create()
    return user


@pytest.fixture
def draft(client: User) -> Draft:
    """Complete, for an open round."""
    RoundFactory.create(source=imk())
    made: Draft = DraftFactory.create(client=client.person, source=imk())
    return made


def fingerprint_of(draft: Draft) -> str:
    offer = ProgrammeOffer.objects.filter(programme=draft.programme, source=draft.source).first()
    return questions.fingerprint(draft.programme_id, draft.source_id, offer.price_cents if offer else 0, draft.answers)


def send(draft: Draft, user: User, **changes: Any) -> Application:
    sent: dict[str, Any] = {"reference": draft.reference, "arrived_at": timezone.now(), "by": actor_of(user)}
    return services.submit(
        **sent | (changes if "fingerprint" in changes else changes | {"fingerprint": fingerprint_of(draft)})
    )


def refused(draft: Draft, user: User, reason: type[ApplyRefused], **changes: Any) -> ApplyRefused:
    """Refused for this reason; nothing was taken and the draft is still there."""
    taken = list(draft.programme.groups.order_by("pk").values_list("taken", flat=True))
    count = Application.objects.count()
    with pytest.raises(reason) as caught:
        send(draft, user, **changes)
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert Application.objects.count() == count
    assert list(draft.programme.groups.order_by("pk").values_list("taken", flat=True)) == taken
    assert not Reservation.objects.filter(purpose=draft.reference).exists()
    return caught.value


def test_a_draft_becomes_an_application(draft: Draft, client: User) -> None:
    application = send(draft, client)
    application.refresh_from_db()
    assert application.reference == draft.reference
    assert application.state == State.SUBMITTED
    assert application.group.taken == 1
    assert application.price_cents == 42743
    assert application.number[:5] == f"{timezone.localdate().year}-"
    assert not Draft.objects.exists()


def test_numbers_follow_one_another_and_are_never_used_again(draft: Draft, client: User) -> None:
    first = send(draft, client)
    services.withdraw(application_id=first.pk, by=actor_of(client), moment=timezone.now())
    second = send(DraftFactory.create(client=client.person, source=imk()), client)
    assert int(second.number[5:]) > int(first.number[5:])


def test_answers_are_kept_with_the_labels_seen(draft: Draft, client: User) -> None:
    answers = {one["question"]: one for one in send(draft, client).answers}
    assert list(answers)[:3] == ["email", "phone", "region"]
    assert answers["region"]["label"] == "Jūsu dzīvesvietas reģions"
    assert answers["venue"]["says"] == draft.programme.venues.get().address
    assert answers["reasons"]["says"] == "Lai labāk paveiktu pašreizējo darbu"
    assert "employed_now" not in answers  # IMK does not ask it


def test_i5_one_audit_chain_begins(draft: Draft, client: User) -> None:
    application = send(draft, client)
    entry = AuditEntry.objects.get(object_type="applications.application", object_id=str(application.pk))
    assert (entry.action, entry.from_state, entry.to_state, entry.sequence) == ("submit", "", "submitted", 1)
    assert (entry.actor_user_id, entry.actor_label) == (client.pk, "")  # the number stays, no name does (GDP-03)


def test_client_and_institution_are_told_by_a_task(draft: Draft, client: User) -> None:
    employee = ProviderFactory.create(membership__institution=draft.programme.institution)
    ProviderFactory.create()  # of another institution
    application = send(draft, client)
    assert services.tell(application_id=application.pk, by=SYSTEM)
    assert not services.tell(application_id=application.pk, by=SYSTEM)
    notice = Notice.objects.get(recipient=client)
    assert notice.key == f"application:{application.pk}:submitted"
    assert notice.title == f"Pieteikums Nr. {application.number} ir iesniegts"
    assert Delivery.objects.get(recipient=client).address == client.mail_address
    told = Notice.objects.exclude(recipient=client)
    assert [one.recipient for one in told] == [employee]
    assert client.person.last_name not in told[0].title + told[0].body
    assert not Delivery.objects.filter(recipient=employee).exists()


def test_nobody_is_told_twice(draft: Draft, client: User) -> None:
    ProviderFactory.create(membership__institution=draft.programme.institution)
    application = send(draft, client)
    assert services.tell_due(by=SYSTEM) == 1
    assert services.tell_due(by=SYSTEM) == 0
    application.refresh_from_db()
    assert application.told_at is not None


def test_money_is_reserved_and_the_own_share_frozen(draft: Draft, client: User) -> None:
    approved_account(client.person)
    application = send(draft, client)
    assert application.own_share_cents == 0
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.available_cents, balance.reserved_cents) == (7257, 42743)
    draft.programme.offers.update(price_cents=99999)
    application.refresh_from_db()
    assert (application.price_cents, application.own_share_cents) == (42743, 0)


def test_the_person_pays_what_exceeds_the_account(draft: Draft, client: User) -> None:
    approved_account(client.person)
    draft.programme.offers.update(price_cents=60899)
    application = send(draft, client)
    assert application.own_share_cents == 10899
    assert Reservation.objects.get(purpose=application.reference).amount_cents == 50000


def test_i15_unknown_never_decides(draft: Draft, client: User) -> None:
    """The account still waits for its check: the application is accepted, the verdict is "not known", no money moves."""
    application = send(draft, client)
    assert application.eligibility.verdict == Verdict.UNKNOWN
    assert application.own_share_cents == 0
    assert not LedgerEntry.objects.exists()


def test_eligibility_is_met_when_every_fact_is(draft: Draft, client: User) -> None:
    approved_account(client.person)
    application = send(draft, client)
    assert application.eligibility.verdict == Verdict.MET
    assert {one["rule"] for one in application.eligibility.findings} == {"not_done_before", "account"}


def test_percentage_source_asks_the_form_about_income(client: User) -> None:
    RoundFactory.create(source=mn())
    programme = ProgrammeFactory.create(offer__source=mn())
    answers = complete_answers(programme, low_income="yes")
    poor = send(DraftFactory.create(client=client.person, programme=programme, source=mn(), answers=answers), client)
    assert poor.own_share_cents == 0

    other = ClientFactory.create()
    draft = DraftFactory.create(client=other.person, programme=programme, source=mn())
    assert send(draft, other).own_share_cents == 4274


def test_mn_takes_the_place_in_the_chosen_period(client: User) -> None:
    RoundFactory.create(source=mn())
    programme = ProgrammeFactory.create(offer__source=mn())
    first = programme.groups.get()
    later = CourseGroupFactory.create(
        programme=programme, venue=first.venue, starts_on=first.starts_on + timedelta(days=60)
    )
    answers = complete_answers(programme, group=str(later.pk))
    application = send(
        DraftFactory.create(client=client.person, programme=programme, source=mn(), answers=answers), client
    )
    assert application.group == later


def test_an_account_being_checked_counts_as_granted_and_no_further(draft: Draft, client: User) -> None:
    """Terms 26.4: what the grant cannot pay is the person's own share already; a fourth source knows no account."""
    draft.programme.offers.update(price_cents=60899)
    assert send(draft, client).own_share_cents == 10899
    assert not Reservation.objects.exists()


def test_an_account_that_is_used_up_pays_nothing(draft: Draft, client: User) -> None:
    approved_account(client.person)
    reserve(
        person_id=client.person.pk,
        source=imk(),
        purpose=uuid.uuid4(),
        programme_name="Cita",
        price_cents=50000,
        by=SYSTEM,
    )
    assert send(draft, client).own_share_cents == 42743


def test_a_refused_account_stands_in_the_way_of_its_own_source_only(client: User) -> None:
    refuse_account(account_id=LearningAccount.objects.get(person=client.person).pk, reason="Kļūda.", by=SYSTEM)
    RoundFactory.create(source=mn())
    programme = ProgrammeFactory.create(offer__source=mn())
    assert send(DraftFactory.create(client=client.person, programme=programme, source=mn()), client).source == mn()


@pytest.mark.parametrize(("source", "asked"), [(imk, 0), (mn, 1)])
def test_the_register_of_employers_is_asked_where_work_is_a_condition(
    client: User, settings: Any, source: Callable[[], FundingSource], asked: int
) -> None:
    settings.STARS_REGISTRY_URLS = {registry.value: "http://127.0.0.1:9/" for registry in Registry}
    RoundFactory.create(source=source())
    programme = ProgrammeFactory.create(offer__source=source())
    send(DraftFactory.create(client=client.person, programme=programme, source=source()), client)
    questions_asked = RegistryQuestion.objects.filter(person=client.person, purpose=Purpose.APPLICATION)
    assert list(questions_asked.values_list("registry", flat=True)) == [Registry.VID] * asked


# --- idempotency ------------------------------------------------------------------


def test_another_constraint_is_not_told_as_sent_before(
    draft: Draft, client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> None:
        raise IntegrityError("another constraint")

    mark = fingerprint_of(draft)
    monkeypatch.setattr(submitting, "_submit", broken)
    with pytest.raises(IntegrityError, match="another constraint"):
        send(draft, client, fingerprint=mark)


def test_i4_the_same_token_gives_the_same_application(draft: Draft, client: User) -> None:
    mark = fingerprint_of(draft)
    first = send(draft, client)
    assert send(draft, client, fingerprint=mark) == first
    assert Application.objects.count() == 1
    assert services.tell_due(by=SYSTEM) == 1
    assert Notice.objects.filter(recipient=client).count() == 1


def test_i4_another_body_under_the_same_token_is_refused(draft: Draft, client: User) -> None:
    send(draft, client)
    with pytest.raises(AnotherBody):
        send(draft, client, fingerprint="0" * 64)


def test_f17_no_resurrection_after_withdrawal(draft: Draft, client: User) -> None:
    mark = fingerprint_of(draft)
    application = send(draft, client)
    services.withdraw(application_id=application.pk, by=actor_of(client), moment=timezone.now())
    again = send(draft, client, fingerprint=mark)
    assert again == application
    assert again.state == State.WITHDRAWN


def test_a_draft_changed_after_the_check_page_is_not_sent(draft: Draft, client: User) -> None:
    mark = fingerprint_of(draft)
    draft.answers = draft.answers | {"profession": "Programmētājs"}
    draft.save()
    refused(draft, client, Changed, fingerprint=mark)


def test_a_price_changed_after_the_check_page_is_shown_first(draft: Draft, client: User) -> None:
    mark = fingerprint_of(draft)
    draft.programme.offers.update(price_cents=50001)
    refused(draft, client, Changed, fingerprint=mark)


def test_x30_nobody_sends_a_stranger_s_draft(draft: Draft) -> None:
    stranger = ClientFactory.create()
    with pytest.raises(NoDraft):
        send(draft, stranger)
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_unknown_token(client: User) -> None:
    with pytest.raises(NoDraft):
        services.submit(reference=uuid.uuid4(), fingerprint="", arrived_at=timezone.now(), by=actor_of(client))


@pytest.mark.parametrize("role", [Role.ANONYMOUS, Role.PROVIDER, Role.AGENCY, Role.SYSTEM])
def test_only_a_client_sends(draft: Draft, client: User, role: Role) -> None:
    with pytest.raises(NotPermitted):
        send(draft, client, by=Actor(role=role, institution_id=draft.programme.institution_id))


# --- refusals ----------------------------------------------------------------------


def test_second_application_under_the_source(draft: Draft, client: User) -> None:
    live = ApplicationFactory.create(client=client.person, source=imk())
    refusal = refused(draft, client, AlreadyApplied)
    assert refusal.message == (
        f"Jums jau ir aktuāls pieteikums IMK finansējumā: «{live.programme.name}». "
        "Lai pieteiktos citai programmai, vispirms atsakieties no tās."
    )


def test_another_source_is_free(draft: Draft, client: User) -> None:
    ApplicationFactory.create(client=client.person, source=mn())
    assert send(draft, client).state == State.SUBMITTED


@pytest.mark.parametrize("trait", ["rejected", "withdrawn", "completed", "expelled"])
def test_a_closed_application_does_not_stand_in_the_way(draft: Draft, client: User, trait: str) -> None:
    ApplicationFactory.create(client=client.person, source=imk(), **{trait: True})
    assert send(draft, client).state == State.SUBMITTED


def test_round_over(draft: Draft, client: User) -> None:
    ApplicationRound.objects.all().delete()
    RoundFactory.create(source=imk(), over=True)
    assert "Pieteikties varēja līdz" in refused(draft, client, RoundClosed).message


def test_round_to_come(draft: Draft, client: User) -> None:
    ApplicationRound.objects.all().delete()
    RoundFactory.create(source=imk(), to_come=True)
    assert "Pieteikšanās sāksies" in refused(draft, client, NotOpenYet).message


def test_no_round_at_all(draft: Draft, client: User) -> None:
    ApplicationRound.objects.all().delete()
    assert refused(draft, client, RoundClosed).message == "Šobrīd pieteikšanās nav atvērta."


def test_round_of_another_source_does_not_count(draft: Draft, client: User) -> None:
    ApplicationRound.objects.update(source=mn())
    refused(draft, client, RoundClosed)


def test_unpublished(draft: Draft, client: User) -> None:
    Programme.objects.update(state="archived")
    refused(draft, client, NotPublished)


def test_x27_a_programme_gone_meanwhile_says_so(
    draft: Draft, client: User, as_client: Callable[[User], Client]
) -> None:
    Programme.objects.update(state="archived")
    answer = as_client(client).post(f"/pieteikums/{draft.reference}/parbaudit", {"fingerprint": "x"})
    assert answer.status_code == 409
    assert str(NotPublished().message) in answer.content.decode()
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_x15_institution_no_longer_co_operates(draft: Draft, client: User) -> None:
    draft.programme.institution.is_active = False
    draft.programme.institution.save()
    refused(draft, client, NotPublished)


def test_not_offered_under_the_source(draft: Draft, client: User) -> None:
    draft.programme.offers.all().delete()
    refused(draft, client, NotUnderSource)


def test_full_keeps_the_draft(draft: Draft, client: User) -> None:
    draft.programme.groups.update(taken=20)
    refused(draft, client, Full)


def test_a_group_that_has_begun_is_full(draft: Draft, client: User) -> None:
    draft.programme.groups.update(starts_on=timezone.localdate())
    refused(draft, client, Full)


def test_varam_needs_its_test_first(client: User) -> None:
    RoundFactory.create(source=varam())
    programme = ProgrammeFactory.create(offer=False)
    ProgrammeOfferFactory.create(programme=programme, source=varam())
    refused(DraftFactory.create(client=client.person, programme=programme, source=varam()), client, TestFirst)


def test_x29_under_age_by_the_register(draft: Draft, client: User) -> None:
    client.person.birth_date = timezone.localdate() - timedelta(days=365 * 17)
    client.person.save()
    refused(draft, client, TooYoung)


def test_refused_account(draft: Draft, client: User) -> None:
    account = LearningAccount.objects.get(person=client.person)
    refuse_account(account_id=account.pk, reason="Mācības jau ir pārtrauktas.", by=SYSTEM)
    assert "Mācības jau ir pārtrauktas." in refused(draft, client, NoFunding).message


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("email", ""),
        ("email", "nav adreses"),
        ("phone", "123"),
        ("region", "nekurienes"),
        ("venue", ""),
        ("knows_content", False),
        ("reasons", []),
        ("reasons", ["izdomāts"]),
        ("economic_status", ""),
        ("profession", ""),
        ("education", "izdomāta"),
    ],
)
def test_incomplete(draft: Draft, client: User, answer: str, value: Any) -> None:
    draft.answers = draft.answers | {answer: value}
    draft.save()
    refusal = refused(draft, client, Incomplete)
    assert isinstance(refusal, Incomplete)
    assert list(refusal.problems) == [answer]


# --- time (T1, T2) --------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("arrived", "is_in"),
    [
        ("2031-06-20T23:59:00.000000+03:00", True),
        ("2031-06-20T23:59:59.900000+03:00", True),
        ("2031-06-21T00:00:00.000000+03:00", False),
        ("2031-06-09T08:59:59.900000+03:00", False),
        ("2031-06-09T09:00:00.000000+03:00", True),
    ],
)
def test_f14_f15_the_arrival_stamp_decides(draft: Draft, client: User, arrived: str, is_in: bool) -> None:
    """ "Until 23:59" closes at 24:00:00.000; what arrived in time is accepted however long it waited."""
    ApplicationRound.objects.update(opens_at=at("2031-06-09T09:00:00+03:00"), closes_at=at("2031-06-21T00:00:00+03:00"))
    draft.programme.groups.update(starts_on=date(2031, 9, 1), ends_on=date(2031, 11, 1))
    if is_in:
        assert send(draft, client, arrived_at=at(arrived)).arrived_at == at(arrived)
    else:
        refusal = refused(draft, client, ApplyRefused, arrived_at=at(arrived))
        assert refusal.code in {"round_closed", "not_open_yet"}
        assert "20.06.2031. plkst. 23:59" in refusal.message or "09.06.2031. plkst. 09:00" in refusal.message


# --- budget ------------------------------------------------------------------------------


def seen_before(monkeypatch: pytest.MonkeyPatch, group: CourseGroup, **changes: Any) -> None:
    """The group is changed by somebody quicker, and the first look at it and at its venue shows what was there before."""
    seen, is_full = [selectors.questionnaire(imk().pk, group.programme_id)], [False]
    real, real_full = selectors.questionnaire, submitting._is_full
    submitting._are_gone.set()
    monkeypatch.setattr(selectors, "questionnaire", lambda *asked: seen.pop() if seen else real(*asked))
    monkeypatch.setattr(submitting, "_is_full", lambda *asked: is_full.pop() if is_full else real_full(*asked))
    CourseGroup.objects.filter(pk=group.pk).update(**changes)


def test_a_place_taken_by_somebody_quicker_leaves_the_next_group(
    draft: Draft, client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved_account(client.person)
    draft.answers.pop("group")  # any of the venue will do
    draft.save()
    first = draft.programme.groups.get()
    later = CourseGroupFactory.create(
        programme=draft.programme, venue=first.venue, starts_on=first.starts_on + timedelta(days=7)
    )
    seen_before(monkeypatch, first, taken=first.capacity)
    application = send(draft, client)
    assert application.group == later
    later.refresh_from_db()
    assert (later.taken, Application.objects.count(), AuditEntry.objects.filter(action="submit").count()) == (1, 1, 1)
    assert Reservation.objects.filter(purpose=draft.reference).count() == 1


def test_the_last_place_taken_by_somebody_quicker_is_a_refusal(
    draft: Draft, client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved_account(client.person)
    group = draft.programme.groups.get()
    mark = fingerprint_of(draft)
    seen_before(monkeypatch, group, taken=group.capacity)
    refused(draft, client, Full, fingerprint=mark)


def test_x25_the_receipt_tells_the_days_the_group_has_now(
    draft: Draft, client: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = draft.programme.groups.get()
    later = {"starts_on": group.starts_on + timedelta(days=3), "ends_on": group.ends_on + timedelta(days=3)}
    seen_before(monkeypatch, group, **later)
    application = send(draft, client)
    rows = Receipt.objects.get(subject=application.reference).content["rows"]
    assert period(later["starts_on"], later["ends_on"]) in [row["value"] for row in rows]


def test_k3_the_place_is_taken_last(draft: Draft, client: User) -> None:
    """From that statement to the commit everybody else waits for the group: nothing else stands between."""
    with CaptureQueriesContext(connection) as captured:
        send(draft, client)
    assert statements(captured)[-1].startswith('EXECUTE "take_place_')


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Without the marks of transactions, which carry no work."""
    marks = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")
    return [one["sql"] for one in captured.captured_queries if not one["sql"].startswith(marks)]


def test_an_acceptance_costs_at_most_12_statements(draft: Draft, client: User) -> None:
    approved_account(client.person)
    mark = fingerprint_of(draft)
    with CaptureQueriesContext(connection) as captured:
        send(draft, client, fingerprint=mark)
    assert len(statements(captured)) <= 12, "\n".join(statements(captured))


@pytest.mark.parametrize("full", [True, False])
def test_a_refusal_costs_at_most_8_statements(draft: Draft, client: User, full: bool) -> None:
    """Where all is full, whoever is told so first costs more than those who come after."""
    mark = fingerprint_of(draft)
    draft.programme.groups.update(taken=20)
    submitting._are_gone.clear()
    if not full:
        ApplicationRound.objects.all().delete()
    for most in (3, 1) if full else (6, 6):
        with CaptureQueriesContext(connection) as captured, pytest.raises(ApplyRefused):
            send(draft, client, fingerprint=mark)
        assert len(statements(captured)) <= most, "\n".join(statements(captured))


def test_a_place_that_is_free_again_is_found_by_whoever_comes_next(draft: Draft, client: User) -> None:
    mark = fingerprint_of(draft)
    draft.programme.groups.update(taken=20)
    refused(draft, client, Full, fingerprint=mark)
    draft.programme.groups.update(taken=19)
    assert send(draft, client, fingerprint=mark).state == State.SUBMITTED
    assert not submitting._are_gone.is_set()


def test_the_look_turns_nobody_away_who_has_something_else_to_hear(draft: Draft, client: User) -> None:
    """Full and closed is told as closed; full and sent before is the application; no such draft is no draft."""
    application = send(draft, client)
    draft.programme.groups.update(capacity=1, minimum=1)
    again = services.submit(
        reference=draft.reference, fingerprint=application.fingerprint, arrived_at=timezone.now(), by=actor_of(client)
    )
    assert again == application
    other = ClientFactory.create()
    late = DraftFactory.create(client=other.person, programme=draft.programme, source=draft.source)
    refused(late, other, Full)
    mark = fingerprint_of(late)
    ApplicationRound.objects.update(closes_at=timezone.now())
    with pytest.raises(ApplyRefused) as refusal:
        send(late, other, fingerprint=mark)
    assert refusal.value.code == "round_closed"


def test_a_source_that_asks_little_checks_little(client: User) -> None:
    """VARAM's questions under a source without a test: what is not asked is no finding."""
    source = varam()
    source.needs_test = False
    source.save()
    RoundFactory.create(source=source)
    programme = ProgrammeFactory.create(offer__source=source)
    application = send(DraftFactory.create(client=client.person, programme=programme, source=source), client)
    assert [one["rule"] for one in application.eligibility.findings] == ["age"]
    assert [one["question"] for one in application.answers] == ["email", "phone", "venue", "knows_content"]
