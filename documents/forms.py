from django import forms
from django.utils.translation import gettext_lazy as _

from .selectors import code_in


class CodeForm(forms.Form):
    """The code as it stands on the paper."""

    kods = forms.CharField(
        label=_("Verification code"),
        max_length=60,
        help_text=_("16 letters and digits, for example 7K3F-QM2P-9XWT-AB4D"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": _("Enter the verification code")},
    )

    def clean_kods(self) -> str:
        code = code_in(self.cleaned_data["kods"])
        if not code:
            raise forms.ValidationError(
                _("Enter the 16 letters and digits of the code, for example 7K3F-QM2P-9XWT-AB4D")
            )
        return code
