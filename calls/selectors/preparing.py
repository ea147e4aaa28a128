"""What an institution prepares, as its pages need it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from calls.contents import Competence, Demands, Lists, Read, cost_of, read, weigh
from calls.costs import Cost
from calls.models import Call, Offer, OfferedProgramme, Paper, ProgrammeDraft
from calls.states import EDITABLE, LIVE, VenueState
from catalog.models import Mode, Programme, ScheduleKind, Venue
from stars.classifiers.models import DigCompCompetence, PriorEducation, ProgrammeKind, Qualification, Sector
from stars.files.states import ScanState

FRAMEWORK = "2.2"


def name_of(user_id: int | None) -> str:
    """Who saved, as colleagues know them."""
    user = User.objects.filter(pk=user_id).first() if user_id else None
    return user.label if user else _("somebody")


def venues_of(institution_id: int) -> list[Venue]:
    """The institution's own addresses with what the register says of them, oldest first. One query."""
    own = Venue.objects.filter(institution_id=institution_id).select_related("municipality", "check_of_address")
    return list(own.order_by("pk"))


def has_places(institution_id: int) -> bool:
    """Addresses of its own, or a programme taught remotely, which needs none."""
    if Venue.objects.filter(institution_id=institution_id).exists():
        return True
    remote = Venue.objects.filter(is_remote=True).order_by("pk").values_list("code", flat=True)
    prepared = ProgrammeDraft.objects.filter(institution_id=institution_id)
    return any(prepared.filter(content__venues__contains=[code]).exists() for code in remote)


def lists_of(institution_id: int) -> Lists:
    """Choices of every field, for one institution. Seven queries, whatever is chosen."""
    remote = list(Venue.objects.filter(is_remote=True).order_by("pk"))
    kinds = ProgrammeKind.objects.filter(pk__in=Call.objects.announced().order_by().values("kinds__kind"))
    competences = DigCompCompetence.objects.filter(area__framework=FRAMEWORK).select_related("area")
    sectors = Sector.objects.filter(excludes_others=False).order_by("number")
    own = venues_of(institution_id)
    return Lists(
        choices={
            "kind": _labels(kinds.order_by("position", "pk")),
            "sector": {str(one.number): one.programme_label for one in sectors},
            "qualification": _labels(Qualification.objects.filter(is_active=True).order_by("position", "pk")),
            "prior_education": _labels(PriorEducation.objects.filter(is_active=True).order_by("position", "pk")),
            "venues": {one.code: one.label for one in [*own, *remote]},
            "mode": {value: str(label) for value, label in Mode.choices},
            "schedule_kinds": {value: str(label) for value, label in ScheduleKind.choices},
        },
        competences=[
            Competence(one.area.number, one.number, one.label, one.area.label)
            for one in competences.order_by("area__number", "number")
        ],
        unregistered={one.code: one.address for one in own if _is_unknown(one)},
    )


def _is_unknown(venue: Venue) -> bool:
    """The register has answered that it does not know the address; no answer yet is no "no" (D2)."""
    check = getattr(venue, "check_of_address", None)
    return check is not None and check.state == VenueState.NOT_FOUND


def _labels(rows: Iterable[Any]) -> dict[str, str]:
    return {row.code: row.label for row in rows}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A programme in preparation, weighed against one call."""

    draft: ProgrammeDraft
    read: Read
    papers: list[Paper]
    problems: Mapping[str, str]
    cost: Cost | None

    @property
    def is_ready(self) -> bool:
        return not self.problems

    @classmethod
    def of(cls, draft: ProgrammeDraft, lists: Lists, demands: Demands, papers: list[Paper]) -> "Candidate":
        found = read(draft.content, lists)
        fit = {paper.code for paper in papers if paper.file.state != ScanState.REFUSED}
        problems = weigh(found, demands, fit, lists.unregistered)
        return cls(draft, found, papers, problems, cost_of(found, demands))


def papers_of(drafts: Iterable[ProgrammeDraft]) -> Mapping[int, list[Paper]]:
    """Files by programme. One query."""
    found: dict[int, list[Paper]] = defaultdict(list)
    rows = Paper.objects.filter(draft__in=list(drafts)).select_related("file").order_by("code", "added_at", "pk")
    for paper in rows:
        assert paper.draft_id is not None
        found[paper.draft_id].append(paper)
    return found


def offered_in(call_id: int, institution_id: int) -> dict[int, str]:
    """The number of the live offer to this call each programme of the institution stands in, by draft. One query."""
    live = OfferedProgramme.objects.filter(call_id=call_id, draft__institution_id=institution_id, state__in=LIVE)
    return dict(live.order_by("pk").values_list("draft_id", "version__offer__number"))


def drafts_of(institution_id: int) -> list[ProgrammeDraft]:
    """The last written first; of several with one name each later begun one has its number behind the name."""
    found = list(ProgrammeDraft.objects.filter(institution_id=institution_id).order_by("-saved_at", "pk"))
    number_namesakes(found)
    return found


def number_namesakes(drafts: Iterable[ProgrammeDraft]) -> None:
    """All of one institution's: Datortīkli, Datortīkli (2), Datortīkli (3), in the order they were begun."""
    begun: Counter[str] = Counter()
    for one in sorted(drafts, key=lambda draft: draft.pk):
        begun[one.name] += 1
        one.namesake = begun[one.name]


def own_programmes(institution_id: int) -> list[Programme]:
    """What may be copied: programmes of the institution in the catalogue, whatever their state."""
    return list(Programme.objects.filter(institution_id=institution_id).select_related("kind").order_by("name", "pk"))


def ticked_calls(institution_id: int, moment: datetime) -> Mapping[str, Call]:
    """The open call a programme (by its reference) is meant for: that of an unsent offer it is ticked in. One query."""
    unsent = Offer.objects.filter(
        institution_id=institution_id, state__in=EDITABLE, call__in=Call.objects.open_at(moment)
    )
    offers = unsent.select_related("call").order_by("saved_at", "pk")
    return {reference: offer.call for offer in offers for reference in offer.chosen}


def as_answers(programme_id: int, *, institution_id: int) -> dict[str, Any]:
    """A programme of the catalogue as the form's answers; raises Programme.DoesNotExist for another institution's."""
    rows = Programme.objects.select_related("kind", "sector", "qualification", "prior_education")
    programme = rows.get(pk=programme_id, institution_id=institution_id)
    numbers = ("theory_onsite", "practice_onsite", "theory_remote", "practice_remote", "duration_weeks")
    texts = ("name", "mode", "description", "prior_knowledge", "equipment", "final_examination")
    found: dict[str, Any] = {
        **{name: str(getattr(programme, name) or "") for name in (*numbers, *texts, "education_document")},
        "kind": programme.kind.code,
        "sector": str(programme.sector.number),
        "qualification": programme.qualification.code if programme.qualification else "",
        "prior_education": programme.prior_education.code,
        "venues": list(programme.venues.order_by("pk").values_list("code", flat=True)),
        "main_topics": "\n".join(programme.main_topics),
        "language_label": programme.language_label,
        "schedule_kinds": list(programme.schedule_kinds),
        "digital_share_percent": str(programme.digital_share_percent or ""),
        "max_group_size": str(programme.max_group_size),
    }
    for line, part in enumerate(programme.parts.order_by("position")):
        found |= {f"part_{line}_name": part.name, f"part_{line}_hours": str(part.hours)}
    for taught in programme.competences.select_related("competence__area").order_by("pk"):
        name = f"digcomp_{taught.competence.area.number}_{taught.competence.number}"
        found |= {f"{name}_level": str(taught.level), f"{name}_description": taught.description}
    return found
