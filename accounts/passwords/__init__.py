"""Passwords as the terms of use want them (31.1, 31.2); people of the state's sign-on have none (14)."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User

from . import frequent
from .folding import core_of, folded

SHORTEST, LONGEST = 9, 1000  # PWD-02: at least 128 characters whole; beyond a thousand nobody types or pastes
CONTEXT = ("stars", "viaa", "prasmju", "parvaldib", "platforma", "agentura", "parole", "latvija")
_SHORTEST_WORD = 4  # of a name or address that may not stand in a password
_TOO_WEAK = _(
    "A password needs at least 9 characters with a small and a capital letter, a digit and a special character"
)
_TOO_COMMON = _("This password is too common. Choose another one")
_OWN_WORD = _("The password holds your name, your address or a word of this portal. Choose another one")
RULES = _(
    "At least 9 characters: a small and a capital letter (a–z, A–Z), a digit and a special character, such as - or !"
)


def check_password_rules(password: str, user: User, *, words: Iterable[str] = ()) -> None:
    """Raises ValidationError for a password the terms refuse; `words` are names it may not hold, such as the institution's."""
    validate_password(password, user)
    OwnWordsValidator(words).validate(password)


def _is_special(sign: str) -> bool:
    """Visible, and neither a letter, a digit nor a space; letters such as ā and emoji stand in for nothing."""
    return unicodedata.category(sign)[0] in "PS" and unicodedata.category(sign) != "So"


class TermsValidator:
    """PWD-01: at least nine characters with a-z, A-Z, a digit and a special character."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django passes it
        whole = unicodedata.normalize("NFC", password)
        has_all = all(re.search(kind, whole) for kind in ("[a-z]", "[A-Z]", "[0-9]")) and any(map(_is_special, whole))
        if len(whole) < SHORTEST or not has_all:
            raise ValidationError(_TOO_WEAK, code="password_too_weak")

    def get_help_text(self) -> str:
        return str(RULES)


class FrequentValidator(CommonPasswordValidator):
    """PWD-03: no frequent password stands in it (31.2), and it is no frequent word dressed up with digits and signs."""

    def validate(self, password: str, user: User | None = None) -> None:  # noqa: ARG002 - Django passes it
        plain, core = folded(password), core_of(password)
        is_dressed_up = len(core) >= _SHORTEST_WORD and (core in self.passwords or core in frequent.words())
        if plain in self.passwords or is_dressed_up or frequent.stands_in(plain):
            raise ValidationError(_TOO_COMMON, code="password_too_common")

    def get_help_text(self) -> str:
        return str(_TOO_COMMON)


class OwnWordsValidator:
    """PWD-03: no word of the portal, of the agency, of the person or of their institutions."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words = tuple(words)

    def validate(self, password: str, user: User | None = None) -> None:
        plain, read = folded(password), core_of(password)
        if any(word in plain or word in read for word in self._refused(user)):
            raise ValidationError(_OWN_WORD, code="password_of_own_words")

    def _refused(self, user: User | None) -> Iterator[str]:
        yield from CONTEXT
        said = [*self.words]
        if user is not None:
            said += [user.email or "", user.name]
            if user.pk:
                said += Membership.objects.filter(user=user).values_list("institution__name", flat=True)
        for text in said:
            yield from (word for word in re.split(r"[^a-z0-9]+", folded(text)) if self._counts(word))

    def _counts(self, word: str) -> bool:
        """Long enough to mean somebody, and no word every address or name of an institution has."""
        return len(word) >= _SHORTEST_WORD and word not in {"example", "gmail", "inbox", "centrs", "skola"}

    def get_help_text(self) -> str:
        return str(_OWN_WORD)
