"""What an institution's administrator types about its people, and what the invited type about themselves."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, User
from accounts.passwords import check_password_rules
from stars.kernel.typed import DayField

from .consent import ConsentForm
from .contacts import email_field, name_field
from .registering import new_password_field


class InviteForm(forms.Form):
    """Whom to ask, and as what."""

    name = name_field()
    email = email_field()
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(Membership.MemberRole.EMPLOYEE.value, ""), (Membership.MemberRole.ADMINISTRATOR.value, "")],
        initial=Membership.MemberRole.EMPLOYEE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the role"), "invalid_choice": _("Choose the role")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["role"]
        field.choices = [
            (Membership.MemberRole.EMPLOYEE.value, _("Employee")),
            (Membership.MemberRole.ADMINISTRATOR.value, _("Administrator")),
        ]


class WhyForm(forms.Form):
    """The reason the person will read."""

    explanation = forms.CharField(
        label=_("Explanation for the person"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        error_messages={
            "required": _("Enter the explanation"),
            "max_length": _("Write the explanation in at most 1000 characters"),
        },
    )


class TermForm(forms.Form):
    """Until which day a right holds, that day included; empty = without an end."""

    valid_until = DayField(
        label=_("Until, the day included"),
        help_text=_("For example, 31.12.2026. Empty: without an end."),
        required=False,
    )

    def clean_valid_until(self) -> datetime | None:
        """The end of the day in Riga, half-open."""
        day = self.cleaned_data["valid_until"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise ValidationError(_("Choose a day that is still to come"), code="past")
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class AcceptInvitationForm(ConsentForm):
    """A new user's name and password, and the terms before anything is registered (17.1)."""

    name = name_field()
    password = new_password_field()
    field_order = ("name", "password", "agreed", "shown")

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password"):
            try:
                check_password_rules(cleaned["password"], User(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
