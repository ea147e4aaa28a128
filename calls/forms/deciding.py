"""Decisions on many programmes at once: a tick, the decision, and the reason the institution reads."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.states import OfferAction


class BatchForm(forms.Form):
    """Three fields for each undecided programme. Only ticked ones are decided."""

    def __init__(self, data: Any = None, *, undecided: Sequence[tuple[int, str, bool]]) -> None:
        """`undecided`: id, name, and whether the scores speak for an approval."""
        super().__init__(data)
        self.undecided = undecided
        for pk, name, passes in undecided:
            self.fields[f"tick_{pk}"] = forms.BooleanField(label=_("Decide: %(name)s") % {"name": name}, required=False)
            self.fields[f"action_{pk}"] = forms.ChoiceField(
                label=_("Decision: %(name)s") % {"name": name},
                choices=[(one.value, one.label) for one in (OfferAction.APPROVE, OfferAction.REJECT)],
                initial=(OfferAction.APPROVE if passes else OfferAction.REJECT).value,
                required=False,
            )
            self.fields[f"reason_{pk}"] = forms.CharField(
                label=_("Reason: %(name)s") % {"name": name},
                max_length=2000,
                required=False,
                widget=forms.Textarea({"rows": 2, "cols": 28}),
            )

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        ticked = [pk for pk, _name, _passes in self.undecided if found.get(f"tick_{pk}")]
        if not ticked:
            self.add_error(None, _("Tick the programmes you decide on."))
        for pk in ticked:
            is_rejected = found.get(f"action_{pk}") == OfferAction.REJECT
            if is_rejected and not str(found.get(f"reason_{pk}") or "").strip():
                self.add_error(f"reason_{pk}", _("Write the reason: the institution will read it."))
        return found

    def chosen(self) -> Iterator[tuple[int, OfferAction, str]]:
        for pk, _name, _passes in self.undecided:
            if self.cleaned_data.get(f"tick_{pk}"):
                action = OfferAction(self.cleaned_data[f"action_{pk}"] or OfferAction.APPROVE)
                yield pk, action, self.cleaned_data.get(f"reason_{pk}", "")

    def fields_of(self, pk: int) -> dict[str, forms.BoundField]:
        return {name: self[f"{name}_{pk}"] for name in ("tick", "action", "reason")}
