"""Averages, agreement and places of scores. Pure; exact fractions, rounded only in words (X80)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Scored:
    """Points for one criterion with the criterion's numbers as they were when the points were given."""

    criterion: int
    points: int
    most: int
    least: int
    weight: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One member's points, and what they say of the conditions."""

    scored: tuple[Scored, ...]
    unmet: int = 0  # conditions not met
    unclear: int = 0  # conditions to be clarified

    @property
    def total(self) -> int:
        return total_of(self.scored)


def total_of(scored: Iterable[Scored]) -> int:
    """Points times weight."""
    return sum(one.points * one.weight for one in scored)


def in_words(points: Fraction | int) -> str:
    """37 or 37,5: one decimal with a comma, none where it is whole."""
    tenths = round(Fraction(points) * 10)
    whole, rest = divmod(tenths, 10)
    return f"{whole},{rest}" if rest else str(whole)


@dataclass(frozen=True, slots=True)
class Result:
    """Where one programme stands: its given sheets, what was agreed, and the call's rule about both."""

    sheets: Sequence[Sheet] = field(default=())
    agreed: tuple[Scored, ...] | None = None
    needed: int = 2
    tolerance: int = 0

    @property
    def is_complete(self) -> bool:
        return len(self.sheets) >= self.needed

    @property
    def spread(self) -> int:
        """Between the highest and the lowest total."""
        totals = [sheet.total for sheet in self.sheets]
        return max(totals) - min(totals) if totals else 0

    @property
    def is_far_apart(self) -> bool:
        return self.is_complete and self.spread > self.tolerance

    @property
    def is_disputed(self) -> bool:
        """Far apart, and nothing agreed on yet: the alarm."""
        return self.is_far_apart and self.agreed is None

    @property
    def is_settled(self) -> bool:
        return self.is_complete and not self.is_disputed

    @property
    def total(self) -> Fraction | None:
        """What was agreed, else the mean of the totals; none before the last needed score is in."""
        if not self.is_complete:
            return None
        if self.agreed is not None:
            return Fraction(total_of(self.agreed))
        return Fraction(sum(sheet.total for sheet in self.sheets), len(self.sheets))

    @property
    def by_criterion(self) -> Mapping[int, Fraction]:
        """Final points of each criterion: agreed, else the mean."""
        if self.agreed is not None:
            return {one.criterion: Fraction(one.points) for one in self.agreed}
        return {
            one.criterion: Fraction(
                sum(same.points for sheet in self.sheets for same in sheet.scored if same.criterion == one.criterion),
                len(self.sheets),
            )
            for one in self._scale
        }

    @property
    def most(self) -> int:
        return sum(one.most * one.weight for one in self._scale)

    @property
    def percent(self) -> int:
        """Of the most there is; nothing before there is a total."""
        return round(self.total * 100 / self.most) if self.total is not None and self.most else 0

    @property
    def unmet(self) -> int:
        return sum(sheet.unmet for sheet in self.sheets)

    @property
    def unclear(self) -> int:
        return sum(sheet.unclear for sheet in self.sheets)

    @property
    def below(self) -> int:
        """Criteria whose final points do not reach their fewest."""
        return sum(self.by_criterion[one.criterion] < one.least for one in self._scale)

    @property
    def passes(self) -> bool:
        return self.is_settled and not self.unmet and not self.below

    @property
    def shown_total(self) -> str:
        return "–" if self.total is None else in_words(self.total)

    @property
    def shown_totals(self) -> list[str]:
        return [str(sheet.total) for sheet in self.sheets]

    @property
    def _scale(self) -> tuple[Scored, ...]:
        return self.sheets[0].scored if self.sheets else self.agreed or ()


def places(totals: Sequence[Fraction | None]) -> list[int | None]:
    """1, 2, 2, 4: equal totals share a place; who has none has no place."""
    known = [total for total in totals if total is not None]
    return [None if total is None else 1 + sum(other > total for other in known) for total in totals]
