""" "Šis reģistra ieraksts ir nepareizs": a person disputes a fact, the agency answers within five working days."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import FactDispute, Person, RegistryFact
from accounts.registries import judge
from accounts.selectors import user_of
from accounts.signals import facts_changed
from accounts.states import DisputeAction, FactKind, FactVerdict, Origin
from stars.classifiers.selectors import after_working_days
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.templatetags.stars import day
from stars.notices.services import notify

from .keeping_facts import close_dispute, declared_of, replace, take_over_facts

ANSWERED_WITHIN = 5  # working days
DISPUTABLE = (
    *(FactKind.NAME, FactKind.BIRTH_DATE, FactKind.RESIDENCE),
    *(FactKind.EMPLOYMENT, FactKind.EDUCATION, FactKind.LEARNING),
)


@transaction.atomic
def open_dispute(*, fact_id: UUID, reason: str, by: Actor) -> FactDispute:
    """From now until the answer the fact decides nothing. A second press gives the dispute that is open already."""
    person_id = RegistryFact.objects.values_list("person_id", flat=True).get(pk=fact_id)
    require(policies.may_keep_profile(by, person_id))
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    fact = RegistryFact.objects.get(pk=fact_id)
    known = fact.disputes.filter(answered_at=None).first()
    if known is not None:
        return known
    if fact.superseded_at is not None:
        raise DomainError(
            _("The register has sent newer data meanwhile. Look at them and dispute again if needed."), code="replaced"
        )
    if fact.kind not in DISPUTABLE:
        raise DomainError(_("This entry decides nothing, so it is not disputed here."), code="not_disputable")
    due_on = after_working_days(timezone.localdate(), ANSWERED_WITHIN)
    dispute = FactDispute.objects.create(fact=fact, reason=reason.strip(), due_on=due_on)
    fact.verdict = FactVerdict.UNKNOWN
    fact.save(update_fields=["verdict"])
    audit.record(dispute, "open", by=by, to_state=dispute.state, data={"kind": fact.kind, "origin": fact.origin})
    take_over_facts(person, by=by)
    facts_changed.send(sender=RegistryFact, person_id=person.pk, by=by)
    if user := user_of(person.pk):
        notify(
            recipient=user,
            key=f"dispute:{dispute.pk}:opened",
            title=_("We look into the entry you disputed"),
            body=_(
                "%(fact)s. The State Education Development Agency answers by %(day)s. Until then the entry decides nothing."
            )
            % {"fact": fact.get_kind_display(), "day": day(due_on)},
            path=reverse("accounts:profile"),
        )
    return dispute


@transaction.atomic
def uphold_dispute(*, dispute_id: int, explanation: str, by: Actor) -> FactDispute:
    """The register's entry stands and decides again; `explanation` is what the person reads."""
    dispute, person = _held(dispute_id, DisputeAction.UPHOLD, by)
    fact = dispute.fact
    fact.verdict = judge(FactKind(fact.kind), fact.value, declared_of(person))
    fact.save(update_fields=["verdict"])
    close_dispute(dispute, DisputeAction.UPHOLD, by=by, explanation=explanation.strip())
    _tell_the_apps(person, by)
    return dispute


@transaction.atomic
def correct_dispute(*, dispute_id: int, value: Any, explanation: str, by: Actor) -> FactDispute:
    """The person is right: the portal goes by `value` (in the form of `registries.answers`) until the register says another.

    The register's row stays as it was said; the agency's stands in its place with its own origin (X11).
    """
    dispute, person = _held(dispute_id, DisputeAction.CORRECT, by)
    kind = FactKind(dispute.fact.kind)
    fact = RegistryFact(
        person=person,
        kind=kind,
        origin=Origin.AGENCY,
        verdict=judge(kind, value, declared_of(person)),
        request_id=dispute.reference.hex,
        valid_on=timezone.localdate(),
    )
    fact.keep(value)
    replace(person, [fact])
    close_dispute(dispute, DisputeAction.CORRECT, by=by, explanation=explanation.strip())
    _tell_the_apps(person, by)
    return dispute


def _held(dispute_id: int, action: DisputeAction, by: Actor) -> tuple[FactDispute, Person]:
    person_id = FactDispute.objects.values_list("fact__person_id", flat=True).get(pk=dispute_id)
    person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    dispute = FactDispute.objects.select_related("fact").get(pk=dispute_id)
    require(policies.may_answer(by, action, dispute))
    return dispute, person


def _tell_the_apps(person: Person, by: Actor) -> None:
    take_over_facts(person, by=by)
    facts_changed.send(sender=RegistryFact, person_id=person.pk, by=by)
