"""What the terms demand of a password (31.1, 31.2): the rules, the offline list, and that what is typed is kept whole."""

import gzip
import io
import unicodedata

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command

from accounts.models import User
from accounts.passwords import TermsValidator, check_password_rules, frequent, making
from stars.settings import base
from tests.factories.accounts import ProviderFactory

WEAK = "Parolei jābūt vismaz 9 zīmes garai, ar lielo un mazo burtu, ciparu un speciālo simbolu"
COMMON = "Šī parole ir pārāk izplatīta. Izvēlieties citu"
OWN = "Parolē ir Jūsu vārds, adrese vai šī portāla vārds. Izvēlieties citu"


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


@pytest.mark.parametrize(
    "password",
    [
        "Password1!",
        "Qwerty123!!",
        "Parole123!",
        "Vasara2025!",
        "P@r0le-2025",
        "Pārole!!99",
        "Jānis1990!",
        "xx-Liepaja-2024-yy",
        "Rudens.123",
        "Ziemassvetki1!",
        "Daugavpils!7",
        "Kaķītis_123",
    ],
)
def test_pwd_03_frequent_ones_dressed_up_or_not(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert COMMON in refused.value.messages


@pytest.mark.parametrize("password", ["Stars-2025-x", "Prasmju-1-platforma", "Mana@gentura-5x"])
def test_pwd_03_words_of_the_portal(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert OWN in refused.value.messages


@pytest.mark.parametrize("password", ["Zvirbule-77-x", "mara.kalna-1A", "ŽVIRBULE-77-x!a"])
def test_pwd_03_the_own_name_and_address(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(email="mara.kalna@example.lv", name="Māra Zvirbule"))
    assert OWN in refused.value.messages


@pytest.mark.django_db
def test_pwd_03_the_name_of_the_institution() -> None:
    user = ProviderFactory.create(membership__institution__name="Vidzemes amatnieku centrs")
    for words, password in ((), "Amatnieku-7-x"), (("Ozolkalna arodskola",), "Ozolkalna-7-x"):
        with pytest.raises(ValidationError) as refused:
            check_password_rules(password, user, words=words)
        assert OWN in refused.value.messages


def test_pwd_03_the_list_is_long_and_each_entry_would_pass_the_rules() -> None:
    entries = gzip.decompress(frequent.LIST.read_bytes()).decode().splitlines()
    assert len(entries) == len(set(entries)) >= 10_000
    for entry in entries:
        TermsValidator().validate(entry)
    said = set(entries)
    assert {"Parole123!", "Vasara2025!", "Janis2024!", "V@s@r@2025!", "Qwerty123!"} <= said


def test_pwd_03_every_listed_password_is_refused() -> None:
    entries = gzip.decompress(frequent.LIST.read_bytes()).decode().splitlines()
    assert [entry for entry in entries[::97] if not frequent.stands_in(entry.casefold())] == []
    for entry in entries[::997]:
        with pytest.raises(ValidationError):
            validate_password(entry)


def test_pwd_03_the_list_is_what_the_words_give() -> None:
    call_command("frequent_passwords", "--check", stdout=io.StringIO())
    assert making.dressed(["Ziema"]) == making.dressed(["Ziema", "ziema"])


def test_pwd_02_128_signs_count_to_the_last() -> None:
    user = User(email="x@example.lv")
    long = "Aa1-" + "x" * 124
    user.set_password(long)
    assert len(long) == 128
    assert user.check_password(long)
    assert not user.check_password(long[:-1])
    assert not user.check_password(long[:-1] + "y")


def test_pwd_02_the_same_letters_are_the_same_password_however_they_are_composed() -> None:
    typed = "Šķūnis-9-ābele"
    taken_apart = unicodedata.normalize("NFD", typed)
    assert typed != taken_apart
    one, other = User(), User()
    one.set_password(taken_apart)
    other.set_password(typed)
    assert one.check_password(typed)
    assert other.check_password(taken_apart)


def test_pwd_04_passwords_are_hashed_with_argon2id() -> None:
    assert base.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert Argon2PasswordHasher().encode("x", "saltsaltsalt").startswith("argon2$argon2id$")
