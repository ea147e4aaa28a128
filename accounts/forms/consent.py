"""The tick under the terms of use and the privacy policy."""

import re
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _


class ConsentForm(forms.Form):
    """The tick of /piekrisana; `shown` names the versions the person could read."""

    agreed = forms.BooleanField(
        error_messages={"required": _("Confirm that you have read the terms of use and the privacy policy")},
    )
    shown = forms.CharField(widget=forms.HiddenInput, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = _agreement_label()

    def clean_shown(self) -> list[int]:
        numbers = str(self.cleaned_data["shown"]).split(",")
        if not all(re.fullmatch(r"[0-9]{1,9}", number) for number in numbers):
            raise forms.ValidationError(
                _("The terms have just changed. Read the new version and confirm it."), code="odd"
            )
        return [int(number) for number in numbers]


def _agreement_label() -> SafeString:
    terms = format_html(
        '<a href="{}" target="_blank" rel="noopener">{}</a>',
        reverse("pages:terms"),
        pgettext("I have read the …", "terms of use"),
    )
    policy = format_html(
        '<a href="{}" download>{}</a>', reverse("pages:privacy_pdf"), pgettext("I have read the …", "privacy policy")
    )
    return format_html(gettext("I have read the Platform's {terms} and {policy}"), terms=terms, policy=policy)
