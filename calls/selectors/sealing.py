"""An offer as it would be sent now: everything in words and in codes, and what still stands in the way."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls.contents import FIELDS, Demands, Lists, Read, Shape
from calls.models import Call, Offer, Paper, ProgrammeDraft, WantedAttachment
from calls.states import Place
from catalog.models import Venue
from documents.models import fingerprint_of
from stars.files.states import ScanState
from stars.kernel.money import euros

from .announced import demands_of
from .preparing import Candidate, lists_of, number_namesakes, papers_of, venues_of
from .standing import Limit, limits_of

DECLARATION = gettext_lazy("I declare that the information given in the application is true")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What would be sent: its content, its fingerprint, its programmes, and every obstacle in words with its place."""

    content: dict[str, Any]
    candidates: list[Candidate]  # ticked ones, in the order they were written
    papers: list[Paper]  # of the offer itself
    limits: list[Limit]
    problems: list[tuple[str, str]]  # (where it is mended: "offer" or a programme's reference, the sentence)
    venues: list[Venue]
    everything: list[Candidate]  # every programme of the institution, ticked or not
    kinds: Mapping[str, str]  # labels by code

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.content)

    @property
    def requested_cents(self) -> int:
        return sum(one.cost.requested_cents for one in self.candidates if one.cost)


def drafted(offer: Offer, call: Call) -> Drafted:
    """The same rules for the page, the check and the submit. About twenty queries, whatever the number of programmes."""
    lists, demands = lists_of(offer.institution_id), demands_of(call)
    venues = venues_of(offer.institution_id)
    everything = _candidates(offer, lists, demands)
    candidates = [one for one in everything if str(one.draft.reference) in offer.chosen]
    papers = list(offer.papers.select_related("file").order_by("code", "added_at", "pk"))
    wanted = Counter(str(one.read.values.get("kind", "")) for one in candidates)
    limits = limits_of(call, offer.institution_id, wanted=wanted, besides=offer.pk)
    attachments = list(call.attachments.order_by("position", "pk"))
    names = {one.code: one.name for one in attachments}
    used = {code for one in candidates for code in one.read.values.get("venues", [])}
    content = {
        "number": offer.number,
        "call": {"slug": call.slug, "name": call.name},
        "institution": {
            "name": offer.institution.name,
            "company_number": offer.institution.company_number,
            "institution_number": offer.institution.institution_number,
        },
        "source": {"code": call.source.code, "name": call.source.name, "legal_name": call.source.legal_name},
        "declaration": str(DECLARATION) if offer.content.get("declares") else "",
        "venues": [_venue(one) for one in venues if one.code in used],
        "programmes": [_programme(one, position, lists, names) for position, one in enumerate(candidates, 1)],
        "files": [_file(one, names) for one in papers],
    }
    return Drafted(
        content=content,
        candidates=candidates,
        papers=papers,
        limits=limits,
        problems=_problems(offer, candidates, papers, limits, attachments),
        venues=venues,
        everything=everything,
        kinds=lists.choices["kind"],
    )


def _candidates(offer: Offer, lists: Lists, demands: Demands) -> list[Candidate]:
    """In the order they were begun."""
    drafts = list(ProgrammeDraft.objects.filter(institution_id=offer.institution_id).order_by("pk"))
    number_namesakes(drafts)
    papers = papers_of(drafts)
    return [Candidate.of(one, lists, demands, papers.get(one.pk, [])) for one in drafts]


def _problems(
    offer: Offer,
    candidates: list[Candidate],
    papers: list[Paper],
    limits: list[Limit],
    attachments: list[WantedAttachment],
) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if not offer.source:
        found.append(("offer", _("Choose the funding source")))
    if not candidates:
        found.append(("offer", _("Tick at least one programme")))
    for one in candidates:
        found += [(str(one.draft.reference), f"{one.draft}: {problem}") for problem in one.problems.values()]
    for limit in limits:
        if limit.is_over:
            words = _("%(kind)s: the call allows %(most)s from one institution, here there are %(total)s")
            found.append(("offer", words % {"kind": limit.label, "most": limit.most, "total": limit.total}))
    fit = {paper.code for paper in papers if paper.file.state != ScanState.REFUSED}
    for wanted in attachments:
        if wanted.place == Place.OFFER and wanted.is_required and wanted.code not in fit:
            found.append(("offer", _("Add the file: %(name)s") % {"name": wanted.name}))
    if not offer.content.get("declares"):
        found.append(("offer", _("Confirm that the information in the application is true")))
    return found


def _venue(venue: Venue) -> dict[str, str]:
    place = venue.municipality.name if venue.municipality else ""
    return {"code": venue.code, "name": venue.name, "address": venue.address, "municipality": place}


def _file(paper: Paper, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "attachment": names.get(paper.code, paper.code),
        "code": paper.code,
        "name": paper.file.display_name,
        "size": paper.file.size,
        "sha256": paper.file.sha256,
        "id": str(paper.file_id),
    }


def _programme(one: Candidate, position: int, lists: Lists, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "position": position,
        "draft": str(one.draft.reference),
        "values": one.read.values,
        "rows": rows_of(one.read, lists),
        "parts": [{"name": name, "hours": hours} for name, hours in one.read.parts],
        "competences": [
            {
                "area": taught.competence.area,
                "area_label": taught.competence.area_label,
                "number": taught.competence.number,
                "label": taught.competence.label,
                "level": taught.level,
                "description": taught.description,
            }
            for taught in one.read.taught
        ],
        "hours": one.read.hours,
        "cost": one.cost.kept() if one.cost else None,
        "files": [_file(paper, names) for paper in one.papers],
    }


def rows_of(found: Read, lists: Lists) -> list[dict[str, str]]:
    """Every field in words, in the order of the programme page."""
    rows = []
    for name, asked in FIELDS.items():
        value = found.values.get(name)
        if value is not None:
            rows.append({"label": str(asked.label), "value": _said(asked.shape, value, lists.choices.get(name, {}))})
    return rows


def _said(shape: Shape, value: Any, choices: Mapping[str, str]) -> str:
    match shape:
        case Shape.SEVERAL:
            return "; ".join(choices.get(one, one) for one in value)
        case Shape.LINES:
            return "; ".join(value)
        case Shape.MONEY:
            return euros(value)
    return choices.get(str(value), str(value))
