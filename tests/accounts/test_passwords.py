"""What the terms demand of a password (31.1, 31.2)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

WEAK = "Parolei jābūt vismaz 9 zīmes garai, ar lielo un mazo burtu, ciparu un speciālo simbolu"
COMMON = "Šī parole ir pārāk izplatīta. Izvēlieties citu"


@pytest.mark.parametrize(
    "password", ["Zilonis-7-kalns", "Abols pie ūpes 5!", "x" * 120 + "Aa1-zvirbulis", "Aa1-кошка-zz"]
)
def test_pwd_01_02_good_passwords(password: str) -> None:
    validate_password(password)


@pytest.mark.parametrize(
    "password",
    [
        "Aa1-zvi",
        "zilonis-7-kalns",
        "ZILONIS-7-KALNS",
        "Zilonis-kalns",
        "Zilonis77kalns",
        "Zilonis77 kalns",
        "Zilonis77🐘kalns",
        "ŽIĻOŅĪŠ-7-ķāļņš",
    ],
)
def test_pwd_01_what_is_missing(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert WEAK in refused.value.messages


@pytest.mark.parametrize("password", ["Password1!", "Qwerty123!!", "Stars-2025-x", "Parole123!", "Prasmju-1-platforma"])
def test_pwd_03_frequent_ones_and_words_of_the_portal(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert COMMON in refused.value.messages


@pytest.mark.parametrize("password", ["Zvirbule-77-x", "mara.kalna-1A"])
def test_pwd_03_the_own_name_and_address(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(email="mara.kalna@example.lv", name="Māra Zvirbule"))
    assert COMMON in refused.value.messages
