"""What people type at the door and about their way in: passwords, codes, addresses."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.passwords import LONGEST, RULES, check_password_rules

ENTER = _("Enter the password")


def password_field(label: Any, *, is_new: bool = False, help_text: Any = "", required: Any = ENTER) -> forms.CharField:
    """A password as it is typed: nothing stripped, paste and managers allowed (PWD-02, WCAG 3.3.8)."""
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        strip=False,
        help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password" if is_new else "current-password"}),
        error_messages={"required": required},
    )


def code_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=40,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}),
        error_messages={"required": _("Enter the code")},
    )


class CodeForm(forms.Form):
    """The second step: a code of the app, or a recovery code in the same field."""

    code = code_field(_("Code"), _("Six digits from your app. If the app is lost, a recovery code."))


class SetUpForm(forms.Form):
    """The first code of a new secret; the secret travels sealed in `offer`."""

    offer = forms.CharField(widget=forms.HiddenInput, max_length=500)
    code = code_field(_("Code from the app"), _("Six digits"))


class ProofForm(forms.Form):
    """Who sits there, shown once more: the password, and a code where there is a second factor (MFA-04)."""

    proof_password = password_field(_("Your password"))
    proof_code = code_field(_("Code"), _("Six digits from your app. If the app is lost, a recovery code."))

    def __init__(self, data: Any = None, *, asks_code: bool) -> None:
        super().__init__(data)
        if not asks_code:
            del self.fields["proof_code"]


class NewPasswordForm(forms.Form):
    """A new password, typed twice because nobody sees it."""

    password = password_field(_("New password"), is_new=True, help_text=RULES, required=_("Enter the new password"))
    again = password_field(_("New password once more"), is_new=True, required=_("Enter the new password once more"))

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Whatever is wrong is told in one round; the service asks the rules again."""
        asked = super().clean() or {}
        first, second = asked.get("password"), asked.get("again")
        if first and second and first != second:
            self.add_error("again", ValidationError(_("The two passwords differ. Type the same one twice")))
        if first:
            try:
                check_password_rules(first, self.user)
            except ValidationError as error:
                self.add_error("password", error)
        return asked


class ChangePasswordForm(NewPasswordForm):
    current = password_field(_("Current password"), required=_("Enter the current password"))
    field_order = ("current", "password", "again")


class AskPasswordForm(forms.Form):
    """Whose password is forgotten; the answer is the same for everybody (PWD-05)."""

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={
            "required": _("Enter the e-mail address"),
            "invalid": _("Enter the e-mail address in the right form, for example vards@piemers.lv"),
        },
    )


class AddressForm(AskPasswordForm):
    """The address to sign in with from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")
        self.fields["email"].widget.attrs["autocomplete"] = "email"
