"""From a decision to the catalogue: the contract, then the programme as it was offered, at the price that was offered."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from calls import policies
from calls.errors import NoContract
from calls.models import Contract, Offer, OfferedProgramme
from calls.states import Evaluating, OfferState
from catalog import services as catalog
from catalog.models import Programme, ProgrammeCompetence, ProgrammePart, Venue
from stars.classifiers.models import DigCompCompetence, PriorEducation, Qualification, Sector
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.transactions import repeatable

from . import telling_evaluation as telling

PURPOSE = "calls.contract"
FRAMEWORK = "2.2"
NUMBERS = ("theory_onsite", "practice_onsite", "theory_remote", "practice_remote")
TEXTS = ("description", "prior_knowledge", "equipment", "final_examination", "education_document", "language_label")


@transaction.atomic
def record_contract(
    *, offer_id: int, number: str, signed_on: date, by: Actor, upload: files.Upload | None = None
) -> Contract:
    """The contract about an approved offer; without it nothing is published. Recorded once."""
    offer = Offer.objects.locked(offer_id)
    require(policies.may_evaluate(by, Evaluating.RECORD_CONTRACT))
    if offer.state != OfferState.APPROVED:
        raise DomainError(_("A contract is made about an approved offer only."), code="wrong_state")
    if Contract.objects.filter(offer=offer).exists():
        raise DomainError(_("The contract of this offer is already recorded."), code="recorded")
    if Contract.objects.filter(number=number).exists():
        raise DomainError(_("Another offer has a contract with this number."), code="same_number")
    stored = files.keep(upload=upload, purpose=PURPOSE) if upload is not None else None
    contract = Contract.objects.create(
        offer=offer, number=number, signed_on=signed_on, file=stored, recorded_by_id=by.user_id
    )
    said = {"number": number, "signed_on": signed_on.isoformat()}
    audit.record(contract, Evaluating.RECORD_CONTRACT, by=by, data=said, is_first=True)
    return contract


@repeatable
@transaction.atomic
def publish_offered(*, programme_id: int, by: Actor) -> Programme:
    """The approved programme stands in the catalogue under the call's source, its price frozen. Twice = once."""
    require(policies.may_evaluate(by, Evaluating.PUBLISH))
    offered = _held(programme_id)
    offer = offered.version.offer
    if offered.programme is not None:
        return offered.programme
    if offered.state != OfferState.APPROVED:
        raise DomainError(_("Only an approved programme is published."), code="wrong_state")
    if not Contract.objects.filter(offer=offer).exists():
        raise NoContract
    said: Any = offered.content
    made = catalog.add_programme(
        programme=_programme(offered, offer, said),
        venues=_venues(offer, said),
        parts=_parts(said),
        competences=_competences(said),
        prices={offered.call.source: offered.requested_cents},
        by=by,
    )
    offered.programme = made
    offered.save(update_fields=["programme"])
    audit.record(offered, Evaluating.PUBLISH, by=by, data={"programme": made.number, "price": offered.requested_cents})
    telling.published(offered, number=made.number)
    return made


def _held(programme_id: int) -> OfferedProgramme:
    """The offer's row, then the programme's, as for its decision; a second publication waits here and finds the first."""
    offer_id = OfferedProgramme.objects.values_list("version__offer_id", flat=True).get(pk=programme_id)
    Offer.objects.locked(offer_id)
    rows = OfferedProgramme.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("version__offer", "call__source", "kind", "programme").get(pk=programme_id)


def _programme(offered: OfferedProgramme, offer: Offer, said: dict[str, Any]) -> Programme:
    values = said["values"]
    qualification = values.get("qualification")
    return Programme(
        code=f"{slugify(offered.name)[:60].strip('-') or 'programma'}-{offered.pk}",
        name=offered.name,
        institution_id=offer.institution_id,
        kind=offered.kind,
        sector=Sector.objects.get(number=int(values["sector"])),
        qualification=Qualification.objects.get(code=qualification) if qualification else None,
        prior_education=PriorEducation.objects.get(code=values["prior_education"]),
        mode=values["mode"],
        main_topics=values["main_topics"],
        schedule_kinds=values["schedule_kinds"],
        duration_weeks=values["duration_weeks"],
        digital_share_percent=values["digital_share_percent"],
        max_group_size=values["max_group_size"],
        hours_total=offered.hours,
        **{name: values.get(name) or 0 for name in NUMBERS},
        **{name: values[name] for name in TEXTS},
    )


def _venues(offer: Offer, said: dict[str, Any]) -> list[Venue]:
    """Those of the offer that are still on the institution's list."""
    rows = Venue.objects.filter(code__in=said["values"]["venues"]).order_by("pk")
    found = [one for one in rows if one.is_remote or one.institution_id == offer.institution_id]
    if not found:
        text = _("The institution has taken every venue of this programme off its list. Ask it to add one again.")
        raise DomainError(text, code="no_venue")
    return found


def _parts(said: dict[str, Any]) -> list[ProgrammePart]:
    return [
        ProgrammePart(position=position, name=one["name"], hours=one["hours"], cost_cents=one["requested_cents"])
        for position, one in enumerate(said["cost"]["parts"], 1)
    ]


def _competences(said: dict[str, Any]) -> list[ProgrammeCompetence]:
    rows = DigCompCompetence.objects.filter(area__framework=FRAMEWORK).select_related("area")
    known = {(one.area.number, one.number): one for one in rows}
    return [
        ProgrammeCompetence(
            competence=known[one["area"], one["number"]], level=one["level"], description=one["description"]
        )
        for one in said["competences"]
    ]
