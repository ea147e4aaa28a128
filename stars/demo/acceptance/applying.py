"""Applications in every state with their trail, money, check and notices."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from applications.models import Application, EligibilityCheck
from applications.services import checking, receipting
from applications.states import HOLDS_PLACE, LIFECYCLE, LIVE, Action, State
from catalog.models import CourseGroup
from documents.models import ALPHABET, CODE_LENGTH, Receipt
from documents.services import receipt_for
from funding.models import EligibilityRule, Scope
from funding.rates import own_share_cents
from stars.classifiers.models import RejectionReason
from stars.kernel.actor import Actor, Role
from stars.notices.models import Notice

from .house import PAST, PRICE, House
from .people import Client, People
from .rows import Dice, at, write
from .trail import AT_ONCE, Trail

PATHS: dict[State, tuple[Action, ...]] = {
    State.SUBMITTED: (),
    State.ADMITTED: (Action.ADMIT,),
    State.INELIGIBLE: (Action.DECLARE_INELIGIBLE,),
    State.REJECTED: (Action.REJECT,),
    State.WITHDRAWN: (Action.WITHDRAW,),
    State.COMPLETED: (Action.ADMIT, Action.COMPLETE),
    State.EXPELLED: (Action.ADMIT, Action.EXPEL),
}
DECISIONS = {Action.ADMIT, Action.REJECT, Action.DECLARE_INELIGIBLE}
ENDS = {State.COMPLETED: "captured", State.EXPELLED: "captured"}
TITLES = {
    State.SUBMITTED: "Pieteikums Nr. {number} ir iesniegts",
    State.ADMITTED: "Uzņemšana programmā «{programme}»",
    State.REJECTED: "Par Jūsu pieteikumu programmai «{programme}»",
    State.INELIGIBLE: "Par Jūsu pieteikumu programmai «{programme}»",
    State.WITHDRAWN: "Jūs atteicāties no programmas «{programme}»",
    State.COMPLETED: "Apsveicam ar mācību pabeigšanu!",
    State.EXPELLED: "Par mācību pārtraukšanu programmā «{programme}»",
}
NOW_OPEN = at(2025, 6, 9, 9)
STEP = timedelta(hours=20)


class Applications:
    """Makes applications one after another and writes them all at the end."""

    def __init__(self, dice: Dice, house: House, trail: Trail, people: People) -> None:
        self._dice, self._house, self._trail, self._people = dice, house, trail, people
        self.made: list[tuple[Application, Client]] = []
        self._notices: list[Notice] = []
        rows = EligibilityRule.objects.in_force(Scope.APPLICATION).order_by("position", "pk")
        self._conditions = {pk: [row for row in rows if row.source_id == pk] for pk in self._sources()}
        self._reason = RejectionReason.objects.order_by("position", "pk")[0]
        officer = house.staff["agency_staff_1"]
        self._agency = Actor(role=Role.AGENCY, user_id=officer.pk, label=officer.name)

    def _sources(self) -> list[int]:
        return [source.pk for source in self._house.sources.values()]

    def add(
        self, client: Client, group: CourseGroup, source: str, state: State, *, is_past: bool = False
    ) -> Application:
        number = len(self.made) + 1
        sent_at = self._sent_at(number, is_past=is_past)
        payer = self._house.sources[source]
        reference = self._dice.uuid()
        application = Application(
            id=self._dice.id(Application),
            reference=reference,
            fingerprint=hashlib.sha256(reference.bytes).hexdigest(),
            number=f"2024-{number:06d}",
            client=client.person,
            programme=group.programme,
            source=payer,
            round=self._house.rounds[source, "past" if is_past else "open"],
            group=group,
            state=state,
            answers=[{"question": "profession", "label": "Profesija", "value": "Grāmatvedis", "says": "Grāmatvedis"}],
            price_cents=PRICE,
            own_share_cents=own_share_cents(payer, PRICE, balance_cents=None, low_income=None),
            arrived_at=sent_at,
            submitted_at=sent_at,
            told_at=sent_at,
        )
        self._walk(application, client, sent_at)
        self._pay(application, client)
        self.made.append((application, client))
        return application

    def _sent_at(self, number: int, *, is_past: bool) -> datetime:
        minutes = number % (20 * 24 * 60)
        return PAST[0] + timedelta(minutes=minutes) if is_past else NOW_OPEN + timedelta(minutes=minutes % 2000)

    def _walk(self, application: Application, client: Client, sent_at: datetime) -> None:
        """The way to the state: a trail entry and a notice for each step."""
        state, moment = State.SUBMITTED, sent_at
        self._trail.add(application, "submit", moment, client.actor, "", state)
        self._tell(application, client, state, moment)
        member = self._house.providers[application.programme.institution_id]
        provider = Actor(role=Role.PROVIDER_ADMIN, user_id=member.pk, label=member.name)
        for action in PATHS[State(application.state)]:
            moment += STEP
            by = {Action.WITHDRAW: client.actor, Action.DECLARE_INELIGIBLE: self._agency}.get(action, provider)
            after = State(LIFECYCLE.after(action, state, refusal=""))
            self._trail.add(application, action.value, moment, by, state, after)
            self._tell(application, client, after, moment)
            if action in DECISIONS:
                application.decided_at = moment
            if after not in LIVE:
                application.closed_at = moment
            state = after
        if state == State.REJECTED:
            application.rejection_reason = self._reason
            application.explanation = "Grupa ir nokomplektēta."

    def _tell(self, application: Application, client: Client, state: State, moment: datetime) -> None:
        title = TITLES[state].format(number=application.number, programme=application.programme.name)
        self._notices.append(
            Notice(
                id=self._dice.id(Notice),
                recipient=client.user,
                key=f"application:{application.pk}:{state.value}",
                title=title,
                body="Vairāk lasiet pieteikumā.",
                path=f"/profils/pieteikumi/{application.reference}",
                created_at=moment,
                read_at=None if application.state in LIVE else moment,
            )
        )
        if len(self._notices) >= AT_ONCE:
            self._write_notices()

    def _write_notices(self) -> None:
        write(Notice, self._notices)
        self._notices.clear()

    def _pay(self, application: Application, client: Client) -> None:
        held = application.price_cents - application.own_share_cents
        if client.grant is None or application.source_id != client.grant.source_id or held <= 0:
            return
        end = None
        if application.closed_at:
            state = State(application.state)
            end = (ENDS.get(state, "released"), application.closed_at, state == State.EXPELLED)
        name = application.programme.name
        self._people.ledger.reserve(client.grant, application.reference, name, held, application.submitted_at, end)

    def places(self) -> Counter[int]:
        """How many applications hold a place in each group (I1)."""
        return Counter(one.group_id for one, _ in self.made if one.state in HOLDS_PLACE)

    def write(self) -> None:
        write(Application, (one for one, _ in self.made))
        write(Receipt, self._receipts())
        write(EligibilityCheck, self._checks())
        self._write_notices()

    def _receipts(self) -> Iterator[Receipt]:
        """Of the named cases; the crowd's history is older than receipts."""
        for application, _ in self.made:
            if application.source.code != "imk":
                continue
            yield self._receipt(receipting.said_of_sending(application))
            if application.state == State.WITHDRAWN:
                yield self._receipt(receipting.said_of_withdrawing(application))

    def _receipt(self, said: dict[str, Any]) -> Receipt:
        code = "".join(self._dice.pick(list(ALPHABET)) for _ in range(CODE_LENGTH))
        receipt = receipt_for(**said, code=code)
        receipt.id = self._dice.uuid()
        return receipt

    def _checks(self) -> Iterator[EligibilityCheck]:
        for application, client in self.made:
            found = checking.findings(
                conditions=self._conditions[application.source_id],
                facts=client.facts,
                answers={"not_done_before": True, "employed_now": True},
                is_granted=application.state != State.INELIGIBLE,
                moment=application.submitted_at,
            )
            yield EligibilityCheck(
                id=self._dice.id(EligibilityCheck),
                application=application,
                verdict=checking.verdict_of(found),
                findings=found,
                checked_at=application.submitted_at,
            )
