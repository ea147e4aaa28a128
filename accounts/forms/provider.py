"""The form of an institution's employee."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ProviderSignInForm(forms.Form):
    """The form of /provider/login."""

    email = forms.CharField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        error_messages={"required": _("Enter the e-mail address")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter the password")},
    )
