"""Days, sums and account numbers, typed as people type them."""

from datetime import date

import pytest
from django import forms

from stars.kernel.typed import DayField, IbanField, MoneyField


@pytest.mark.parametrize(
    "typed", ["14.04.2025.", "14.04.2025", "14. 04. 2025.", " 2025-04-14 ", "14.\u00a004.\u00a02025."]
)
def test_a_day_with_or_without_spaces_and_the_last_dot(typed: str) -> None:
    assert DayField().clean(typed) == date(2025, 4, 14)


@pytest.mark.parametrize("typed", ["31.02.2025.", "14/04/2025", "rīt"])
def test_another_day_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        DayField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("427,43", 42743), ("427.4", 42740), ("1 234,50 €", 123450), ("1\u00a0234,50\u00a0€", 123450), ("0", 0)],
)
def test_money_becomes_whole_cents(typed: str, cents: int) -> None:
    assert MoneyField().clean(typed) == cents


@pytest.mark.parametrize("typed", ["-5", "1,234", "4,2,7", "1e3", "simts", "١٢", "12345678"])
def test_what_is_no_sum_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        MoneyField().clean(typed)


def test_no_sum_is_no_sum() -> None:
    assert MoneyField(required=False).clean("") is None


@pytest.mark.parametrize("typed", ["LV80BANK0000435195001", "lv80 bank 0000 4351 9500 1"])
def test_an_account_number_in_any_spelling(typed: str) -> None:
    assert IbanField().clean(typed) == "LV80BANK0000435195001"


@pytest.mark.parametrize(
    "typed", ["LV81BANK0000435195001", "LV80BANK000043519500", "EE382200221020145685", "LV80 1234"]
)
def test_a_wrong_account_number_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        IbanField().clean(typed)


def test_kept_answers_are_shown_as_people_write_them() -> None:
    assert MoneyField().prepare_value(123450) == "1\u00a0234,50"
    assert MoneyField().prepare_value("4,2,7") == "4,2,7"
    assert IbanField().prepare_value("LV80BANK0000435195001") == "LV80 BANK 0000 4351 9500 1"
    assert IbanField().prepare_value("LV80") == "LV80"
