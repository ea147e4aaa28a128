"""Terms 26.4: the target-group check, rule by rule from rows of data: all met approves, anything else never refuses (X29 to X33)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts import services as people
from accounts.models import User
from accounts.selectors import actor_of, current_facts
from applications import services as applications
from applications.errors import WaitsForApproval
from applications.models import Application, EligibilityCheck
from funding import rules, services, tasks
from funding.models import (
    Basis,
    EligibilityRule,
    FundingSource,
    Grant,
    LearningAccount,
    Reservation,
    Scope,
    TargetGroupCheck,
)
from funding.selectors import balance_of, checks_of, standing
from funding.states import AccountState, GrantState, Verdict
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.errors import DomainError, NotPermitted
from stars.kernel.models import AccessEntry, AuditEntry
from stars.notices.models import Notice
from stars.pages import invariants
from tests.applications.test_submit import send
from tests.conftest import Task
from tests.factories.accounts import AgencyOfficerFactory, AgencyUserFactory, ClientFactory
from tests.factories.applications import DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import (
    SYSTEM,
    EligibilityRuleFactory,
    ReservationFactory,
    approved_account,
    imk,
    round_of_imk,
)
from tests.factories.registries import known

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]


@pytest.fixture
def client() -> User:
    imk()
    user: User = ClientFactory.create()
    return user


def account_of(user: User) -> LearningAccount:
    return LearningAccount.objects.get(person=user.person)


def check(user: User) -> Verdict | None:
    return services.check_account(account_id=account_of(user).pk, by=SYSTEM)


def born(years: int) -> str:
    return (timezone.localdate() - timedelta(days=round(365.25 * years) + 2)).isoformat()


@pytest.fixture
def officer() -> Actor:
    return actor_of(AgencyOfficerFactory.create(duties=["approver"]))


# --- one truth table, both ways (X29, X31) -----------------------------------------------------

AGES: dict[str, str | None] = {"met": born(30), "not_met": born(17), "unknown": None}
ROWS = list(product(AGES, [False, True], [False, True], [False, True]))


def truth(age: str, *earlier: bool) -> str:
    if age == "not_met" or any(earlier):
        return "not_met"
    return "unknown" if age == "unknown" else "met"


@pytest.mark.parametrize(("age", "is_unused", "is_learning", "has_broken_off"), ROWS)
def test_x31_what_the_rules_say_is_what_happens(
    client: User, monkeypatch: pytest.MonkeyPatch, age: str, is_unused: bool, is_learning: bool, has_broken_off: bool
) -> None:
    """All met gives the approval and the grant; anything else gives nothing, and refuses nobody."""
    earlier = rules.EarlierMoney(is_unused=is_unused, is_learning=is_learning, has_broken_off=has_broken_off)
    monkeypatch.setattr(services.checking, "earlier_money", lambda **_: earlier)
    known(client.person, birth_date=AGES[age])
    wanted = truth(age, is_unused, is_learning, has_broken_off)
    assert check(client) == wanted
    account = account_of(client)
    row = TargetGroupCheck.objects.get(account=account)
    assert row.verdict == wanted
    assert [one["verdict"] for one in row.findings] == [
        age,
        *("not_met" if is_so else "met" for is_so in (is_unused, is_learning, has_broken_off)),
    ]
    is_given = wanted == "met"
    assert account.state == (AccountState.APPROVED if is_given else AccountState.PENDING)
    assert row.state == (GrantState.GIVEN if is_given else GrantState.OPEN)
    assert Grant.objects.filter(account=account).count() == is_given
    assert Notice.objects.filter(recipient=client, key__startswith="account:").count() == is_given


@pytest.mark.parametrize("verdict", ["met", "not_met", "unknown"])
def test_x29_each_finding_names_its_origin_and_what_helps(client: User, verdict: str) -> None:
    known(client.person, birth_date=AGES[verdict])
    check(client)
    finding = TargetGroupCheck.objects.get().findings[0]
    assert (finding["rule"], finding["verdict"], finding["origin"]) == ("adult", verdict, "fpr")
    assert ("remedy" in finding) == (verdict != "met")
    assert finding["on"] == timezone.localdate().isoformat()
    assert {one["origin"] for one in TargetGroupCheck.objects.get().findings[1:]} == {"portal"}


def test_x29_a_register_that_has_not_answered_is_not_known(client: User) -> None:
    assert check(client) == Verdict.UNKNOWN
    account = account_of(client)
    assert account.state == AccountState.PENDING
    assert account.check_due_at is not None
    assert account.check_due_at > timezone.now()  # looked at again tomorrow: a birthday brings no new fact


@pytest.mark.parametrize(("days", "wanted"), [(0, Verdict.MET), (1, Verdict.NOT_MET)])
def test_26_4_eighteen_on_the_day_in_riga(client: User, days: int, wanted: Verdict) -> None:
    today = datetime(2026, 6, 14, 22, tzinfo=UTC)  # in Riga the 15th already
    with time_machine.travel(today, tick=False):
        known(client.person, birth_date=(date(2008, 6, 15) + timedelta(days=days)).isoformat())
        assert check(client) == wanted


# --- facts and rules of the moment (X12, X33) ---------------------------------------------------


def test_x33_the_decision_keeps_its_facts_and_the_version_of_the_rules(client: User) -> None:
    fact = known(client.person, birth_date=AGES["met"])["birth_date"]
    check(client)
    decided = TargetGroupCheck.objects.get()
    assert decided.findings[0] | {"fact": str(fact.pk), "version": "1"} == decided.findings[0]
    entry = AuditEntry.objects.get(object_type="funding.targetgroupcheck", action="give")
    assert entry.data["findings"] == decided.findings

    rule = EligibilityRule.objects.get(source=imk(), scope=Scope.ACCOUNT, code="adult")
    rule.wording, rule.parameter = "Ir 21 gads vai vairāk", 21
    changed = services.save_condition(condition=rule, changed=["wording", "parameter"], by=SYSTEM)
    check(client)
    decided.refresh_from_db()
    assert decided.findings[0]["says"] == "Ir 18 gadi vai vairāk"
    assert (changed.version, changed.is_active) == (2, True)
    assert not EligibilityRule.objects.get(pk=rule.pk).is_active


def test_x12_later_facts_leave_a_decision_as_it_was(client: User) -> None:
    known(client.person, birth_date=AGES["met"])
    check(client)
    before = TargetGroupCheck.objects.values().get()
    current = current_facts(client.person.pk)["birth_date"]
    people.open_dispute(fact_id=current.id, reason="Nav pareizi.", by=actor_of(client))
    check(client)
    assert TargetGroupCheck.objects.values().get() == before
    assert account_of(client).state == AccountState.APPROVED


def test_a_change_of_place_or_use_makes_no_new_version() -> None:
    rule = EligibilityRule.objects.get(source=imk(), scope=Scope.ACCOUNT, code="adult")
    rule.position = 7
    assert services.save_condition(condition=rule, changed=["position"], by=SYSTEM).version == 1


def test_a_new_condition_is_asked_of_who_waits(client: User) -> None:
    known(client.person, birth_date=AGES["met"])
    new = EligibilityRuleFactory.build(source=imk(), code="employed", basis=Basis.EMPLOYMENT, wording="Strādā")
    services.save_condition(condition=new, changed=["code"], by=SYSTEM)
    account = account_of(client)
    assert account.check_due_at is not None
    assert check(client) == Verdict.UNKNOWN


def test_only_the_agency_keeps_conditions_and_rounds() -> None:
    by = Actor(role=Role.PROVIDER, user_id=1)
    with pytest.raises(NotPermitted):
        services.save_condition(condition=EligibilityRule.objects.order_by("pk")[0], changed=[], by=by)
    with pytest.raises(NotPermitted):
        services.open_allotment(
            source=imk(),
            name="x",
            opened_on=timezone.localdate(),
            grant_cents=1,
            valid_to=timezone.localdate(),
            budget_cents=None,
            by=by,
        )


# --- when it runs -----------------------------------------------------------------------------


def test_facts_ring_for_the_check_and_the_row_remembers(client: User, sent_tasks: list[Task]) -> None:
    known(client.person, birth_date=AGES["met"])
    LearningAccount.objects.update(check_due_at=None)
    services.ask_for_check(person_id=client.person.pk, by=SYSTEM)
    account = account_of(client)
    assert account.check_due_at is not None
    tasks.check_account(account.pk)
    account = account_of(client)
    assert account.state == AccountState.APPROVED
    assert account.check_due_at is None


def test_the_sweep_finds_what_the_doorbell_missed(client: User) -> None:
    known(client.person, birth_date=AGES["met"])
    assert tasks.check_due_accounts() == 1
    assert tasks.check_due_accounts() == 0
    assert account_of(client).state == AccountState.APPROVED


@pytest.mark.parametrize("how", ["refused", "inactive"])
def test_nothing_is_decided_about_who_is_refused_or_gone(client: User, how: str) -> None:
    known(client.person, birth_date=AGES["met"])
    if how == "refused":
        services.refuse_account(account_id=account_of(client).pk, reason="Nē.", by=SYSTEM)
    else:
        User.objects.filter(pk=client.pk).update(is_active=False)
    assert check(client) is None
    assert not Grant.objects.exists()


def test_only_the_job_checks(client: User, officer: Actor) -> None:
    with pytest.raises(NotPermitted):
        services.check_account(account_id=account_of(client).pk, by=officer)


def test_i15_invariants_find_a_grant_the_job_gave_unknowing(client: User) -> None:
    known(client.person, birth_date=AGES["met"])
    services.check_account(account_id=account_of(client).pk, by=Actor.system("funding.check_account"))
    assert invariants.check(only=["I5", "I6", "I7", "I15"]) == []
    AuditEntry.objects.filter(action="give").update(data={"verdict": "unknown"})
    (breach,) = invariants.check(only=["I15"])
    assert breach.says == "grants the job gave without knowing"


# --- the agency -------------------------------------------------------------------------------


def test_26_4_an_officer_approves_against_the_check_only_with_a_reason(client: User, officer: Actor) -> None:
    check(client)
    account = account_of(client)
    with pytest.raises(DomainError, match="Uzrakstiet, kāpēc apstiprināt"):
        services.approve_account(account_id=account.pk, by=officer)
    services.approve_account(account_id=account.pk, reason="Pase uzrādīta klātienē.", by=officer)
    row = TargetGroupCheck.objects.get()
    assert (row.state, row.verdict, row.reason) == (GrantState.GIVEN, Verdict.UNKNOWN, "Pase uzrādīta klātienē.")
    assert Grant.objects.count() == 1


def test_x30_a_refusal_leaves_nothing_usable(client: User, officer: Actor) -> None:
    known(client.person, birth_date=AGES["not_met"])
    check(client)
    services.refuse_account(account_id=account_of(client).pk, reason="Nav 18 gadu.", by=officer)
    assert TargetGroupCheck.objects.get().state == GrantState.DENIED
    assert standing(person_id=client.person.pk, source_id=imk().pk) is False
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert (balance.usable_cents, balance.refusal_reason) == (None, "Nav 18 gadu.")
    assert not Grant.objects.exists()
    assert not Reservation.objects.exists()
    notice = Notice.objects.get(recipient=client, key__contains=":refused:")
    assert "Ja nepiekrītat" in notice.body


@pytest.mark.parametrize("duty", list(Duty))
def test_only_officers_charged_with_it_decide(client: User, duty: Duty) -> None:
    by = Actor(role=Role.AGENCY, user_id=1, duties=frozenset({duty}), label="x")
    account = account_of(client)
    if duty in {Duty.APPROVER, Duty.ADMINISTRATOR}:
        services.refuse_account(account_id=account.pk, reason="Nē.", by=by)
        return
    with pytest.raises(NotPermitted):
        services.refuse_account(account_id=account.pk, reason="Nē.", by=by)


def test_acc_08_nobody_decides_about_themselves_or_a_relative(client: User) -> None:
    user = AgencyOfficerFactory.create(duties=["administrator"])
    people.declare_tie(digits=client.person.current_code, kind="self", by=actor_of(user))
    account = account_of(client)
    with pytest.raises(NotPermitted):
        services.approve_account(account_id=account.pk, reason="Es pats.", by=actor_of(user))
    with pytest.raises(NotPermitted):
        services.refuse_account(account_id=account.pk, reason="Es pats.", by=actor_of(user))


def test_acc_08_nor_about_their_applications(client: User) -> None:
    approved_account(client.person)
    RoundFactory.create(source=imk())
    application = send(DraftFactory.create(client=client.person, source=imk()), client)
    user = AgencyUserFactory.create()
    people.declare_tie(digits=client.person.current_code, kind="relative", by=actor_of(user))
    with pytest.raises(NotPermitted):
        applications.admit(application_id=application.pk, by=actor_of(user))


ADMIN = "/admin/funding/learningaccount/"


def test_the_queue_shows_what_each_account_waits_for(client: User, as_client: Browse) -> None:
    waits, decides = ClientFactory.create(), ClientFactory.create()
    known(decides.person, birth_date=AGES["not_met"])
    for user in (waits, decides):
        check(user)
    LearningAccount.objects.filter(person=waits.person).update(opened_at=timezone.now() - timedelta(days=14))
    browser = as_client(AgencyUserFactory.create())
    everybody = browser.get(ADMIN).content.decode()
    assert everybody.count("field-waits") >= 3
    asked = browser.get(f"{ADMIN}?gaida=re%C4%A3istrs").context["cl"].result_list
    decided = browser.get(f"{ADMIN}?gaida=a%C4%A3ent%C5%ABra").context["cl"].result_list
    assert [row.person_id for row in asked] == [waits.person_id]
    assert [row.person_id for row in decided] == [decides.person_id]


@pytest.mark.parametrize("number", [1, 3])
def test_aud_02_the_queue_leaves_a_row_for_each_person(
    as_client: Browse, number: int, django_assert_max_num_queries: Any
) -> None:
    imk()
    for _turn in range(number):
        check(ClientFactory.create())
    browser = as_client(AgencyUserFactory.create())
    browser.get(ADMIN)
    AccessEntry.objects.all().delete()
    with django_assert_max_num_queries(16):
        browser.get(ADMIN)
    assert AccessEntry.objects.count() == number


def test_the_page_of_an_account_shows_the_rules_and_asks_for_a_reason(client: User, as_client: Browse) -> None:
    check(client)
    account = account_of(client)
    browser = as_client(AgencyUserFactory.create())
    shown = browser.get(f"{ADMIN}{account.pk}/change/").content.decode()
    assert "Ir 18 gadi vai vairāk: Tiek pārbaudīts (Fizisko personu reģistrs" in shown
    address = f"{ADMIN}{account.pk}/decide/approve/"
    refused = browser.post(address, {"reason": ""})
    assert refused.status_code == 422
    assert "Uzrakstiet, kāpēc apstiprināt" in refused.content.decode()
    assert browser.post(address, {"reason": "Pase uzrādīta."}).status_code == 302
    assert account_of(client).state == AccountState.APPROVED


def test_conditions_and_rounds_are_kept_in_the_admin(as_client: Browse) -> None:
    browser = as_client(AgencyUserFactory.create())
    rule = EligibilityRule.objects.get(source=imk(), scope=Scope.ACCOUNT, code="adult")
    address = f"/admin/funding/eligibilityrule/{rule.pk}/change/"
    form = browser.get(address).context["adminform"].form
    typed = {name: "" if value is None else value for name, value in form.initial.items()}
    assert browser.post(address, {**typed, "parameter": "21"}).status_code == 302
    newest = EligibilityRule.objects.get(source=imk(), scope=Scope.ACCOUNT, code="adult", is_active=True)
    assert (newest.parameter, newest.version) == (21, 2)
    assert browser.get(address).status_code == 200  # an old version is read, not changed
    assert browser.post(address, {**typed, "parameter": "30"}).status_code == 403

    today = timezone.localdate()
    sent = {"source": imk().pk, "name": "3. kārta", "opened_on": today.isoformat(), "budget_cents": ""}
    sent |= {"grant_cents": "40000", "valid_to": (today + timedelta(days=90)).isoformat()}
    assert browser.post("/admin/funding/allotment/add/", sent).status_code == 302
    source = FundingSource.objects.get(code="imk")
    assert (source.grant_cents, source.grant_valid_to) == (40000, today + timedelta(days=90))
    with pytest.raises(DomainError, match="Finansējums beigtos"):
        services.open_allotment(
            source=source,
            name="4. kārta",
            opened_on=today,
            grant_cents=1,
            valid_to=today - timedelta(days=1),
            budget_cents=None,
            by=SYSTEM,
        )


# --- a grant each round -------------------------------------------------------------------------


def next_round(cents: int = 30000) -> None:
    today = timezone.localdate()
    services.open_allotment(
        source=imk(),
        name="2. kārta",
        opened_on=today,
        grant_cents=cents,
        valid_to=today + timedelta(days=200),
        budget_cents=None,
        by=SYSTEM,
    )


@pytest.fixture
def graduate(client: User) -> User:
    """Approved, and has used the money of the first round to the end of learning."""
    known(client.person, birth_date=AGES["met"])
    check(client)
    purpose = uuid4()
    services.reserve(
        person_id=client.person.pk, source=imk(), purpose=purpose, programme_name="x", price_cents=42743, by=SYSTEM
    )
    services.capture(purpose=purpose, by=SYSTEM)
    return client


def test_a_grant_is_given_in_each_round_once(graduate: User) -> None:
    next_round()
    assert tasks.check_due_accounts() == 1
    assert check(graduate) is None
    grants = Grant.objects.filter(account__person=graduate.person).order_by("allotment__opened_on")
    assert list(grants.values_list("amount_cents", flat=True)) == [50000, 30000]
    balance = balance_of(graduate.person.pk, imk())
    assert balance is not None
    assert (balance.granted_cents, balance.available_cents) == (30000, 30000)


def test_what_is_left_of_an_earlier_round_expires_with_the_new_grant(graduate: User) -> None:
    grant = Grant.objects.get(account=account_of(graduate))
    next_round()
    check(graduate)
    moved = list(grant.transactions.order_by("at").values_list("movement", flat=True))
    assert moved[-1] == "expire"
    assert services.ledger.available_cents(grant) == 0


@pytest.mark.parametrize("how", ["unused", "learning", "broken_off"])
def test_news_004_who_left_a_grant_unused_or_broke_off_goes_to_the_agency(client: User, how: str) -> None:
    known(client.person, birth_date=AGES["met"])
    check(client)
    grant = Grant.objects.get()
    if how == "learning":
        ReservationFactory.create(grant=grant)
    elif how == "broken_off":
        ReservationFactory.create(grant=grant, state="captured", closed_at=timezone.now(), was_broken_off=True)
    next_round()
    assert check(client) == Verdict.NOT_MET
    row = TargetGroupCheck.objects.get(state=GrantState.OPEN)
    assert [one["rule"] for one in row.findings if one["verdict"] == "not_met"] == [how]
    assert Grant.objects.count() == 1
    balance = balance_of(client.person.pk, imk())
    assert balance is not None
    assert balance.is_waiting
    assert balance.usable_cents is None


def test_26_1_learning_broken_off_is_remembered(client: User) -> None:
    approved_account(client.person)
    RoundFactory.create(source=imk())
    application = send(DraftFactory.create(client=client.person, source=imk()), client)
    applications.admit(application_id=application.pk, by=SYSTEM)
    applications.expel(application_id=application.pk, by=SYSTEM, explanation="Neapmeklēja.")
    assert Reservation.objects.get().was_broken_off


def test_the_agency_gives_or_denies_the_money_of_a_round(graduate: User, officer: Actor, as_client: Browse) -> None:
    grant = Grant.objects.get()
    grant.reservations.update(was_broken_off=True)
    next_round()
    check(graduate)
    row = TargetGroupCheck.objects.get(state=GrantState.OPEN)
    with pytest.raises(DomainError, match="Uzrakstiet, kāpēc"):
        services.give_grant(check_id=row.pk, by=officer)
    browser = as_client(AgencyUserFactory.create())
    address = f"/admin/funding/targetgroupcheck/{row.pk}/"
    assert "decide/deny" in browser.get(f"{address}change/").content.decode()
    assert browser.post(f"{address}decide/deny/", {"reason": "Mācības pārtrauktas."}).status_code == 302
    balance = balance_of(graduate.person.pk, imk())
    assert balance is not None
    assert (balance.is_approved, balance.refusal_reason) == (True, "Mācības pārtrauktas.")
    shown = as_client(graduate).get("/profils/finansejums").content.decode()
    assert "Šajā kārtā finansējums Jums nav piešķirts" in shown
    assert browser.post(f"{address}decide/give/", {"reason": "Slimība, izraksts uzrādīts."}).status_code == 302
    assert Grant.objects.count() == 2
    assert checks_of(graduate.person.pk)[0].state == GrantState.GIVEN


def test_x32_a_denial_is_of_one_source_and_round(graduate: User, officer: Actor) -> None:
    next_round()
    row = TargetGroupCheck.objects.create(
        account=account_of(graduate), source=imk(), allotment=round_of_imk(), verdict=Verdict.NOT_MET
    )
    services.deny_grant(check_id=row.pk, reason="Nē.", by=officer)
    assert account_of(graduate).state == AccountState.APPROVED
    assert TargetGroupCheck.objects.filter(state=GrantState.GIVEN).count() == 1


def test_the_account_comes_before_its_grant(client: User, officer: Actor) -> None:
    check(client)
    row = TargetGroupCheck.objects.get()
    with pytest.raises(DomainError, match="Vispirms pieņemiet lēmumu par mācību kontu"):
        services.deny_grant(check_id=row.pk, reason="Nē.", by=officer)


def test_a_round_without_money_gives_approval_only(client: User) -> None:
    imk().__class__.objects.filter(code="imk").update(grant_valid_to=timezone.localdate() - timedelta(days=1))
    known(client.person, birth_date=AGES["met"])
    check(client)
    assert account_of(client).state == AccountState.APPROVED
    assert not Grant.objects.exists()
    assert TargetGroupCheck.objects.get().allotment is None


# --- applications that wait -----------------------------------------------------------------------


@pytest.fixture
def waiting(client: User) -> Application:
    RoundFactory.create(source=imk())
    return send(DraftFactory.create(client=client.person, source=imk()), client)


def test_26_4_a_person_applies_while_it_is_checked_and_admission_waits(waiting: Application, client: User) -> None:
    assert waiting.state == "submitted"
    assert not Reservation.objects.exists()
    with pytest.raises(WaitsForApproval):
        applications.admit(application_id=waiting.pk, by=SYSTEM)
    known(client.person, birth_date=AGES["met"])
    check(client)
    assert Reservation.objects.get().amount_cents == waiting.price_cents
    assert EligibilityCheck.objects.get().verdict == "met"
    assert applications.admit(application_id=waiting.pk, by=SYSTEM).state == "admitted"


@pytest.mark.parametrize(("cents", "own"), [(50000, 0), (30000, 12743), (None, 42743)])
def test_i7_the_share_is_frozen_with_the_reservation(
    waiting: Application, client: User, cents: int | None, own: int
) -> None:
    """The round gives less by the time of the approval, or nothing: the share grows, and the person is told."""
    source = imk()
    if cents is None:
        source.grant_valid_to = timezone.localdate() - timedelta(days=1)
    else:
        source.grant_cents = cents
    source.save()
    known(client.person, birth_date=AGES["met"])
    check(client)
    waiting.refresh_from_db()
    assert waiting.own_share_cents == own
    told = Notice.objects.filter(key=f"application:{waiting.pk}:share_changed")
    assert told.count() == (own != 0)
    assert invariants.check(only=["I5", "I6", "I7"]) == []


def test_an_application_of_the_new_round_waits_for_its_grant(graduate: User, officer: Actor) -> None:
    Grant.objects.get().reservations.update(was_broken_off=True)
    next_round()
    check(graduate)
    RoundFactory.create(source=imk())
    application = send(DraftFactory.create(client=graduate.person, source=imk()), graduate)
    with pytest.raises(WaitsForApproval):
        applications.admit(application_id=application.pk, by=SYSTEM)
    row = TargetGroupCheck.objects.get(state=GrantState.OPEN)
    services.give_grant(check_id=row.pk, reason="Izraksts uzrādīts.", by=officer)
    application.refresh_from_db()
    assert application.own_share_cents == 12743
    assert applications.admit(application_id=application.pk, by=SYSTEM).state == "admitted"


# --- the client's page ------------------------------------------------------------------------------


def page(user: User, as_client: Browse) -> str:
    return as_client(user).get("/profils/finansejums").content.decode()


def test_c3_while_it_is_checked_each_rule_with_its_origin(client: User, as_client: Browse) -> None:
    check(client)
    shown = page(client, as_client)
    assert "Tiek pārbaudīts" in shown
    assert "Ir 18 gadi vai vairāk" in shown
    assert shown.count("Tiek pārbaudīts") >= 2
    assert "Fizisko personu reģistrs" in shown
    assert "šīs platformas dati" in shown


def test_c3_a_refusal_says_why_and_how_to_object(client: User, as_client: Browse) -> None:
    services.refuse_account(account_id=account_of(client).pk, reason="Nav 18 gadu.", by=SYSTEM)
    shown = page(client, as_client)
    assert "Nav apstiprināts" in shown
    assert "Nav 18 gadu." in shown
    assert "Ja nepiekrītat, rakstiet uz stars@viaa.gov.lv" in shown


def test_c3_approved_with_sum_date_and_how_it_was_checked(client: User, as_client: Browse) -> None:
    known(client.person, birth_date=AGES["met"])
    check(client)
    shown = page(client, as_client).replace("\u00a0", " ")
    assert "500,00 €" in shown
    assert f"Pieejams līdz {Grant.objects.get().valid_to:%d.%m.%Y}." in shown
    assert "Kā tas pārbaudīts" in shown
