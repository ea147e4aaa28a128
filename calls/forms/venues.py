"""Step 1: one more address."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from stars.classifiers.models import Municipality


class VenueForm(forms.Form):
    """An address as the education register writes it."""

    name = forms.CharField(
        label=_("Name of the venue"),
        max_length=150,
        help_text=_("For example, computer classes in Riga"),
        error_messages={
            "required": _("Enter the name of the venue"),
            "max_length": _("Shorten the text to 150 characters"),
        },
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=250,
        help_text=_("Street, house, town and postcode, for example, Enkura iela 12, Rīga, LV-1005"),
        error_messages={
            "required": _("Enter the address of the venue"),
            "max_length": _("Shorten the text to 250 characters"),
        },
    )
    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label=_("Municipality"),
        empty_label=_("Choose the municipality"),
        error_messages={
            "required": _("Choose the municipality"),
            "invalid_choice": _("Choose the municipality"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Municipality.objects.valid_on(timezone.localdate()).order_by("name")
        self.fields["municipality"].queryset = places  # type: ignore[attr-defined]

    def answers(self) -> dict[str, Any]:
        """What add_venue asks for."""
        given = self.cleaned_data
        address = " ".join(given["address"].split())
        return {"name": given["name"], "address": address, "municipality_id": given["municipality"].pk}
