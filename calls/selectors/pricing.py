"""A price check beside an offered programme: the rule of its unit cost, and what like programmes cost in the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from calls.models import CallKind, OfferedProgramme
from calls.states import CostRule
from catalog.models import ProgrammeOffer
from catalog.states import ProgrammeState
from stars.kernel.money import euros


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of like programmes: same kind, same source, published now. Cents."""

    number: int = 0
    least: int = 0
    median: int = 0
    most: int = 0
    hourly_median: int = 0


@dataclass(frozen=True, slots=True)
class PriceCheck:
    programme: OfferedProgramme
    rate_cents: int
    part_cap_cents: int
    is_of_parts: bool
    parts: Sequence[dict[str, object]]
    like: Prices

    @property
    def is_capped(self) -> bool:
        return self.programme.requested_cents < self.programme.calculated_cents

    @property
    def hourly_cents(self) -> int:
        return _rounded(self.programme.requested_cents, self.programme.hours)

    @property
    def chart(self) -> list[tuple[str, int, str]]:
        """Rows of the bar chart."""
        rows = [
            (_("This programme"), self.programme.requested_cents),
            (_("Lowest"), self.like.least),
            (_("Median"), self.like.median),
            (_("Highest"), self.like.most),
        ]
        return [(label, cents, euros(cents)) for label, cents in rows]


def price_check(programme: OfferedProgramme) -> PriceCheck:
    """Two queries."""
    rule = CallKind.objects.filter(call_id=programme.call_id, kind_id=programme.kind_id).first()
    cost = programme.content.get("cost")
    parts = cost.get("parts", []) if isinstance(cost, dict) else []
    return PriceCheck(
        programme=programme,
        rate_cents=rule.rate_cents if rule else 0,
        part_cap_cents=rule.cap_cents if rule else 0,
        is_of_parts=rule is not None and rule.rule == CostRule.PARTS,
        parts=parts,
        like=_like(programme),
    )


def _like(programme: OfferedProgramme) -> Prices:
    rows = ProgrammeOffer.objects.filter(
        source_id=programme.call.source_id,
        programme__kind_id=programme.kind_id,
        programme__state=ProgrammeState.PUBLISHED,
        programme__institution__is_active=True,
    ).exclude(programme_id=programme.programme_id or 0)
    found = list(rows.order_by("price_cents", "pk").values_list("price_cents", "programme__hours_total"))
    if not found:
        return Prices()
    prices = [price for price, _hours in found]
    hourly = sorted(_rounded(price, hours) for price, hours in found)
    return Prices(len(prices), prices[0], _middle(prices), prices[-1], _middle(hourly))


def _middle(ordered: Sequence[int]) -> int:
    """The median; between two values the mean, half a cent up."""
    last = len(ordered) - 1
    return (ordered[last // 2] + ordered[last - last // 2] + 1) // 2


def _rounded(cents: int, hours: int) -> int:
    return (2 * cents + hours) // (2 * hours)
