"""The accessibility panel (screens.md 4): plain choices, no account needed."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stars.kernel.look import Look


class LookForm(forms.Form):
    """An empty answer is the plain look, so every choice may stay as it is."""

    text = forms.ChoiceField(
        label=_("Text size"),
        choices=[("", "100 %"), ("125", "125 %"), ("150", "150 %")],
        widget=forms.RadioSelect,
        required=False,
    )
    contrast = forms.ChoiceField(
        label=_("Contrast"),
        choices=[("", pgettext_lazy("contrast", "normal")), ("high", pgettext_lazy("contrast", "high"))],
        widget=forms.RadioSelect,
        required=False,
    )
    theme = forms.ChoiceField(
        label=_("Colour mode"),
        choices=[
            ("light", pgettext_lazy("colours", "light")),
            ("dark", pgettext_lazy("colours", "dark")),
            ("", pgettext_lazy("colours", "as on the device")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    motion = forms.BooleanField(label=_("Less movement"), required=False)

    def look(self) -> Look:
        """What was chosen, once the form is valid."""
        chosen = self.cleaned_data
        return Look(chosen["text"], chosen["contrast"], chosen["theme"], "less" if chosen["motion"] else "")
