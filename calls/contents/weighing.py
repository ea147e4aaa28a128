"""Whether a programme may be offered to a call, each obstacle a sentence that says what to do. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from calls.costs import Cost, Rate, reckon
from calls.states import CostRule

from .reading import Read


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attachment a call asks for with each programme."""

    code: str
    name: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Demands:
    """What a call says of programmes."""

    rates: Mapping[str, Rate]  # by the code of the kind
    level_from: int
    level_to: int
    areas: Collection[int]  # numbers; empty = any
    least_digital_share: int
    wanted: tuple[Wanted, ...] = field(default=())


def cost_of(found: Read, demands: Demands) -> Cost | None:
    """What one participant costs under the call's rule; None while kind, hours or parts are not there."""
    rate = demands.rates.get(str(found.values.get("kind", "")))
    if rate is None:
        return None
    parts = found.parts if rate.rule == CostRule.PARTS else [(str(found.values.get("name", "")), found.hours)]
    if not parts or any(hours <= 0 for _, hours in parts):
        return None
    return reckon(rate, parts, programme_cost_cents=found.values.get("programme_cost_cents"))


def weigh(
    found: Read, demands: Demands, papers: Collection[str], unregistered: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Everything that stands between this programme and an offer to the call, by the field it is mended in.

    `unregistered`: addresses the register has answered "no" about, by code; one it has not answered about is let pass (D2).
    """
    said = {**found.problems, **found.missing}
    kind = str(found.values.get("kind", ""))
    rate = demands.rates.get(kind)
    if kind and rate is None:
        said["kind"] = _("This kind of programme cannot be offered in this call")
    if found.hours <= 0:
        said.setdefault("theory_onsite", _("Enter the hours of theory or practical work"))
    if rate is not None and rate.rule == CostRule.PARTS:
        _weigh_parts(found, said)
    share = found.values.get("digital_share_percent")
    if share is not None and share < demands.least_digital_share:
        said["digital_share_percent"] = _("The call asks for a digital share of at least %(least)s %%") % {
            "least": demands.least_digital_share
        }
    _weigh_taught(found, demands, said)
    _weigh_venues(found, unregistered or {}, said)
    for wanted in demands.wanted:
        if wanted.is_required and wanted.code not in papers:
            said[f"paper_{wanted.code}"] = _("Add the file: %(name)s") % {"name": wanted.name}
    return said


def _weigh_venues(found: Read, unregistered: Mapping[str, str], said: dict[str, str]) -> None:
    """Seed 003, step 1: an address must be registered in VIIS."""
    unknown = [unregistered[code] for code in found.values.get("venues", []) if code in unregistered]
    if unknown:
        said["venues"] = _(
            "Not registered in VIIS: %(addresses)s. Register the address there and ask the register again in step 1, "
            "or choose another venue"
        ) % {"addresses": "; ".join(unknown)}


def _weigh_parts(found: Read, said: dict[str, str]) -> None:
    if len(found.parts) < 2:
        said.setdefault("part_0_name", _("Enter at least two modules or courses with their hours"))
    elif sum(hours for _, hours in found.parts) != found.hours:
        said.setdefault(
            "part_0_hours",
            _("The parts have %(parts)s hours together, the programme has %(whole)s: make them equal")
            % {"parts": sum(hours for _, hours in found.parts), "whole": found.hours},
        )


def _weigh_taught(found: Read, demands: Demands, said: dict[str, str]) -> None:
    if not found.taught:
        said.setdefault("digcomp", _("Choose at least one DigComp competence with its level"))
        return
    if demands.areas and not any(one.competence.area in demands.areas for one in found.taught):
        said["digcomp"] = _("Choose a competence of the areas this call asks for")
    for one in found.taught:
        if not demands.level_from <= one.level <= demands.level_to:
            said[f"{one.competence.name}_level"] = _(
                "Competence %(code)s: the call asks for level %(lowest)s to %(highest)s"
            ) % {"code": one.competence.code, "lowest": demands.level_from, "highest": demands.level_to}
