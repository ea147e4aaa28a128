"""Codes of an authenticator app against the vectors of RFC 6238, and how far a clock may be off (MFA-02)."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert totp.code_at(SECRET, totp.step_of(moment)) == code[-6:]


@pytest.mark.parametrize(("off", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_mfa_02_a_clock_may_be_one_step_off(off: int, opens: bool) -> None:
    moment = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)
    step = totp.step_of(moment) + off
    found = totp.matching_step(SECRET, totp.code_at(SECRET, step), moment, after=-1)
    assert found == (step if opens else None)


def test_mfa_02_a_step_used_before_opens_nothing() -> None:
    moment = datetime(2025, 6, 10, 9, 0, tzinfo=UTC)
    step = totp.step_of(moment)
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step), moment, after=step) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step - 1), moment, after=step) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step + 1), moment, after=step) == step + 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_opens_nothing(code: str) -> None:
    assert totp.matching_step(SECRET, code, datetime(2025, 6, 10, tzinfo=UTC), after=-1) is None


def test_a_secret_is_160_random_bits_and_apps_can_read_the_address() -> None:
    secret = totp.new_secret()
    assert len(base64.b32decode(secret)) == 20
    assert secret != totp.new_secret()
    address = urlsplit(totp.address_for_apps(secret, account="ilze@example.lv", issuer="STARS"))
    assert (address.scheme, address.netloc, address.path) == ("otpauth", "totp", "/STARS:ilze%40example.lv")
    said = parse_qs(address.query)
    assert (said["secret"], said["issuer"], said["digits"], said["period"]) == ([secret], ["STARS"], ["6"], ["30"])
    assert totp.in_groups("ABCDEFGHJ") == "ABCD EFGH J"
