"""The worked examples of the calls and of the news item, to the cent, and what must hold for every price."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.models import FundingSource
from funding.rates import course_cost_cents, module_cost_cents, money_preview, own_share_cents, set_cost_cents

MODULE = {"rate_cents": 534, "cap_cents": 42743}
COURSE = {"rate_cents": 515, "cap_cents": 41213}
prices = st.integers(min_value=0, max_value=10_000_000)


def grant(cents: int = 50000) -> FundingSource:
    return FundingSource(co_payment="above_grant", grant_cents=cents)


def percentage(percent: str, low_income: str = "0") -> FundingSource:
    return FundingSource(co_payment="percent", percent=Decimal(percent), percent_low_income=Decimal(low_income))


@pytest.mark.parametrize(
    ("hours", "cents"),
    [(167, 42743), (34, 18156), (136, 42743), (78, 41652), (80, 42720), (81, 42743), (1, 534)],
)
def test_module(hours: int, cents: int) -> None:
    assert module_cost_cents(hours, **MODULE) == cents


@pytest.mark.parametrize(("hours", "cents"), [(160, 41213), (80, 41200), (81, 41213), (78, 40170)])
def test_course(hours: int, cents: int) -> None:
    assert course_cost_cents(hours, **COURSE) == cents


@pytest.mark.parametrize("hours", [0, -1])
def test_no_hours_are_refused(hours: int) -> None:
    with pytest.raises(ValueError, match=str(hours)):
        module_cost_cents(hours, **MODULE)


def test_set_caps_each_part_before_summing() -> None:
    assert set_cost_cents([34, 136], **MODULE) == 60899
    assert set_cost_cents([75, 85], **COURSE) == 79838  # a study module of two courses


def test_set_stays_under_the_whole_programme() -> None:
    hours = [300, 234, 200, 40, 45, 46, 47, 48]  # eight modules, 960 hours
    assert set_cost_cents(hours, **MODULE) == 248913
    assert set_cost_cents(hours, **MODULE, programme_cap_cents=212719) == 212719


def test_empty_set_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[\]"):
        set_cost_cents([], **MODULE)


@pytest.mark.parametrize(("price", "share"), [(42743, 0), (60899, 10899), (212719, 162719), (50000, 0), (50001, 1)])
def test_above_the_grant(price: int, share: int) -> None:
    assert own_share_cents(grant(), price, balance_cents=50000, low_income=None) == share
    assert own_share_cents(grant(), price, balance_cents=None, low_income=None) == share


def test_a_used_up_account_pays_nothing() -> None:
    assert own_share_cents(grant(), 42743, balance_cents=7257, low_income=None) == 35486
    assert own_share_cents(grant(), 42743, balance_cents=0, low_income=None) == 42743


@pytest.mark.parametrize(
    ("price", "percent", "share"),
    [(42743, "10", 4274), (41652, "10", 4165), (41213, "5", 2061), (40170, "5", 2009), (42743, "0", 0)],
)
def test_percentage_rounds_half_up(price: int, percent: str, share: int) -> None:
    assert own_share_cents(percentage(percent), price, balance_cents=None, low_income=False) == share


def test_low_income_pays_its_own_percentage() -> None:
    assert own_share_cents(percentage("10", "0"), 42743, balance_cents=None, low_income=True) == 0
    assert own_share_cents(percentage("10", "0"), 42743, balance_cents=None, low_income=None) == 4274


def test_nothing_to_pay() -> None:
    assert own_share_cents(FundingSource(co_payment="none"), 42743, balance_cents=None, low_income=None) == 0


def test_negative_price_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        own_share_cents(grant(), -1, balance_cents=None, low_income=None)


@settings(deadline=None)  # a busy machine is no fault
@given(price=prices, balance=prices)
def test_person_and_grant_together_pay_the_price(price: int, balance: int) -> None:
    share = own_share_cents(grant(), price, balance_cents=balance, low_income=None)
    assert 0 <= share <= price
    assert price - share == min(price, balance)


@settings(deadline=None)  # a busy machine is no fault
@given(price=prices, percent=st.decimals(min_value=0, max_value=100, places=2))
def test_a_percentage_is_never_off_by_a_cent(price: int, percent: Decimal) -> None:
    share = own_share_cents(percentage(str(percent)), price, balance_cents=None, low_income=False)
    assert 0 <= share <= price
    assert abs(Decimal(share) - Decimal(price) * percent / 100) <= Decimal("0.5")


# --- what it means for a person's money ----------------------------------------------------


@pytest.mark.parametrize(
    ("price", "balance", "own", "left"),
    [
        (42743, None, 0, 7257),  # domain.md 4; before the check the whole grant is assumed
        (60899, None, 10899, 0),
        (212719, None, 162719, 0),
        (50000, None, 0, 0),
        (42743, 50000, 0, 7257),
        (42743, 7257, 35486, 0),
        (42743, 0, 42743, 0),
        (0, None, 0, 50000),
    ],
)
def test_x17_a_preview_of_a_grant(price: int, balance: int | None, own: int, left: int) -> None:
    seen = money_preview(grant(), price, balance_cents=balance, low_income=None)
    assert (seen.own_cents, seen.left_cents, seen.source_cents) == (own, left, price - own)
    assert seen.lost_cents == price  # the money of the account counts as spent, the own share stays paid


@pytest.mark.parametrize(
    ("price", "percent", "own", "public"),
    [
        (42743, "10", 4274, 38469),  # domain.md 4
        (41652, "10", 4165, 37487),
        (41213, "5", 2061, 39152),
        (40170, "5", 2009, 38161),
        (41652, "0", 0, 41652),
    ],
)
def test_x17_a_preview_of_a_percentage(price: int, percent: str, own: int, public: int) -> None:
    seen = money_preview(percentage(percent), price, balance_cents=None, low_income=False)
    assert (seen.own_cents, seen.source_cents, seen.left_cents, seen.lost_cents) == (own, public, None, own)
    assert seen.percent == Decimal(percent)


@given(price=prices, balance=st.none() | prices)
def test_x17_a_preview_adds_up(price: int, balance: int | None) -> None:
    seen = money_preview(grant(), price, balance_cents=balance, low_income=None)
    assert seen.own_cents + seen.source_cents == price
    assert seen.left_cents is not None
    assert seen.balance_cents is not None
    assert seen.left_cents >= 0
    assert seen.balance_cents - seen.source_cents == seen.left_cents
    assert seen.own_cents == own_share_cents(grant(), price, balance_cents=balance, low_income=None)
