"""What one participant of an offered programme may cost, and how that was reckoned. Pure; whole cents (domain.md 4)."""

from collections.abc import Sequence
from dataclasses import dataclass

from calls.states import CostRule
from funding.rates import module_cost_cents, set_cost_cents


@dataclass(frozen=True, slots=True)
class Rate:
    """A kind's rule in one call."""

    rule: str
    rate_cents: int
    cap_cents: int


@dataclass(frozen=True, slots=True)
class Part:
    """A module or a course: its own hours, what they come to, and what the cap leaves of it."""

    name: str
    hours: int
    calculated_cents: int
    requested_cents: int

    @property
    def is_capped(self) -> bool:
        return self.requested_cents < self.calculated_cents


@dataclass(frozen=True, slots=True)
class Cost:
    """The sum that may be requested, the sum without any cap, and the cap that holds for the whole."""

    parts: tuple[Part, ...]
    calculated_cents: int
    cap_cents: int
    requested_cents: int
    programme_cost_cents: int | None = None  # the unit cost of the whole programme, where a set stays under it
    part_cap_cents: int = 0  # the cap of each part, for the words

    @property
    def hours(self) -> int:
        return sum(part.hours for part in self.parts)

    @property
    def is_capped(self) -> bool:
        return self.requested_cents < self.calculated_cents

    @property
    def is_cut_by_part(self) -> bool:
        """Several parts, each under its own cap: no one figure is the cap of the whole."""
        return len(self.parts) > 1 and not self.is_under_programme

    @property
    def is_under_programme(self) -> bool:
        """The whole programme's unit cost has cut the sum of the parts."""
        return self.requested_cents < sum(part.requested_cents for part in self.parts)

    def kept(self) -> dict[str, object]:
        """For a sealed offer: every figure of the reckoning."""
        return {
            "hours": self.hours,
            "calculated_cents": self.calculated_cents,
            "cap_cents": self.cap_cents,
            "requested_cents": self.requested_cents,
            "programme_cost_cents": self.programme_cost_cents,
            "parts": [
                {
                    "name": part.name,
                    "hours": part.hours,
                    "calculated_cents": part.calculated_cents,
                    "requested_cents": part.requested_cents,
                }
                for part in self.parts
            ],
        }


def reckon(rate: Rate, parts: Sequence[tuple[str, int]], *, programme_cost_cents: int | None = None) -> Cost:
    """Each part at the rate and under the cap, then the sum. Raises ValueError without parts or hours.

    A kind of the rule WHOLE comes as one part. `programme_cost_cents` caps the sum of a set (seed 003, metodika 13).
    """
    reckoned = tuple(
        Part(
            name,
            hours,
            hours * rate.rate_cents,
            module_cost_cents(hours, rate_cents=rate.rate_cents, cap_cents=rate.cap_cents),
        )
        for name, hours in parts
    )
    whole = programme_cost_cents if rate.rule == CostRule.PARTS else None
    requested = set_cost_cents(
        [hours for _, hours in parts],
        rate_cents=rate.rate_cents,
        cap_cents=rate.cap_cents,
        programme_cap_cents=whole,
    )
    of_parts = len(reckoned) * rate.cap_cents
    return Cost(
        parts=reckoned,
        calculated_cents=sum(part.calculated_cents for part in reckoned),
        cap_cents=of_parts if whole is None else min(of_parts, whole),
        requested_cents=requested,
        programme_cost_cents=whole,
        part_cap_cents=rate.cap_cents,
    )
