"""Pure arithmetic of money: what a programme may cost and what the person pays. Whole cents, half-up (domain.md 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

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
        percent = _percent(source, low_income=low_income)
        assert percent is not None  # funding_percent_source_says_how_much
        return percent_of(price_cents, percent)
    balance = source.grant_cents if balance_cents is None else balance_cents
    return max(0, price_cents - (balance or 0))


@dataclass(frozen=True, slots=True)
class MoneyPreview:
    """What one programme under one source means for a person's money, in cents. `left_cents` is None without an account."""

    price_cents: int
    own_cents: int  # the person pays
    source_cents: int  # the source pays
    balance_cents: int | None  # what the account holds before, or would hold
    left_cents: int | None  # and after applying
    percent: Decimal | None  # of the price, where the source asks for a percentage
    lost_cents: (
        int  # on breaking off: money of the account counts as spent (news [004]), nobody pays the own share back
    )


def money_preview(
    source: FundingSource, price_cents: int, *, balance_cents: int | None, low_income: bool | None
) -> MoneyPreview:
    """The one function behind the own share of list, page, form and receipt, and what follows from it (X17)."""
    own = own_share_cents(source, price_cents, balance_cents=balance_cents, low_income=low_income)
    paid = price_cents - own
    if source.co_payment != CoPayment.ABOVE_GRANT:
        return MoneyPreview(price_cents, own, paid, None, None, _percent(source, low_income=low_income), own)
    balance = (source.grant_cents or 0) if balance_cents is None else balance_cents
    return MoneyPreview(price_cents, own, paid, balance, balance - paid, None, own + paid)


def _percent(source: FundingSource, *, low_income: bool | None) -> Decimal | None:
    return source.percent_low_income if low_income else source.percent


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
