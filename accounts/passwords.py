"""Passwords as the terms of use want them (31.1, 31.2); people of the state's sign-on have none (14)."""

import re
import unicodedata

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import User

SHORTEST = 9
CONTEXT = ("stars", "viaa", "prasmju", "platforma", "agentura", "parole")
_TOO_WEAK = _(
    "A password needs at least 9 characters with a small and a capital letter, a digit and a special character"
)
_TOO_COMMON = _("This password is too common. Choose another one")


def _is_special(sign: str) -> bool:
    """Visible, and neither a letter, a digit nor a space; letters such as ā and emoji stand in for nothing."""
    return unicodedata.category(sign)[0] in "PS" and unicodedata.category(sign) != "So"


class TermsValidator:
    """PWD-01: at least nine characters with a-z, A-Z, a digit and a special character."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django passes it
        has_all = all(re.search(kind, password) for kind in ("[a-z]", "[A-Z]", "[0-9]")) and any(
            map(_is_special, password)
        )
        if len(password) < SHORTEST or not has_all:
            raise ValidationError(_TOO_WEAK, code="password_too_weak")

    def get_help_text(self) -> str:
        return str(_TOO_WEAK)


class FrequentValidator(CommonPasswordValidator):
    """PWD-03: neither a frequent password, dressed up or not, nor words of the portal or of the person."""

    def validate(self, password: str, user: User | None = None) -> None:
        plain = "".join(
            sign for sign in unicodedata.normalize("NFKD", password).casefold() if not unicodedata.combining(sign)
        )
        core = plain.strip("0123456789!@#$%^&*?.,-_+= ")
        is_frequent = any(word in self.passwords for word in (password, plain, core) if len(word) > 3)
        own = re.split(r"[^a-z0-9]+", f"{user.email or ''} {user.name}".lower()) if user else []
        if is_frequent or any(word in plain for word in (*CONTEXT, *own) if len(word) > 3):
            raise ValidationError(_TOO_COMMON, code="password_too_common")

    def get_help_text(self) -> str:
        return str(_TOO_COMMON)
