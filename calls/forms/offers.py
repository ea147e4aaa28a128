"""Step 3: the source, the programmes, the declaration and the files of an offer."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from calls.contents import Wanted
from calls.selectors import DECLARATION
from stars.files.contents import KINDS
from stars.files.forms import UploadField

MOST_FILES = 5


class OfferForm(forms.Form):
    """Nothing is demanded while it is a draft; the check page says what is missing."""

    source = forms.ChoiceField(label=_("Funding source"), widget=forms.RadioSelect)
    programmes = forms.MultipleChoiceField(label=_("Programmes of this offer"), widget=forms.CheckboxSelectMultiple)
    declares = forms.BooleanField(label=DECLARATION)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    pen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        sources: Sequence[tuple[str, str]],
        programmes: Sequence[tuple[str, str]],
        wanted: Sequence[Wanted],
        known: Mapping[str, Any],
        revision: int,
        pen: str,
    ) -> None:
        shown = {**known, "revision": revision, "pen": pen, "declares": bool(known.get("declares"))}
        super().__init__(data, files, initial=shown)
        self.wanted = wanted
        self.fields["source"].choices = sources  # type: ignore[attr-defined]
        self.fields["programmes"].choices = programmes  # type: ignore[attr-defined]
        for paper in wanted:
            self.fields[f"paper_{paper.code}"] = UploadField(
                label=paper.name, required=False, allowed=KINDS, most=MOST_FILES
            )

    def answers(self) -> dict[str, Any]:
        """What is worth keeping, complete or not (X21). Ticks go to the service as they are: it refuses what is not ours."""
        data: Any = self.data
        sources = {value for value, _label in self.fields["source"].choices}  # type: ignore[attr-defined]
        ticked = data.getlist("programmes") if hasattr(data, "getlist") else []
        source = data.get("source", "")
        return {
            "source": source if source in sources else "",
            "programmes": list(dict.fromkeys(ticked)),
            "declares": bool(data.get("declares")),
        }

    def uploads(self) -> Iterator[tuple[str, Any]]:
        self.full_clean()
        for paper in self.wanted:
            for upload in self.cleaned_data.get(f"paper_{paper.code}") or []:
                yield paper.code, upload

    def paper_fields(self) -> list[tuple[Wanted, forms.BoundField]]:
        return [(paper, self[f"paper_{paper.code}"]) for paper in self.wanted]


class CheckForm(forms.Form):
    """The check page: nothing but the fingerprint of what is shown."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    """A confirmation asks nothing; it is here so that a refusal has a form to stand on."""
