"""What a person says of a register's entry that is wrong."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DisputeForm(forms.Form):
    """The form of "Šis reģistra ieraksts ir nepareizs"."""

    reason = forms.CharField(
        label=pgettext_lazy("dispute", "What is wrong, and how it should be"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("Write what is wrong in the entry"),
            "max_length": _("Write the explanation in at most 1000 characters"),
        },
    )
