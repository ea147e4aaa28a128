"""What the state's registers have said of the demo's people, what is disputed, and who still waits for an answer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from accounts.models import (
    Denial,
    DenialReason,
    FactDispute,
    Person,
    RegistryFact,
    RegistryLine,
    RegistryQuestion,
    User,
)
from accounts.registries import ALIVE, Declared, judge
from accounts.states import DisputeState, FactKind, FactVerdict, Origin, Purpose, QuestionState, Registry
from stars.classifiers.models import EconomicStatus
from stars.classifiers.selectors import after_working_days
from stars.kernel.actor import Actor, Role
from stars.kernel.models import AccessEntry

from .calendar import Calendar, read
from .past import Told, write_past
from .people import client

JOB = Actor.system("accounts.answer_question")
ANSWERED_AFTER = timedelta(minutes=4)
# Who still waits for a register: when it is asked again, in hours from the loading. Nought = while one looks on.
WAITING = {
    ("P014", Registry.FPR): 5,
    ("P021", Registry.FPR): 9,
    ("P042", Registry.FPR): 0,
    ("P045", Registry.VID): 3,
    ("P053", Registry.FPR): 2,
    ("P056", Registry.FPR): 7,
}
# Entries people say are wrong: what, in their words, days before the loading, and the agency's answer where there is one.
DISPUTES: dict[str, tuple[FactKind, str, int, str, str]] = {
    "P007": (FactKind.BIRTH_DATE, "Dzimšanas gads ir sajaukts: esmu dzimusi 1989. gadā.", 2, "", ""),
    "P016": (FactKind.EMPLOYMENT, "Kopš marta strādāju SIA «Ozolkalns», līgums ir noslēgts.", 1, "", ""),
    "P011": (
        FactKind.EDUCATION,
        "Maģistra grādu vēl neesmu ieguvusi.",
        40,
        DisputeState.UPHELD,
        "Pārbaudījām augstskolas izrakstu: maģistra diploms ir izsniegts 2024. gada jūnijā, tāpēc ieraksts paliek spēkā.",
    ),
}


def load(calendar: Calendar, now: datetime) -> None:
    rows, people = read("people"), {person.pk: person for person in Person.objects.select_related("profile", "user")}
    by_mail = {person.profile.email: person for person in people.values()}
    pairs = [(by_mail[row["email"]], row) for row in rows]
    RegistryLine.objects.bulk_create(
        RegistryLine(registry=registry, answered_at=now - timedelta(minutes=20)) for registry in Registry
    )
    RegistryQuestion.objects.bulk_create(one for pair in pairs for one in _questions(*pair, now))
    employed = dict(EconomicStatus.objects.order_by().values_list("code", "is_employed"))
    facts = [fact for pair in pairs for fact in _facts(*pair, employed, calendar)]
    RegistryFact.objects.bulk_create(facts)
    AccessEntry.objects.bulk_create(one for person, row in pairs for one in _looks(person, row))
    _dispute(pairs, facts, now)
    _take_over_birth_dates(pairs, facts)
    _bury(pairs, calendar)


def _request_id(row: dict[str, Any], registry: Registry) -> str:
    return uuid5(NAMESPACE_URL, f"{row['code']} {registry}").hex


def is_waiting(row: dict[str, Any], registry: Registry) -> bool:
    return (row["code"], registry) in WAITING


def _questions(person: Person, row: dict[str, Any], now: datetime) -> Iterator[RegistryQuestion]:
    for registry in Registry:
        waits = is_waiting(row, registry)
        hours = WAITING.get((row["code"], registry), 0)
        yield RegistryQuestion(
            person=person,
            registry=registry,
            purpose=Purpose.REGISTRATION,
            request_id=_request_id(row, registry),
            state=QuestionState.DUE if waits else QuestionState.ANSWERED,
            attempts=9 if hours else 1,
            due_at=now + timedelta(hours=hours) if waits else person.created_at,
            last_error="timeout" if hours else "",
            asked_at=person.created_at,
            answered_at=None if waits else person.created_at + ANSWERED_AFTER,
        )


def _facts(
    person: Person, row: dict[str, Any], employed: dict[str, bool], calendar: Calendar
) -> Iterator[RegistryFact]:
    declared = Declared(name=person.full_name, is_employed=employed[row["status"]], education=row["education"])
    at = person.created_at + ANSWERED_AFTER
    for registry, kind, value in _said(row, calendar):
        if is_waiting(row, registry):
            continue
        fact = RegistryFact(
            id=uuid5(NAMESPACE_URL, f"{row['code']} {kind}"),
            person=person,
            kind=kind,
            origin=Origin(registry),
            verdict=judge(kind, value, declared),
            request_id=_request_id(row, registry),
            valid_on=at.date(),
            fetched_at=at,
        )
        fact.keep(value)
        yield fact


def _said(row: dict[str, Any], calendar: Calendar) -> Iterator[tuple[Registry, FactKind, Any]]:
    """What the registers say, in the form of `registries.answers`."""
    fpr, vid, viis = (row["registers"][name] for name in ("fpr", "vid", "viis"))
    if fpr:
        yield Registry.FPR, FactKind.NAME, fpr["name"]
        yield Registry.FPR, FactKind.BIRTH_DATE, fpr["birth_date"]
        died = ALIVE if fpr["died"] is None else calendar.day(fpr["died"]).isoformat()
        yield Registry.FPR, FactKind.DEATH, died
    if vid:
        yield Registry.VID, FactKind.EMPLOYMENT, vid["employment"]
    if viis:
        yield Registry.VIIS, FactKind.EDUCATION, viis["education"]
        yield Registry.VIIS, FactKind.LEARNING, _learning(viis["learning"], calendar)
        documents = [{"number": number, "name": name, "year": year} for number, name, year in viis["documents"]]
        yield Registry.VIIS, FactKind.DOCUMENTS, documents


def _learning(learning: list[Any] | None, calendar: Calendar) -> dict[str, str]:
    if learning is None:
        return {"level": ""}
    level, days = learning
    return {"level": level, "since": calendar.day(days).isoformat()}


def _looks(person: Person, row: dict[str, Any]) -> Iterator[AccessEntry]:
    """Each register that was asked about the person stands among those who have looked (AUD-02)."""
    for registry in Registry:
        yield AccessEntry(
            person_id=person.pk,
            actor_role="system",
            actor_label=str(registry.label),
            what="jautājums reģistram",
            purpose=str(Purpose.REGISTRATION.label),
            request_id=_request_id(row, registry)[:12],
            at=person.created_at + ANSWERED_AFTER,
        )


def _dispute(pairs: list[tuple[Person, dict[str, Any]]], facts: list[RegistryFact], now: datetime) -> None:
    """Two entries wait for the agency's answer and decide nothing meanwhile; one has been answered."""
    of_person = {row["code"]: person for person, row in pairs}
    known = {(fact.person_id, fact.kind): fact for fact in facts}
    told = []
    for code, (kind, reason, days, state, answer) in DISPUTES.items():
        person = of_person[code]
        fact, opened_at = known[person.pk, kind], now - timedelta(days=days)
        dispute = FactDispute.objects.create(
            fact=fact,
            reason=reason,
            state=state or DisputeState.OPEN,
            opened_at=opened_at,
            due_on=after_working_days(opened_at.date(), 5),
            answered_at=opened_at + timedelta(days=4) if answer else None,
            explanation=answer,
        )
        told.append(Told(dispute, "open", opened_at, client(person.user), "", DisputeState.OPEN))
        if dispute.answered_at:
            told.append(Told(dispute, "uphold", dispute.answered_at, officer(), DisputeState.OPEN, state))
        else:
            fact.verdict = FactVerdict.UNKNOWN
            fact.save(update_fields=["verdict"])
    write_past(told)


def officer() -> Actor:
    """Who of the agency has decided in the demo's past."""
    user = User.objects.filter(is_staff=True, is_superuser=False).order_by("pk")[0]
    return Actor(role=Role.AGENCY, user_id=user.pk, label=user.label)


def _take_over_birth_dates(pairs: list[tuple[Person, dict[str, Any]]], facts: list[RegistryFact]) -> None:
    """The register's, where nobody disputes it (COD-05)."""
    born = {fact.person_id: fact for fact in facts if fact.kind == FactKind.BIRTH_DATE and fact.is_known}
    people = [person for person, _row in pairs if person.pk in born]
    for person in people:
        person.birth_date = date.fromisoformat(born[person.pk].value)
    Person.objects.bulk_update(people, ["birth_date"])


def _bury(pairs: list[tuple[Person, dict[str, Any]]], calendar: Calendar) -> None:
    """The register says that somebody has died: the way in is closed (terms 32.8)."""
    for person, row in pairs:
        fpr = row["registers"]["fpr"]
        if fpr and fpr["died"] is not None:
            User.objects.filter(pk=person.user.pk).update(is_active=False)
            died_on: date = calendar.day(fpr["died"])
            data = {"reason": DenialReason.DEATH.value, "died_on": died_on.isoformat()}
            closed = calendar.moment(fpr["died"] + 12, 4)
            Denial.objects.create(user=person.user, reason=DenialReason.DEATH, since=closed)
            write_past([Told(person.user, "deny_access", closed, JOB, data=data)])
