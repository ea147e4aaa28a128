"""Applications in every state, with the money, the places and the audit that belong to each; dated before today."""

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from accounts.selectors import current_facts
from applications.models import Application, EligibilityCheck, Question
from applications.selectors import questionnaire
from applications.services import checking, receipting
from applications.services.telling import (
    admitted,
    completed,
    declared_ineligible,
    expelled,
    rejected,
    submitted,
    withdrawn,
)
from applications.states import HOLDS_PLACE, LIFECYCLE, LIVE, Action, State
from catalog.models import ApplicationRound, CourseGroup
from funding import rules
from funding.models import (
    Allotment,
    Bucket,
    EligibilityRule,
    FundingSource,
    Grant,
    LearningAccount,
    LedgerEntry,
    LedgerTransaction,
    Movement,
    Reservation,
    Scope,
    TargetGroupCheck,
)
from funding.rates import own_share_cents
from funding.services.ledger import LEGS
from funding.states import AccountAction, AccountState, GrantState, ReservationState, Verdict
from stars.classifiers.models import ChoiceReason, RejectionReason
from stars.kernel.actor import Actor
from stars.notices.models import Delivery, Notice
from stars.notices.states import DeliveryState

from .calendar import Calendar, read
from .past import Told, write_past
from .people import client
from .registers import officer

CHECKED_AFTER = timedelta(days=2, hours=3)
REFUSALS = {
    "still_learning": "Jūs vēl turpināt mācības, kas sāktas šajā projektā.",
    "excluded_unused_grant": "Jūs neizvēlējāties, kā izmantot iepriekš piešķirto finansējumu.",
    "excluded_broke_off": "Jūs pārtraucāt mācības, kas sāktas šajā projektā.",
}


EARLIER = {
    "still_learning": "is_learning",
    "excluded_unused_grant": "is_unused",
    "excluded_broke_off": "has_broken_off",
}
FOR_THE_AGENCY = {"P028", "P035", "P049"}  # not met by the records of the platform: an officer decides
JOB = Actor.system("funding.check_account")


class Story(NamedTuple):
    """Who applied where and when (days from the base), and how far it has come."""

    person: str
    group: str
    source: str
    day: int
    hour: int
    state: State
    reason: str = ""


S = State
STORIES = (
    # the first round of IMK: learning is over
    Story("P031", "m-kodesana-1", "imk", -200, 9, S.COMPLETED),
    Story("P032", "m-kodesana-1", "imk", -199, 12, S.COMPLETED),
    Story("P033", "m-saskarne-1", "imk", -203, 10, S.COMPLETED),
    Story("P034", "m-python-1", "imk", -204, 16, S.COMPLETED),
    Story("P036", "m-algoritmi-1", "imk", -198, 11, S.COMPLETED),
    Story("P037", "c-gis-1", "imk", -197, 14, S.COMPLETED),
    Story("P045", "m-sql-1", "imk", -201, 9, S.COMPLETED),
    Story("P046", "c-kritiska-1", "imk", -196, 18, S.COMPLETED),
    Story("P040", "m-satura-1", "imk", -204, 20, S.EXPELLED, "Neapmeklēja vairāk nekā trešdaļu nodarbību."),
    Story("P047", "m-lietotnes-1", "imk", -205, 13, S.REJECTED, "prior_education"),
    Story("P048", "m-versijas-1", "imk", -199, 15, S.WITHDRAWN),
    Story("P060", "v-soli-1", "varam", -190, 10, S.COMPLETED),
    Story("P050", "v-epakalpojumi-1", "varam", -188, 11, S.COMPLETED),
    # a group of MN that is learning now
    Story("P024", "n-web-1", "mn", -60, 9, S.ADMITTED),
    Story("P027", "n-web-1", "mn", -36, 12, S.ADMITTED),
    Story("P054", "n-web-1", "mn", -52, 17, S.ADMITTED),
    Story("P055", "n-web-1", "mn", -50, 10, S.EXPELLED, "Pārtrauca mācības pēc paša vēlēšanās."),
    # the open round of IMK
    Story("P003", "m-kodesana-2", "imk", 0, 9, S.SUBMITTED),
    Story("P005", "m-kodesana-2", "imk", 0, 9, S.ADMITTED),
    Story("P006", "m-kodesana-2", "imk", 0, 10, S.SUBMITTED),
    Story("P004", "m-datubazes-1", "imk", 0, 9, S.ADMITTED),
    Story("P008", "m-datubazes-1", "imk", 0, 11, S.SUBMITTED),
    Story("P009", "m-lietotnes-2", "imk", 0, 12, S.SUBMITTED),
    Story("P010", "m-lietotnes-2", "imk", 1, 8, S.SUBMITTED),
    Story("P011", "m-vides-1", "imk", 1, 9, S.ADMITTED),
    Story("P012", "m-vides-1", "imk", 1, 9, S.REJECTED, "prior_knowledge"),
    Story("P013", "m-testesana-1", "imk", 1, 13, S.SUBMITTED),
    Story("P015", "m-testesana-1", "imk", 1, 14, S.SUBMITTED),
    Story("P017", "m-kiberdrosiba-2", "imk", 1, 15, S.SUBMITTED),
    Story("P018", "m-kiberdrosiba-2", "imk", 1, 16, S.WITHDRAWN),
    Story("P019", "m-vizualizacija-1", "imk", 2, 8, S.SUBMITTED),
    Story("P020", "m-vizualizacija-1", "imk", 2, 9, S.REJECTED, "documents"),
    Story("P022", "m-satura-2", "imk", 2, 10, S.SUBMITTED),
    Story("P023", "m-satura-2", "imk", 2, 11, S.INELIGIBLE, REFUSALS["still_learning"]),
    Story("P007", "m-lokaltikls-1", "imk", 2, 12, S.SUBMITTED),
    Story("P014", "m-mobilas-1", "imk", 2, 18, S.SUBMITTED),
    Story("P025", "m-sql-2", "imk", 0, 20, S.ADMITTED),
    Story("P026", "m-sql-2", "imk", 1, 20, S.WITHDRAWN),
    # the open round of MN
    Story("P029", "n-web-2", "mn", -5, 9, S.SUBMITTED),
    Story("P043", "n-web-2", "mn", -4, 10, S.SUBMITTED),
    Story("P044", "n-web-2", "mn", -3, 11, S.ADMITTED),
)
# Places left in groups that people should see nearly full, and one that is.
PLACES_LEFT = {"m-kodesana-2": 1, "m-datubazes-1": 0, "m-lietotnes-2": 2, "m-testesana-1": 3}
PATHS: dict[State, tuple[Action, ...]] = {
    S.SUBMITTED: (),
    S.ADMITTED: (Action.ADMIT,),
    S.REJECTED: (Action.REJECT,),
    S.WITHDRAWN: (Action.WITHDRAW,),
    S.INELIGIBLE: (Action.DECLARE_INELIGIBLE,),
    S.COMPLETED: (Action.ADMIT, Action.COMPLETE),
    S.EXPELLED: (Action.ADMIT, Action.EXPEL),
}
# What is said of each action, and the end of the notice's key.
SAID: dict[str, tuple[Callable[[Application], None], str]] = {
    Action.ADMIT: (admitted, "admitted"),
    Action.REJECT: (rejected, "rejected"),
    Action.WITHDRAW: (withdrawn, "withdrawn"),
    Action.DECLARE_INELIGIBLE: (declared_ineligible, "ineligible"),
    Action.COMPLETE: (completed, "completed"),
    Action.EXPEL: (expelled, "expelled"),
}


class Cast(NamedTuple):
    """Who acts in the stories."""

    users: dict[str, User]
    providers: dict[int, Actor]  # by institution
    agency: Actor
    accounts: dict[str, LearningAccount]


def load(calendar: Calendar) -> None:
    cast = _cast()
    write_past(_decide_accounts(cast))
    made = [_apply(story, cast, calendar) for story in STORIES]
    _count_places()
    write_past(event for _, events in made for event in events)
    for application, events in made:
        _tell(application, events)
        receipting.sent(application)
        if application.state == S.WITHDRAWN:
            receipting.withdrawn(application)


def _cast() -> Cast:
    rows = read("people")
    found = {
        user.person.profile.email: user
        for user in User.objects.exclude(person=None).select_related("person__profile")
        if user.person
    }
    users = {row["code"]: found[row["email"]] for row in rows}
    accounts = {str(account.person_id): account for account in LearningAccount.objects.select_related("person")}
    members = User.objects.filter(memberships__role="administrator").prefetch_related("memberships")
    providers = {
        membership.institution_id: membership.actor() for user in members for membership in user.memberships.all()
    }
    return Cast(
        users, providers, officer(), {row["code"]: accounts[str(found[row["email"]].person_id)] for row in rows}
    )


# --- accounts and money --------------------------------------------------------


def _decide_accounts(cast: Cast) -> Iterator[Told]:
    source = FundingSource.objects.get(code="imk")
    assert source.grant_cents is not None
    assert source.grant_valid_to is not None
    allotment = source.allotments.get()
    conditions = list(source.eligibility_rules.in_force(Scope.ACCOUNT).order_by("position", "pk"))
    for row in read("people"):
        account = cast.accounts[row["code"]]
        check = _check(account, row, conditions, allotment)
        if row["account"] == "pending":
            _wait(account, check)
            continue
        account.decided_at = account.opened_at + CHECKED_AFTER
        is_approved = row["account"] == "approved"
        account.state = AccountState.APPROVED if is_approved else AccountState.REFUSED
        account.refusal_reason = "" if is_approved else REFUSALS[row["scenario"]]
        account.save()
        action = AccountAction.APPROVE if is_approved else AccountAction.REFUSE
        by = JOB if is_approved else cast.agency
        yield Told(account, action.value, account.decided_at, by, AccountState.PENDING, account.state)
        check.state = GrantState.GIVEN if is_approved else GrantState.DENIED
        check.checked_at = check.decided_at = account.decided_at
        check.reason = account.refusal_reason
        check.save()
        if is_approved or row["scenario"] == "excluded_broke_off":
            grant = Grant.objects.create(
                account=account,
                source=source,
                allotment=allotment,
                amount_cents=source.grant_cents,
                valid_to=source.grant_valid_to,
                granted_at=account.decided_at,
            )
            _post(grant, Movement.GRANT, grant.amount_cents, account.decided_at)


def _check(
    account: LearningAccount, row: dict[str, Any], conditions: list[EligibilityRule], allotment: Allotment
) -> TargetGroupCheck:
    """Rule by rule from what the registers say, with what the story says of earlier money; not yet written."""
    earlier = rules.EarlierMoney(**{name: name == EARLIER.get(row["scenario"]) for name in EARLIER.values()})
    if row["code"] in FOR_THE_AGENCY:
        earlier = rules.EarlierMoney(is_learning=True)
    moment = account.opened_at + CHECKED_AFTER
    evidence = rules.Evidence(moment=moment, facts=current_facts(account.person_id), earlier=earlier)
    found = rules.findings(conditions, evidence)
    return TargetGroupCheck(
        account=account,
        source=allotment.source,
        allotment=allotment,
        findings=found,
        verdict=rules.verdict_of(found),
        checked_at=moment,
    )


def _wait(account: LearningAccount, check: TargetGroupCheck) -> None:
    """A register is silent, an entry is disputed, or an officer must look: the job does not decide these."""
    check.save()
    if check.verdict == Verdict.UNKNOWN:
        account.check_due_at = timezone.now() + timedelta(days=1)
    elif check.verdict == Verdict.MET:
        account.check_due_at = timezone.now()  # approved while one looks on
    account.save(update_fields=["check_due_at"])


def _post(grant: Grant, movement: Movement, cents: int, at: datetime, reservation: Reservation | None = None) -> None:
    taken_from, given_to = LEGS[movement]
    entry = LedgerTransaction.objects.create(grant=grant, movement=movement, reservation=reservation, at=at)
    legs: tuple[tuple[Bucket, int], ...] = ((taken_from, -cents), (given_to, cents))
    LedgerEntry.objects.bulk_create(
        LedgerEntry(transaction=entry, bucket=bucket, amount_cents=sum_) for bucket, sum_ in legs
    )


def _reserve(application: Application, account: LearningAccount, closed_at: datetime | None) -> None:
    """Held at submit; spent by learning, to the end or not; returned where the application ended otherwise."""
    grant = Grant.objects.filter(account=account, source=application.source).first()
    cents = application.price_cents - application.own_share_cents
    if grant is None or not cents:
        return
    state = ReservationState.RELEASED if closed_at else ReservationState.OPEN
    if application.state in {S.COMPLETED, S.EXPELLED}:
        state = ReservationState.CAPTURED
    reservation = Reservation.objects.create(
        grant=grant,
        purpose=application.reference,
        programme_name=application.programme.name,
        amount_cents=cents,
        state=state,
        was_broken_off=application.state == S.EXPELLED,
        reserved_at=application.submitted_at,
        closed_at=closed_at,
    )
    _post(grant, Movement.RESERVE, cents, application.submitted_at, reservation)
    if closed_at:
        movement = Movement.SPEND if state == ReservationState.CAPTURED else Movement.RELEASE
        _post(grant, movement, cents, closed_at, reservation)


# --- one application -----------------------------------------------------------


def _answers(user: User, group: CourseGroup, source: FundingSource) -> dict[str, Any]:
    profile = user.person.profile  # type: ignore[union-attr]
    reasons = [reason.code for reason in ChoiceReason.objects.all()[:2]]
    known = {
        Question.EMAIL: profile.email,
        Question.PHONE: profile.phone,
        Question.REGION: profile.region.code if profile.region else "",
        Question.VENUE: str(group.venue_id),
        Question.GROUP: str(group.pk),
        Question.KNOWS_CONTENT: True,
        Question.NOT_DONE_BEFORE: True,
        Question.REASONS: reasons,
        Question.ECONOMIC_STATUS: profile.economic_status.code,
        Question.EMPLOYED_NOW: True,
        Question.WORKPLACE: profile.workplace,
        Question.PROFESSION: profile.profession,
        Question.EDUCATION: profile.education.code,
    }
    asked = set(source.form_rules.values_list("question", flat=True))
    return {question.value: answer for question, answer in known.items() if question.value in asked}


def _kept(answers: dict[str, Any], group: CourseGroup, source: FundingSource) -> list[dict[str, Any]]:
    """The answers in words. Groups that form no longer are not among the choices, so their words are put in here."""
    shown = [one.kept() for one in questionnaire(source.pk, group.programme_id).shown(answers)]
    for answer in shown:
        if answer["question"] == Question.VENUE:
            answer["says"] = group.venue.label
        elif answer["question"] == Question.GROUP:
            answer["says"] = f"{group.starts_on:%d.%m.%Y}. – {group.ends_on:%d.%m.%Y}."
    return shown


def _apply(story: Story, cast: Cast, calendar: Calendar) -> tuple[Application, list[Told]]:
    user, account = cast.users[story.person], cast.accounts[story.person]
    group = CourseGroup.objects.select_related("programme__institution", "venue").get(code=story.group)
    source = FundingSource.objects.get(code=story.source)
    sent_at = calendar.moment(story.day, story.hour, sum(map(ord, story.person)) % 60)
    price = group.programme.offers.get(source=source).price_cents
    answers = _answers(user, group, source)
    body = json.dumps(answers, sort_keys=True)
    application = Application(
        reference=uuid5(NAMESPACE_URL, f"{story.person} {story.group}"),
        fingerprint=hashlib.sha256(body.encode()).hexdigest(),
        client=user.person,
        programme=group.programme,
        source=source,
        round=ApplicationRound.objects.open_at(sent_at).get(source=source),
        group=group,
        state=story.state,
        answers=_kept(answers, group, source),
        price_cents=price,
        own_share_cents=own_share_cents(source, price, balance_cents=None, low_income=user.person.profile.low_income),  # type: ignore[union-attr]
        arrived_at=sent_at,
        submitted_at=sent_at,
        told_at=sent_at,
        withdrawal_reason="Izvēlējos citu laiku." if story.state == S.WITHDRAWN else "",
    )
    events = _events(application, story, cast, user, sent_at)
    application.save()
    decided = {AccountState.APPROVED.value: True, AccountState.REFUSED.value: False}
    found = checking.findings(
        conditions=list(source.eligibility_rules.in_force(Scope.APPLICATION).order_by("position", "pk")),
        facts=current_facts(application.client_id),
        answers=answers,
        is_granted=True if Action.ADMIT in PATHS[story.state] else decided.get(account.state),
        moment=sent_at,
    )
    EligibilityCheck.objects.create(
        application=application, findings=found, verdict=checking.verdict_of(found), checked_at=sent_at
    )
    _reserve(application, account, application.closed_at)
    return application, events


def _events(application: Application, story: Story, cast: Cast, user: User, sent_at: datetime) -> list[Told]:
    """The audit of the way to the state, and the moments on the application that belong to it."""
    events = [Told(application, "submit", sent_at, client(user), "", S.SUBMITTED)]
    state, at = S.SUBMITTED, sent_at
    for action in PATHS[story.state]:
        by = {Action.WITHDRAW: client(user), Action.DECLARE_INELIGIBLE: cast.agency}.get(
            action, cast.providers[application.programme.institution_id]
        )
        at = _moment_of(action, application, at)
        after = State(LIFECYCLE.after(action, state, refusal=""))
        events.append(Told(application, action.value, at, by, state, after))
        if action in {Action.ADMIT, Action.REJECT, Action.DECLARE_INELIGIBLE}:
            application.decided_at = at
        if after not in LIVE:
            application.closed_at = at
        state = after
    if story.state == S.REJECTED:
        application.rejection_reason = RejectionReason.objects.get(code=story.reason)
    elif story.reason:
        application.explanation = story.reason
    return events


def _moment_of(action: Action, application: Application, before: datetime) -> datetime:
    """A decision comes within a day, the end of learning with the end of the group; nothing comes after now."""
    group = application.group
    if action in {Action.COMPLETE, Action.EXPEL}:
        days_after = 1 if action == Action.COMPLETE else -14
        end = datetime.combine(group.ends_on + timedelta(days=days_after), before.timetz())
        return min(end, timezone.now() - timedelta(days=10))
    return min(before + timedelta(hours=25, minutes=7), timezone.now() - timedelta(minutes=5))


def _count_places() -> None:
    """The counters say what the applications say (I1); some groups are made small so that they are nearly full."""
    holding = Application.objects.filter(state__in=HOLDS_PLACE).order_by()
    taken = dict(holding.values_list("group").annotate(number=Count("pk")))
    groups = list(CourseGroup.objects.filter(pk__in=taken))
    for group in groups:
        group.taken = taken[group.pk]
        if group.code in PLACES_LEFT:
            group.capacity = group.taken + PLACES_LEFT[group.code]
            group.minimum = min(group.minimum, group.capacity)
    CourseGroup.objects.bulk_update(groups, ["taken", "capacity", "minimum"])


def _tell(application: Application, events: list[Told]) -> None:
    """What was told at the time of each event: read already where the matter is closed, and mailed long ago."""
    submitted(application)
    told = {"submitted": application.submitted_at}
    for event in events[1:]:
        say, name = SAID[event.action]
        say(application)
        told[name] = event.at
    for name, at in told.items():
        key = f"application:{application.pk}:{name}"
        is_read = name == "submitted" or application.closed_at is not None
        Notice.objects.filter(key=key).update(created_at=at, read_at=at if is_read else None)
        Delivery.objects.filter(key=key).update(state=DeliveryState.SENT, created_at=at, sent_at=at, attempts=1)
