"""Step 2: the form of a programme is drawn from its declared fields; what it says is weighed by calls.contents."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.contents import FIELDS, SECTIONS, Asked, Competence, Demands, Lists, Shape, Wanted
from calls.contents.reading import MOST_PARTS
from calls.states import CostRule
from stars.files.contents import KINDS
from stars.files.forms import UploadField

EMPTY = ("", _("Choose the fitting one"))
LEVELS = [("", "–"), *((str(level), str(level)) for level in range(1, 9))]
MOST_FILES = 5
SPARE_PARTS, FEWEST_PARTS = 2, 3
_LINE = re.compile(r"part_(\d{1,2})_")


@dataclass(frozen=True, slots=True)
class Area:
    """One area of DigComp with the fields of its competences."""

    label: str
    is_open: bool
    rows: list[tuple[Competence, forms.BoundField, forms.BoundField]]


class ProgrammeForm(forms.Form):
    """Bound to what is kept or sent it shows what is wrong; as `initial` it only shows what is there."""

    use_required_attribute = False

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        lists: Lists,
        demands: Demands,
        known: Mapping[str, Any],
        revision: int,
        pen: str,
        lines: int = 0,
    ) -> None:
        super().__init__(data, files, initial={**known, "revision": revision, "pen": pen})
        self.lists, self.wanted, self.lines = lists, demands.wanted, _lines(known, lines)
        self.rates, self.areas_asked, self.is_longer = demands.rates, demands.areas, lines > 0
        for asked in FIELDS.values():
            self.fields[asked.name] = _field(asked, lists)
        for line in range(self.lines):
            self.fields[f"part_{line}_name"] = forms.CharField(
                label=_("Name of the module or course"), required=False, max_length=300
            )
            self.fields[f"part_{line}_hours"] = forms.CharField(
                label=pgettext_lazy("of a module", "Hours"),
                required=False,
                max_length=10,
                widget=forms.TextInput({"inputmode": "numeric"}),
            )
        for one in lists.competences:
            self.fields[f"{one.name}_level"] = forms.ChoiceField(
                label=pgettext_lazy("of a competence", "Level"), choices=LEVELS, required=False
            )
            self.fields[f"{one.name}_description"] = forms.CharField(
                label=_("What the person will be able to do"),
                required=False,
                max_length=2000,
                widget=forms.Textarea({"rows": 2}),
            )
        for paper in self.wanted:
            self.fields[f"paper_{paper.code}"] = UploadField(
                label=paper.name, required=False, allowed=KINDS, most=MOST_FILES
            )
        self.fields["revision"] = forms.IntegerField(required=False, widget=forms.HiddenInput)
        self.fields["pen"] = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Nothing is demanded of a draft: the sentences come from `say`."""
        return self.cleaned_data

    def say(self, problems: Mapping[str, str]) -> None:
        """Puts the sentences of the weighing beside their fields; those without a field stand above the form.

        What a draft lacks is said only where it was asked for.
        """
        self.full_clean()
        for name, errors in self.errors.as_data().items():
            if name not in problems and all(error.code == "required" for error in errors):
                del self.errors[name]
        for name, words in problems.items():
            place = self._field_of(name)
            if place not in self.errors:
                self.add_error(place, words)

    def _field_of(self, name: str) -> str | None:
        """Where a sentence stands: one about all competences at the first that the call asks for."""
        if name in self.fields:
            return name
        asked = [one for one in self.lists.competences if not self.areas_asked or one.area in self.areas_asked]
        return f"{asked[0].name}_level" if name == "digcomp" and asked else None

    def uploads(self) -> Iterator[tuple[str, Any]]:
        """Files that were sent and are what they say they are."""
        for paper in self.wanted:
            for upload in self.cleaned_data.get(f"paper_{paper.code}") or []:
                yield paper.code, upload

    def place_of(self, name: str) -> str:
        """The id on the page where this problem is mended."""
        field = self.fields.get(name)
        if field is None:
            return name
        return f"id_{name}_0" if isinstance(field.widget, forms.RadioSelect) else f"id_{name}"

    # --- for the template -----------------------------------------------------------------------

    def sections(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        for section, title in SECTIONS.items():
            yield section.value, str(title), [self[one.name] for one in FIELDS.values() if one.section == section]

    def parts(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(line + 1, self[f"part_{line}_name"], self[f"part_{line}_hours"]) for line in range(self.lines)]

    @property
    def has_parts(self) -> bool:
        """The lines of modules stand open where the kind needs them, or where something is written or wrong."""
        rate = self.rates.get(str(self["kind"].value() or ""))
        needs = rate is not None and rate.rule == CostRule.PARTS
        return needs or self.is_longer or any(one.value() or one.errors for _n, *pair in self.parts() for one in pair)

    def areas(self) -> list[Area]:
        found = []
        for label, group in groupby(self.lists.competences, key=lambda one: f"{one.area}. {one.area_label}"):
            rows = [(one, self[f"{one.name}_level"], self[f"{one.name}_description"]) for one in group]
            is_open = any(level.value() or says.value() or level.errors or says.errors for _one, level, says in rows)
            found.append(Area(label, is_open, rows))
        return found

    def paper_fields(self) -> list[tuple[Wanted, forms.BoundField]]:
        return [(paper, self[f"paper_{paper.code}"]) for paper in self.wanted]


def _lines(known: Mapping[str, Any], asked: int) -> int:
    used = max((int(found[1]) + 1 for name in known if (found := _LINE.match(name))), default=0)
    return min(MOST_PARTS, max(used + SPARE_PARTS, FEWEST_PARTS, asked))


def _field(asked: Asked, lists: Lists) -> forms.Field:
    common: dict[str, Any] = {
        "label": asked.label,
        "help_text": asked.hint,
        "required": asked.is_required,
        "error_messages": {"required": asked.missing, "invalid_choice": asked.missing},
    }
    choices = list(lists.choices.get(asked.name, {}).items())
    match asked.shape:
        case Shape.SEVERAL:
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
        case Shape.CHOICE:
            if asked.name == "mode":
                return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
            return forms.ChoiceField(choices=[EMPTY, *choices], **common)
        case Shape.TEXT | Shape.LINES:
            return forms.CharField(widget=forms.Textarea({"rows": 4}), **common)
        case Shape.NUMBER:
            return forms.CharField(widget=forms.TextInput({"inputmode": "numeric"}), **common)
        case Shape.MONEY:
            return forms.CharField(widget=forms.TextInput({"inputmode": "decimal"}), **common)
    return forms.CharField(**common)


class BeginForm(forms.Form):
    """A new programme: from nothing, or from an earlier one."""

    source = forms.ChoiceField(
        label=_("Begin with"),
        error_messages={"required": _("Choose what to begin with"), "invalid_choice": _("Choose what to begin with")},
    )

    def __init__(
        self, data: Any = None, *, programmes: Sequence[tuple[str, str]], drafts: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data, initial={"source": "empty"})
        choices: list[Any] = [("empty", _("an empty form"))]
        if programmes:
            choices.append((_("Copy a programme from the catalogue"), list(programmes)))
        if drafts:
            choices.append((_("Copy a programme in preparation"), list(drafts)))
        self.fields["source"].choices = choices  # type: ignore[attr-defined]
