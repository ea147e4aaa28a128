"""What members of a commission fill in: their interests, a score sheet, an agreed score."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.contents import Line, typed_scores
from calls.contents.scores import LONGEST
from calls.states import Answer


class DeclareForm(forms.Form):
    """Asked before an offer is shown."""

    interest = forms.ChoiceField(
        label=_("Do you have a conflict of interest with this institution?"),
        choices=[("no", _("No, I have no conflict of interest")), ("yes", _("Yes, I step aside from this offer"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say whether you have a conflict of interest"),
            "invalid_choice": _("Say whether you have a conflict of interest"),
        },
    )
    reason = forms.CharField(
        label=_("What the conflict of interest is"),
        help_text=_("Only if you have one. The agency reads it, the institution does not."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )

    @property
    def has_conflict(self) -> bool:
        return bool(self.cleaned_data["interest"] == "yes")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("interest") == "yes" and not str(found.get("reason") or "").strip():
            self.add_error("reason", _("Write in a sentence what the conflict of interest is."))
        return found


class _Typed(forms.Form):
    """A form whose words are checked by the reading of what was typed, one sentence a field."""

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Shows each problem at its field; what was typed stays."""
        self.full_clean()
        self.errors.clear()
        for name, said in problems.items():
            self.add_error(name if name in self.fields else None, said)

    def typed(self) -> dict[str, str]:
        return typed_scores(self.data)


def _points(one: Line) -> forms.Field:
    return forms.CharField(
        label=_("Points (0 to %(most)s)") % {"most": one.most},
        required=False,
        max_length=6,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )


class ScoresForm(_Typed):
    """The checklist and the criteria of one call. Nothing is demanded while it is a draft."""

    def __init__(
        self,
        data: Any = None,
        *,
        conditions: Sequence[Line],
        criteria: Sequence[Line],
        known: Mapping[str, str],
    ) -> None:
        super().__init__(data, initial=dict(known))
        self._conditions, self._criteria = conditions, criteria
        for number, one in enumerate(conditions, 1):
            self.fields[f"condition_{one.pk}_answer"] = forms.ChoiceField(
                label=f"{number}. {one.name}", choices=Answer.choices, widget=forms.RadioSelect, required=False
            )
            self.fields[f"condition_{one.pk}_note"] = forms.CharField(
                label=_("Note"), required=False, max_length=LONGEST, widget=forms.TextInput({"autocomplete": "off"})
            )
        for one in criteria:
            self.fields[f"criterion_{one.pk}_points"] = _points(one)
            self.fields[f"criterion_{one.pk}_comment"] = forms.CharField(
                label=_("Comment"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 3})
            )
        self.fields["remark"] = forms.CharField(
            label=_("Remark for the commission"), required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 3})
        )

    def condition_fields(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"condition_{one.pk}_answer"], self[f"condition_{one.pk}_note"]) for one in self._conditions]

    def criterion_fields(self) -> list[tuple[Line, forms.BoundField, forms.BoundField]]:
        return [
            (one, self[f"criterion_{one.pk}_points"], self[f"criterion_{one.pk}_comment"]) for one in self._criteria
        ]


class AgreeForm(_Typed):
    """Points the members agreed on, and why."""

    def __init__(self, data: Any = None, *, criteria: Sequence[Line], known: Mapping[str, str]) -> None:
        super().__init__(data, initial=dict(known))
        self._criteria = criteria
        for one in criteria:
            self.fields[f"criterion_{one.pk}_points"] = _points(one)
        self.fields["note"] = forms.CharField(
            label=_("Why this is the agreed score"),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea({"rows": 4}),
        )

    def criterion_fields(self) -> list[tuple[Line, forms.BoundField]]:
        return [(one, self[f"criterion_{one.pk}_points"]) for one in self._criteria]

    @property
    def note(self) -> str:
        return str(self.data.get("note", ""))[:LONGEST].replace("\0", "")
