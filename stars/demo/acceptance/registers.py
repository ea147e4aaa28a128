"""What registers have said of the clients, one who still waits, one who disputes, and the check of each account."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import FactDispute, Person, RegistryFact, RegistryQuestion
from accounts.registries import ALIVE, Declared, judge
from accounts.selectors import KnownFact
from accounts.states import DisputeState, FactKind, FactVerdict, Origin, Purpose, QuestionState, Registry
from funding import rules
from funding.models import EligibilityRule, LearningAccount, Scope, TargetGroupCheck
from funding.states import AccountState, GrantState
from stars.kernel.actor import Actor
from stars.kernel.models import AccessEntry

from .house import BUILT, House
from .rows import Dice, write
from .trail import Trail

ANSWERED = BUILT + timedelta(minutes=5)
OF = {
    Registry.FPR: (FactKind.NAME, FactKind.BIRTH_DATE, FactKind.DEATH),
    Registry.VID: (FactKind.EMPLOYMENT,),
    Registry.VIIS: (FactKind.EDUCATION, FactKind.LEARNING, FactKind.DOCUMENTS),
}
WAITS, DISPUTES = "pending_1", "pending_2"


class Registers:
    """Makes rows client after client and writes them all at the end. The crowd of the load set has the birth date only."""

    def __init__(self, dice: Dice, house: House, trail: Trail) -> None:
        self._dice, self._trail = dice, trail
        self._source = house.sources["imk"]
        self.allotment = self._source.allotments.select_related("source").get()
        conditions = EligibilityRule.objects.in_force(Scope.ACCOUNT).filter(source=self._source)
        self._conditions = list(conditions.order_by("position", "pk"))
        self.facts: list[RegistryFact] = []
        self.questions: list[RegistryQuestion] = []
        self.looks: list[AccessEntry] = []
        self.disputes: list[FactDispute] = []
        self.checks: list[TargetGroupCheck] = []

    def add(self, key: str, person: Person, by: Actor, *, born: str, education: str) -> dict[str, KnownFact]:
        """Asks every register about a client; gives what is known of them."""
        known: dict[str, KnownFact] = {}
        for registry, kinds in OF.items():
            if key.startswith("load_") and registry != Registry.FPR:
                continue
            request_id = self._question(key, person, registry)
            if key == WAITS and registry == Registry.FPR:
                continue
            for kind in kinds:
                value = _value(kind, person, born, education)
                fact = self._fact(person, kind, Origin(registry), value, request_id, education)
                known[kind] = self._known(fact, is_disputed=key == DISPUTES and kind == FactKind.BIRTH_DATE, by=by)
        return known

    def check(self, account: LearningAccount, facts: dict[str, KnownFact], at: datetime, by: Actor) -> None:
        """The check an account was decided by, or waits for."""
        earlier = rules.EarlierMoney(is_unused=account.state == AccountState.REFUSED)
        found = rules.findings(self._conditions, rules.Evidence(moment=at, facts=facts, earlier=earlier))
        state = {AccountState.APPROVED: GrantState.GIVEN, AccountState.REFUSED: GrantState.DENIED}.get(
            AccountState(account.state), GrantState.OPEN
        )
        check = TargetGroupCheck(
            id=self._dice.id(TargetGroupCheck),
            account=account,
            source=self._source,
            allotment=self.allotment,
            state=state,
            verdict=rules.verdict_of(found),
            findings=found,
            checked_at=at,
            decided_at=None if state == GrantState.OPEN else at,
            reason=account.refusal_reason,
        )
        self.checks.append(check)
        if state != GrantState.OPEN:
            action = "give" if state == GrantState.GIVEN else "deny"
            self._trail.add(check, action, at, by, GrantState.OPEN, state)

    def _question(self, key: str, person: Person, registry: Registry) -> str:
        waits = key == WAITS and registry == Registry.FPR
        question = RegistryQuestion(
            id=self._dice.id(RegistryQuestion),
            person=person,
            registry=registry,
            purpose=Purpose.REGISTRATION,
            request_id=self._dice.uuid().hex,
            state=QuestionState.DUE if waits else QuestionState.ANSWERED,
            attempts=3 if waits else 1,
            due_at=BUILT,
            last_error="timeout" if waits else "",
            asked_at=BUILT,
            answered_at=None if waits else ANSWERED,
        )
        self.questions.append(question)
        if not waits:
            self.looks.append(self._look(person, question))
        return question.request_id

    def _look(self, person: Person, question: RegistryQuestion) -> AccessEntry:
        """A register that was asked about somebody stands among those who have looked (I14)."""
        return AccessEntry(
            id=self._dice.id(AccessEntry),
            person_id=person.pk,
            actor_role="system",
            actor_label=str(Registry(question.registry).label),
            what="jautājums reģistram",
            purpose=str(Purpose.REGISTRATION.label),
            request_id=question.request_id[:12],
            at=ANSWERED,
        )

    def _fact(
        self, person: Person, kind: FactKind, origin: Origin, value: Any, request_id: str, education: str
    ) -> RegistryFact:
        declared = Declared(name=person.full_name, is_employed=True, education=education)
        fact = RegistryFact(
            id=self._dice.uuid(),
            person=person,
            kind=kind,
            origin=origin,
            verdict=judge(kind, value, declared),
            request_id=request_id,
            valid_on=ANSWERED.date(),
            fetched_at=ANSWERED,
        )
        fact.keep(value)
        self.facts.append(fact)
        return fact

    def _known(self, fact: RegistryFact, *, is_disputed: bool, by: Actor) -> KnownFact:
        if is_disputed:
            fact.verdict = FactVerdict.UNKNOWN
            dispute = FactDispute(
                id=self._dice.id(FactDispute),
                reference=self._dice.uuid(),
                fact=fact,
                reason="Dzimšanas datums reģistrā ir kļūdains.",
                opened_at=ANSWERED,
                due_on=ANSWERED.date() + timedelta(days=7),
            )
            self.disputes.append(dispute)
            self._trail.add(dispute, "open", ANSWERED, by, "", DisputeState.OPEN)
        return KnownFact(
            id=fact.pk,
            kind=fact.kind,
            origin=fact.origin,
            sealed=fact.sealed,
            verdict=fact.verdict,
            valid_on=fact.valid_on,
            is_disputed=is_disputed,
        )

    def write(self) -> None:
        """After the people and the accounts they belong to."""
        write(RegistryQuestion, self.questions)
        write(AccessEntry, self.looks)
        write(RegistryFact, self.facts)
        write(FactDispute, self.disputes)
        write(TargetGroupCheck, self.checks)


def _value(kind: FactKind, person: Person, born: str, education: str) -> Any:
    """What the register of this kind says, in the form of `registries.answers`."""
    return {
        FactKind.NAME: person.full_name,
        FactKind.BIRTH_DATE: born,
        FactKind.DEATH: ALIVE,
        FactKind.EMPLOYMENT: "employed",
        FactKind.EDUCATION: education,
        FactKind.LEARNING: {"level": ""},
        FactKind.DOCUMENTS: [],
    }[kind]
