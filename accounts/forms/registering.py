"""What institutions and their employees type to be let in (terms 27.1 and 27.2)."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import IS_A_CODE, LIKE_A_CODE, Institution, User
from accounts.passwords import check_password_rules
from accounts.selectors import institutions_named
from accounts.services import Asked, AskedInstitution
from stars.files.contents import ASICE, KINDS, PDF
from stars.files.forms import UploadField, UploadForm

from .consent import ConsentForm
from .contacts import email_field, name_field

MOST_DOCUMENTS = 5
LISTED = "iestades"  # the list of suggestions beside the field


class NumberField(forms.CharField):
    """A registration number of fixed length; spaces people write for reading are left out.

    No number of the registers is shaped like a personal code: theirs begin with 4, 5 or 9. A code typed here by mistake
    is refused at the door and by the database, so that it never lies in a column of its own in clear (COD-04).
    """

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, length: int, **options: Any) -> None:
        super().__init__(max_length=40, **options)
        self.length = length

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        if text in self.empty_values:
            return ""
        digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", str(text)))
        if not re.fullmatch(rf"[0-9]{{{self.length}}}", digits):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if re.fullmatch(LIKE_A_CODE, digits):
            raise ValidationError(IS_A_CODE, code="personal_code")
        return digits


def new_password_field() -> forms.CharField:
    """Never sent back to the page, so it is typed again after an error elsewhere."""
    return forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        help_text=_("At least 9 characters with a small and a capital letter, a digit and a special character."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter the password")},
    )


class _RegistrationForm(ConsentForm):
    """What both kinds ask: who, the address, the password, and the terms before anything is registered (17.1)."""

    name = name_field()
    email = email_field()
    password = new_password_field()

    def clean_email(self) -> str:
        return unicodedata.normalize("NFKC", self.cleaned_data["email"]).casefold()

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password"):
            try:
                check_password_rules(
                    cleaned["password"], User(email=cleaned.get("email") or None, name=cleaned.get("name", ""))
                )
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def _asked(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "email", "password", "shown")}


class InstitutionRegistrationForm(_RegistrationForm, UploadForm):
    """The form of /provider/registracija; the person named becomes the institution's administrator [003]."""

    purpose = "registration"
    institution_name = forms.CharField(
        label=_("Name of the education institution"),
        max_length=250,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={
            "required": _("Enter the name of the education institution"),
            "max_length": _("Write the name in at most 250 characters"),
        },
    )
    company_number = NumberField(
        label=_("Company registration number"),
        length=11,
        help_text=_("11 digits"),
        error_messages={
            "required": _("Enter the company registration number"),
            "invalid": _("Enter the company registration number with 11 digits"),
        },
    )
    institution_number = NumberField(
        label=_("Registration number of the education institution"),
        length=10,
        help_text=_("10 digits, as in the Register of Education Institutions"),
        error_messages={
            "required": _("Enter the registration number of the education institution"),
            "invalid": _("Enter the registration number of the education institution with 10 digits"),
        },
    )
    statement = UploadField(
        label=_("Statement on using the Platform"),
        allowed=[PDF, ASICE],
        signed=True,
        help_text=_("PDF or EDOC, at most 10 MB, signed with a secure electronic signature that holds a time stamp."),
        error_messages={"required": _("Add the signed statement")},
    )
    documents = UploadField(
        label=_("Other documents"),
        allowed=KINDS,
        most=MOST_DOCUMENTS,
        required=False,
        help_text=_("Only if regulations ask for them: PDF, JPG, PNG, DOCX or EDOC, at most 5 files of 10 MB."),
    )

    field_order = (
        *("institution_name", "company_number", "institution_number"),
        *("name", "email", "password", "statement", "documents", "agreed", "shown"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name and surname of the institution's administrator")

    def clean_institution_name(self) -> str:
        return " ".join(str(self.cleaned_data["institution_name"]).split())

    def asked(self) -> AskedInstitution:
        """The checked answers, for the service."""
        known = self.cleaned_data
        return AskedInstitution(
            **self._asked(),
            institution_name=known["institution_name"],
            company_number=known["company_number"],
            institution_number=known["institution_number"],
            statement=known["statement"][0],
            documents=known["documents"],
        )


class InstitutionField(forms.CharField):
    """The name of an institution that co-operates, with suggestions while typing; works as plain text too."""

    widget = forms.TextInput(attrs={"list": LISTED, "autocomplete": "off"})
    default_error_messages = {
        "required": _("Enter the name of the education institution"),
        "unknown": _("We do not know an institution of this name. Choose one from the suggestions"),
        "several": _("Several institutions have this name. Write it in full"),
    }

    def clean(self, value: Any) -> Any:
        typed = str(super().clean(value) or "")
        if not typed:
            return None
        found = list(institutions_named(typed)[:2])
        if len(found) != 1:
            code = "several" if found else "unknown"
            raise ValidationError(self.error_messages[code], code=code)
        return found[0]


class EmployeeRegistrationForm(_RegistrationForm):
    """The form of /provider/registracija/darbinieks."""

    institution = InstitutionField(label=_("Name of the education institution"), max_length=250)
    field_order = ("name", "institution", "email", "password", "agreed", "shown")

    def asked(self) -> Asked:
        return Asked(**self._asked())

    @property
    def chosen(self) -> Institution:
        found: Institution = self.cleaned_data["institution"]
        return found
