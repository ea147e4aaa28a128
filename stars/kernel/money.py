"""Money is whole euro cents in `int`; every rounding is half-up, once per calculated line (domain.md 4)."""

from decimal import ROUND_HALF_UP, Decimal

NBSP = "\u00a0"


def half_up(exact: Decimal) -> int:
    """Cents rounded half-up to a whole cent."""
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def percent_of(cents: int, percent: Decimal) -> int:
    """`percent` of `cents`, half-up: 5 % of 40170 is 2009."""
    return half_up(Decimal(cents) * percent / 100)


def euros(cents: int) -> str:
    """427,43 € with no-break spaces: 1 234,50 €."""
    sign = "-" if cents < 0 else ""
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{whole:,}".replace(",", NBSP) + f",{rest:02d}{NBSP}€"
