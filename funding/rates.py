"""Pure arithmetic of money: what a programme may cost and what the person pays. Whole cents, half-up (domain.md 4)."""

from collections.abc import Sequence

from stars.kernel.money import percent_of

from .models import FundingSource

CoPayment = FundingSource.CoPayment


def own_share_cents(
    source: FundingSource, price_cents: int, *, balance_cents: int | None, low_income: bool | None
) -> int:
    """Cents the person pays. `balance_cents` is None while no grant is given yet: then the full grant is assumed."""
    if price_cents < 0:
        raise ValueError(price_cents)
    if source.co_payment == CoPayment.NONE:
        return 0
    if source.co_payment == CoPayment.PERCENT:
        percent = source.percent_low_income if low_income else source.percent
        assert percent is not None  # funding_percent_source_says_how_much
        return percent_of(price_cents, percent)
    balance = source.grant_cents if balance_cents is None else balance_cents
    return max(0, price_cents - (balance or 0))


def module_cost_cents(hours: int, *, rate_cents: int, cap_cents: int) -> int:
    """Unit cost of one module or course: hours at the rate, at most the cap. Raises ValueError without hours."""
    if hours <= 0:
        raise ValueError(hours)
    return min(hours * rate_cents, cap_cents)


def course_cost_cents(hours: int, *, rate_cents: int, cap_cents: int) -> int:
    """A study course follows the module's rule with its own rate and cap."""
    return module_cost_cents(hours, rate_cents=rate_cents, cap_cents=cap_cents)


def set_cost_cents(
    hours: Sequence[int], *, rate_cents: int, cap_cents: int, programme_cap_cents: int | None = None
) -> int:
    """Sum of parts, each capped before summing; a module set also stays under the whole programme's unit cost."""
    if not hours:
        raise ValueError(hours)
    total = sum(module_cost_cents(part, rate_cents=rate_cents, cap_cents=cap_cents) for part in hours)
    return total if programme_cap_cents is None else min(total, programme_cap_cents)
