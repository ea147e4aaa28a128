"""The personal code as 11 digits (SSO-09). Never a birth date or an age is read from it (COD-05)."""

import re
from datetime import date

from django.conf import settings

_OLD = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})([012])[0-9]{4}")
_NEW = re.compile(r"3[2-9][0-9]{9}")
_WRITTEN = re.compile(r"([0-9]{6})-?([0-9]{5})")


def digits_of(raw: str) -> str:
    """11 digits out of `NNNNNN-NNNNN` with or without the hyphen and a configured prefix; raises ValueError."""
    bare = raw.strip()
    for prefix in settings.STARS_IDP_CODE_PREFIXES:
        if bare.startswith(prefix):
            bare = bare.removeprefix(prefix)
            break
    written = _WRITTEN.fullmatch(bare)
    if not written:
        raise ValueError("not a personal code")
    digits = "".join(written.groups())
    if not is_well_formed(digits):
        raise ValueError("not a personal code")
    return digits


def is_well_formed(digits: str) -> bool:
    """The old form with a real date, or 32…39 and nine digits; the new form has no check digit."""
    if _NEW.fullmatch(digits):
        return True
    old = _OLD.fullmatch(digits)
    if not old:
        return False
    day, month, year, century = (int(part) for part in old.groups())
    try:
        date(1800 + 100 * century + year, month, day)
    except ValueError:
        return False
    return True
