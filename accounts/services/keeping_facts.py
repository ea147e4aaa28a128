"""What a register said becomes facts beside what the person declared; neither overwrites the other (X11, I15)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ClientProfile, Denial, DenialReason, FactDispute, Person, RegistryFact, RegistryQuestion
from accounts.registries import Answer, Declared, judge
from accounts.selectors import user_of
from accounts.signals import facts_changed
from accounts.states import DISPUTE, DisputeAction, DisputeState, FactKind, Origin, QuestionState
from stars.classifiers.models import Municipality
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.notices.services import notify

from .denying import deny_access
from .mandates import end_mandates_left_behind

JOB = "accounts.answer_question"


@transaction.atomic
def keep_answer(*, question: RegistryQuestion, answer: Answer) -> bool:
    """Keeps a claimed question's answer as facts and tells the apps above. The first of two answers is kept."""
    person = Person.objects.select_for_update(no_key=True).get(pk=question.person_id)
    now = timezone.now()
    is_ours = RegistryQuestion.objects.filter(
        pk=question.pk, state=QuestionState.DUE, leased_until=question.leased_until
    ).update(state=QuestionState.ANSWERED, answered_at=now, leased_until=None, last_error="")
    if not is_ours:
        return False
    by = Actor.system(JOB)
    written = _write(person, answer, question.request_id, by)
    said = {fact.kind: fact.verdict for fact in written}
    data = {"registry": question.registry, "request": question.request_id, "facts": said}
    audit.record(person, "registry_answer", by=by, data=data)
    take_over_facts(person, by=by)
    if any(fact.kind == FactKind.DEATH and fact.value for fact in written):
        _note_death(person, by)
    facts_changed.send(sender=RegistryFact, person_id=person.pk, by=by)
    return True


def _note_death(person: Person, by: Actor) -> None:
    """Closes the way in (terms 32.8). Doing it twice changes nothing; what the agency has opened again stays open."""
    user = user_of(person.pk)
    if user is None or Denial.objects.filter(user=user, reason=DenialReason.DEATH).exists():
        return
    words = _("The Register of Natural Persons has an entry of death.")
    deny_access(user_id=user.pk, reason=DenialReason.DEATH, words=words, by=by)


def _write(person: Person, answer: Answer, request_id: str, by: Actor) -> list[RegistryFact]:
    """A new row for each thing said; what was known stays where the register now says nothing, or is being disputed."""
    known = {fact.kind: fact for fact in _current(person.pk)}
    declared = declared_of(person)
    fresh = []
    for kind, value in answer.facts.items():
        old = known.get(kind)
        if old is not None:
            if _stays(old, value):
                continue
            _settle(old, by)
        fact = RegistryFact(
            person=person,
            kind=kind,
            origin=Origin(answer.registry),
            verdict=judge(FactKind(kind), value, declared),
            request_id=request_id,
            valid_on=answer.valid_on,
        )
        fact.keep(value)
        fresh.append(fact)
    replace(person, fresh)
    return fresh


def _stays(old: RegistryFact, value: Any) -> bool:
    """A disputed entry and the agency's correction hold until the register says something else than it did then."""
    if value is None:
        return old.value is not None
    if any(dispute.is_open for dispute in old.disputes.all()):
        return bool(old.value == value)
    if old.origin == Origin.AGENCY:
        corrected = FactDispute.objects.filter(
            fact__person_id=old.person_id, fact__kind=old.kind, state=DisputeState.CORRECTED
        ).select_related("fact")
        last = corrected.order_by("-answered_at", "-pk").first()
        return last is not None and last.fact.value == value
    return False


def _settle(old: RegistryFact, by: Actor) -> None:
    """The register has changed an entry that was being disputed: nobody has to look into it any more."""
    for dispute in old.disputes.all():
        if dispute.is_open:
            close_dispute(
                dispute, DisputeAction.CORRECT, by=by, explanation=_("The register has changed the entry meanwhile.")
            )


def close_dispute(dispute: FactDispute, action: DisputeAction, *, by: Actor, explanation: str) -> None:
    """Answers an open dispute and tells the person; the caller holds the person's lock and has asked the policy."""
    before = dispute.state
    dispute.state = DISPUTE.after(action, before, refusal=_("This disputed entry has been answered already."))
    dispute.answered_at, dispute.explanation = timezone.now(), explanation
    dispute.save(update_fields=["state", "answered_at", "explanation"])
    data = {"explanation": explanation, "kind": dispute.fact.kind}
    audit.record(dispute, action.value, by=by, from_state=before, to_state=dispute.state, data=data)
    user = user_of(dispute.fact.person_id)
    if user is not None and user.is_active:
        notify(
            recipient=user,
            key=f"dispute:{dispute.pk}:answered",
            title=_("An answer about the entry you disputed"),
            body="\n".join([f"{dispute.fact.get_kind_display()}: {dispute.get_state_display()}.", explanation]),
            path=reverse("accounts:profile"),
        )


def replace(person: Person, fresh: Iterable[RegistryFact]) -> None:
    """Puts new rows in the place of the current ones; the caller holds the person's lock."""
    rows = list(fresh)
    kinds = [row.kind for row in rows]
    RegistryFact.objects.current().filter(person=person, kind__in=kinds).update(superseded_at=timezone.now())
    RegistryFact.objects.bulk_create(rows)


def _current(person_id: UUID) -> list[RegistryFact]:
    facts = RegistryFact.objects.current().filter(person_id=person_id).prefetch_related("disputes")
    return list(facts.order_by("kind"))


def declared_of(person: Person) -> Declared:
    """What the person has said of themselves, for comparing."""
    profile = ClientProfile.objects.select_related("economic_status", "education").filter(person_id=person.pk).first()
    return Declared(
        name=person.full_name,
        is_employed=profile.economic_status.is_employed if profile else None,
        education=profile.education.code if profile else "",
    )


def take_over_facts(person: Person, *, by: Actor) -> None:
    """Birth date and municipality are the register's while nobody disputes them, else not known (COD-05, ACC-09).

    Who lives elsewhere now has left the municipality: its coordinators' mandates end here. The caller holds the person.
    """
    facts = RegistryFact.objects.current().filter(person=person, kind__in=(FactKind.BIRTH_DATE, FactKind.RESIDENCE))
    said = {fact.kind: fact.value if fact.is_known else None for fact in facts}
    if FactKind.BIRTH_DATE in said:
        born = said[FactKind.BIRTH_DATE]
        person.birth_date = date.fromisoformat(born) if born else None
    if FactKind.RESIDENCE in said:
        person.municipality = Municipality.objects.filter(name=said[FactKind.RESIDENCE] or "").first()
    if said:
        person.save(update_fields=["birth_date", "municipality"])
        end_mandates_left_behind(person=person, by=by)


@transaction.atomic
def judge_facts(*, person_id: UUID, by: Actor) -> bool:
    """Compares what is known with what the person declares now; tells whether any verdict is another. Facts stay (X11)."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    declared, changed = declared_of(person), []
    for fact in _current(person_id):
        if fact.is_known:
            verdict = judge(FactKind(fact.kind), fact.value, declared)
            if verdict != fact.verdict:
                fact.verdict = verdict
                changed.append(fact)
    RegistryFact.objects.bulk_update(changed, ["verdict"])
    if changed:
        facts_changed.send(sender=RegistryFact, person_id=person_id, by=by)
    return bool(changed)
