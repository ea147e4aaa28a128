"""Form fields for what people type: words, and days, sums of money, account numbers with spaces and dots (c-date, c-money, c-iban)."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .money import NBSP, euros

_SUM = re.compile(r"(\d{1,7})(?:[.,](\d{1,2}))?")
_IBAN = re.compile(r"LV\d{2}[A-Z]{4}[A-Z0-9]{13}")


def _bare(value: object) -> str:
    """Without the spaces people put in and programs paste."""
    return re.sub(r"\s", "", str(value or ""))


class WordsField(forms.CharField):
    """What an officer writes to somebody, or for the file: a few lines, at most a thousand letters."""

    def __init__(self, *, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(max_length=1000, widget=forms.Textarea({"rows": rows, "cols": 60}), **kwargs)


class DayField(forms.DateField):
    """A day as 31.12.2026., with or without spaces and the last dot; as computers write it too."""

    default_error_messages = {"invalid": _("Enter the day in the form 31.12.2026.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%d.%m.%Y.", "%d.%m.%Y", "%Y-%m-%d"])
        kwargs.setdefault("widget", forms.DateInput(format="%d.%m.%Y.", attrs={"inputmode": "text"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        return super().to_python(_bare(value) if isinstance(value, str) else value)


class MoneyField(forms.CharField):
    """Euros and cents typed the Latvian way or with a point; gives whole cents, shows `1 234,50`."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    default_error_messages = {"invalid": _("Enter the sum in euros, for example 427,43")}

    def to_python(self, value: Any) -> Any:
        text = _bare(value).removesuffix("€")
        if not text:
            return None
        found = _SUM.fullmatch(text)
        if not found or not text.isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))

    def prepare_value(self, value: Any) -> Any:
        return euros(value).removesuffix(f"{NBSP}€") if isinstance(value, int) else value


class IbanField(forms.CharField):
    """A Latvian account number in groups of four or without; gives it without spaces, weighed by its check digits."""

    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})
    default_error_messages = {"invalid": _("Enter the account number that begins with LV and has 21 characters")}

    def to_python(self, value: Any) -> str:
        text = _bare(value).upper()
        if text and not (_IBAN.fullmatch(text) and _remainder(text) == 1):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return text

    def prepare_value(self, value: Any) -> Any:
        kept = _bare(value)
        return " ".join(kept[at : at + 4] for at in range(0, len(kept), 4)) if _IBAN.fullmatch(kept) else value


def _remainder(iban: str) -> int:
    """ISO 7064: the first four characters go to the end, letters are numbers from ten on."""
    return int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97
