"""What the state's registers say of people, and what is still to be asked (terms 26.1)."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import FactDispute, RegistryFact, RegistryQuestion
from accounts.models.registries import opened
from accounts.states import DisputeState, FactKind, FactVerdict, QuestionState
from stars.classifiers.models import EducationLevel

BREAKS_AFTER = 5  # failures in a row after which a register is left alone for a while (D1)

ALARM_AFTER = 10  # attempts of one question, about a day

# For `/readyz`: no register has failed that often since it last answered.
REGISTRIES_ANSWER = f"SELECT NOT EXISTS (SELECT FROM accounts_registryline WHERE failures >= {BREAKS_AFTER})"  # noqa: S608

QUESTIONS_UNANSWERED = f"""
SELECT count(*) FROM accounts_registryquestion WHERE state = 'due' AND attempts >= {ALARM_AFTER}
"""  # noqa: S608 - figures of ours

DISPUTES_LATE = "SELECT count(*) FROM accounts_factdispute WHERE state = 'open' AND due_on < current_date"


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A current fact as checks weigh it; `value` is opened only where a rule asks for it."""

    id: UUID
    kind: str
    origin: str
    sealed: str
    verdict: str
    valid_on: date
    is_disputed: bool

    @property
    def is_known(self) -> bool:
        """May decide something: it has a value, and nobody disputes it (I15)."""
        return self.verdict != FactVerdict.UNKNOWN

    @property
    def value(self) -> Any:
        return opened(self.sealed, self.id)

    @classmethod
    def read(cls, row: dict[str, Any]) -> "KnownFact":
        """Out of JSON, where the facts came along with another row."""
        return cls(**row | {"id": UUID(row["id"]), "valid_on": date.fromisoformat(row["valid_on"])})


FACT = ("id", "kind", "origin", "sealed", "verdict", "valid_on", "is_disputed")


def fact_rows() -> QuerySet[RegistryFact]:
    """Current facts with the mark of a dispute, of whomever the caller asks about."""
    disputed = Exists(FactDispute.objects.filter(fact=OuterRef("pk"), state=DisputeState.OPEN))
    return RegistryFact.objects.current().annotate(is_disputed=disputed).order_by("kind")


def current_facts(person_id: UUID) -> dict[str, KnownFact]:
    """What the registers last said of the person, by kind. One query."""
    rows = fact_rows().filter(person_id=person_id).values_list(*FACT)
    return {row[1]: KnownFact(*row) for row in rows}


def facts_to_show(person_id: UUID) -> dict[str, RegistryFact]:
    """The same as rows, with every dispute there was. Two queries."""
    facts = RegistryFact.objects.current().filter(person_id=person_id).prefetch_related("disputes")
    return {fact.kind: fact for fact in facts.order_by("kind")}


def last_answers(person_id: UUID) -> dict[str, FactDispute]:
    """The last answered dispute of each kind of entry: what the agency found stays to be read. One query."""
    answered = FactDispute.objects.exclude(state=DisputeState.OPEN).filter(fact__person_id=person_id)
    return {one.fact.kind: one for one in answered.select_related("fact").order_by("answered_at", "pk")}


def open_questions(person_id: UUID) -> list[RegistryQuestion]:
    """The registers that have not answered yet. One query."""
    due = RegistryQuestion.objects.filter(person_id=person_id, state=QuestionState.DUE)
    return list(due.order_by("registry"))


def known_of(person_id: UUID) -> dict[str, Any]:
    """What the registration form begins with: the education VIIS knows (terms 26.1)."""
    fact = current_facts(person_id).get(FactKind.EDUCATION)
    if fact is None or not fact.is_known:
        return {}
    level = EducationLevel.objects.filter(code=fact.value, is_active=True).first()
    return {"education": level.pk} if level else {}
