"""What coordinators and consultants tell when they ask for their rights; names and personal code are the state's word."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import RightKind
from accounts.services import AskedRight
from stars.files.forms import UploadField, UploadForm

from .contacts import email_field, municipality_field, phone_field
from .registering import InstitutionField


class _AskForm(UploadForm):
    """Post, work e-mail, phone, and the paper that delegates; there is no field for a personal code (PWD-07)."""

    purpose = "right"
    kind: RightKind

    municipality = municipality_field()
    position = forms.CharField(
        label=_("Post"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={
            "required": _("Enter the post"),
            "max_length": _("Write the post in at most 200 characters"),
        },
    )
    email = email_field()
    phone = phone_field()
    document = UploadField(
        label=_("Authorisation"),
        help_text=_("PDF, JPG, PNG, DOCX or EDOC, at most 10 MB: who delegates you, and to what."),
        error_messages={"required": _("Add the authorisation")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Work e-mail")

    def asked(self) -> AskedRight:
        known = self.cleaned_data
        return AskedRight(
            kind=self.kind,
            municipality=known.get("municipality"),
            institution=known.get("institution"),
            position=known["position"],
            email=known["email"],
            phone=known["phone"],
            document=known["document"][0] if known["document"] else None,
        )


class CoordinatorForm(_AskForm):
    """The form of /koordinators/registracija (K1)."""

    kind = RightKind.COORDINATOR


class ConsultantForm(_AskForm):
    """The form of /konsultants/registracija (N1): an institution's consultant is approved by it, others by the agency."""

    kind = RightKind.CONSULTANT
    INSTITUTION, MUNICIPALITY, OWN = "institution", "municipality", "own"

    works_for = forms.ChoiceField(
        label=_("Where do you consult?"),
        choices=(
            (INSTITUTION, _("In an education institution")),
            (MUNICIPALITY, _("In a municipality")),
            (OWN, _("Independently")),
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose where you consult"),
            "invalid_choice": _("Choose where you consult"),
        },
    )
    institution = InstitutionField(label=_("Name of the education institution"), max_length=250, required=False)
    field_order = ("works_for", "institution", "municipality", "position", "email", "phone", "document")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["municipality"].required = False
        self.fields["document"].required = False

    def clean(self) -> dict[str, Any]:
        """Only the place that was chosen counts; it is asked for where it is missing."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = cleaned.get("works_for")
        for name, missing in (
            (self.INSTITUTION, self.fields["institution"].error_messages["required"]),
            (self.MUNICIPALITY, self.fields["municipality"].error_messages["required"]),
        ):
            if chosen != name:
                cleaned[name] = None
                self.errors.pop(name, None)
            elif not cleaned.get(name) and name not in self.errors:
                self.add_error(name, ValidationError(missing, code="required"))
        return cleaned
