"""What a coordinator types to find a client and to record a mandate, and a client to contest one."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Basis, Scope
from accounts.sso.personal_code import digits_of
from stars.files.forms import UploadField, UploadForm
from stars.kernel.typed import DayField

USUAL_TERM = timedelta(days=30)


class FindClientForm(forms.Form):
    """The whole personal code, sent by POST and never kept in an address (WEB-05)."""

    code = forms.CharField(
        label=_("Personal code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        error_messages={"required": _("Enter the personal code in the form 010190-12345 or 32xxxx-xxxxx")},
    )

    def clean_code(self) -> str:
        try:
            return digits_of(self.cleaned_data["code"].replace(" ", ""))
        except ValueError as error:
            raise forms.ValidationError(
                _("Enter the personal code in the form 010190-12345 or 32xxxx-xxxxx"), code="invalid"
            ) from error


class MandateForm(UploadForm):
    """What the client lets the coordinator do, until when, and how they have agreed: by the portal, or on a document."""

    purpose = "mandate"

    scope = forms.MultipleChoiceField(
        label=_("What the client lets you do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Mark at least one thing the client lets you do")},
    )
    basis = forms.ChoiceField(
        label=_("How the client agrees"),
        choices=Basis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the client agrees")},
    )
    document = forms.CharField(
        label=_("Number and date of the signed document"),
        help_text=_("Only where the client has signed a document, for example: No. 12 of 14.04.2025."),
        max_length=200,
        required=False,
    )
    file = UploadField(
        label=_("Signed document"),
        help_text=_(
            "PDF, JPG, PNG, DOCX or EDOC, at most 10 MB: signed electronically, or by hand and scanned. "
            "The client will see it."
        ),
        required=False,
        error_messages={"required": _("Add the document the client has signed")},
    )
    until = DayField(
        label=_("Until which day, inclusive"),
        help_text=_("At most a year, for example 31.12.2026."),
        error_messages={
            "required": _("Enter the day until which you may act"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localdate() + USUAL_TERM

    def clean_until(self) -> datetime:
        """The first moment after the day, in Riga."""
        day: date = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("basis") == Basis.SIGNED:
            if not cleaned.get("document"):
                self.add_error("document", forms.ValidationError(_("Enter the number and date of the signed document")))
            if not cleaned.get("file") and "file" not in self.errors:
                missing = self.fields["file"].error_messages["required"]
                self.add_error("file", forms.ValidationError(missing, code="required"))
        return cleaned

    @property
    def answers(self) -> dict[str, Any]:
        """The checked answers, for the service."""
        known = self.cleaned_data
        return {
            "scope": [Scope(one) for one in known["scope"]],
            "basis": Basis(known["basis"]),
            "document": known["document"],
            "paper": known["file"][0] if known["file"] else None,
            "valid_until": known["until"],
        }


class ProvisionalForm(MandateForm):
    """A person who has never been here: their names stand on the document they have signed."""

    first_name = forms.CharField(
        label=pgettext_lazy("person", "First name"),
        max_length=100,
        error_messages={"required": _("Enter the client's first name")},
    )
    last_name = forms.CharField(
        label=pgettext_lazy("person", "Surname"),
        max_length=100,
        error_messages={"required": _("Enter the client's surname")},
    )
    field_order = ("first_name", "last_name", "scope", "document", "file", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["basis"]
        self.fields["document"].required = self.fields["file"].required = True
        self.fields["document"].help_text = _("For example: No. 12 of 14.04.2025.")
        self.fields["document"].error_messages["required"] = _("Enter the number and date of the signed document")

    @property
    def answers(self) -> dict[str, Any]:
        known = self.cleaned_data
        return {
            "scope": [Scope(one) for one in known["scope"]],
            "basis": Basis.SIGNED,
            "document": known["document"],
            "paper": known["file"][0],
            "valid_until": known["until"],
        }


class ContestForm(forms.Form):
    explanation = forms.CharField(
        label=_("What was done without your consent?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what was done without your consent")},
    )
