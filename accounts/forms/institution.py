"""The institution's profile: what it may say of itself (terms 17.2)."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from accounts.services import Contacts

from .client import Difference
from .contacts import CHOOSE, email_field, municipality_field, phone_field


class InstitutionProfileForm(forms.Form):
    """Opened on one version, saved only over the same (K6)."""

    kind = forms.ChoiceField(
        label=_("Kind of institution"),
        choices=[("", CHOOSE), *Institution.Kind.choices],
        error_messages={
            "required": _("Choose the kind of institution"),
            "invalid_choice": _("Choose the kind of institution"),
        },
    )
    municipality = municipality_field()
    address = forms.CharField(
        label=_("Address"),
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        error_messages={
            "required": _("Enter the address"),
            "max_length": _("Write the address in at most 250 characters"),
        },
    )
    email = email_field()
    phone = phone_field()
    website = forms.URLField(
        label=_("Website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
        error_messages={"invalid": _("Enter the website in the form https://www.piemers.lv")},
    )
    description = forms.CharField(
        label=_("About the institution"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": _("Write at most 2000 characters")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @classmethod
    def of(cls, kept: Institution, data: Any = None) -> "InstitutionProfileForm":
        names = ("kind", "address", "email", "phone", "website", "description", "version")
        initial = {name: getattr(kept, name) for name in names} | {"municipality": kept.municipality_id}
        return cls(data, initial=initial)

    def contacts(self) -> Contacts:
        known = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Contacts(**known)

    def take_version(self, version: int) -> None:
        """After a conflict was shown, sending the same form again saves it."""
        data: Any = self.data
        self.data = data.copy()
        self.data["version"] = str(version)  # type: ignore[index]

    def differences(self, kept: Institution) -> list[Difference]:
        """What is kept now, for each field where something else was typed."""
        typed = self.contacts()
        pairs = ((name, getattr(kept, name), getattr(typed, name)) for name in self.fields if name != "version")
        return [
            Difference(str(self.fields[name].label), str(was or "–")) for name, was, wanted in pairs if was != wanted
        ]
