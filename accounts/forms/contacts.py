"""Fields that several forms ask in the same words: name, address, phone, municipality."""

import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stars.classifiers.models import Municipality

_PHONE = re.compile(r"(?:\+?371|00371)?([0-9]{8})")
CHOOSE = pgettext_lazy("empty select", "Choose the one that applies")


class PhoneField(forms.CharField):
    """Eight digits, with or without spaces and +371; kept as `+371 26123456`."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
    default_error_messages = {"invalid": _("Enter a phone number with 8 digits, for example 26 123 456")}

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if text in self.empty_values:
            return ""
        found = _PHONE.fullmatch(re.sub(r"[\s()\-]", "", unicodedata.normalize("NFKC", str(text))))
        if not found:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return f"+371 {found[1]}"

    def prepare_value(self, value: Any) -> Any:
        """What we kept is shown as people write it; what was typed stays as it was typed."""
        kept = re.fullmatch(r"\+371 ([0-9]{2})([0-9]{3})([0-9]{3})", str(value or ""))
        return " ".join(kept.groups()) if kept else value


def phone_field() -> PhoneField:
    return PhoneField(
        label=_("Phone"),
        max_length=40,
        error_messages={
            "required": _("Enter a phone number"),
            "max_length": _("Enter a phone number with 8 digits, for example 26 123 456"),
        },
    )


def name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name and surname"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": _("Enter the name and surname"),
            "max_length": _("Write the name in at most 200 characters"),
        },
    )


def email_field() -> forms.EmailField:
    wrong = _("Enter the e-mail address in the right form, for example vards@piemers.lv")
    return forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Enter the e-mail address"), "invalid": wrong, "max_length": wrong},
    )


def municipality_field() -> forms.ModelChoiceField:
    """Municipalities there are now, by name."""
    missing = _("Choose the municipality")
    return forms.ModelChoiceField(
        Municipality.objects.filter(valid_to=None).order_by("name"),
        label=_("Municipality"),
        empty_label=CHOOSE,
        error_messages={"required": missing, "invalid_choice": missing},
    )
