"""The catalogue's address and its filter panel: names come from a list, values are weighed before use (ACC-06)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django import forms
from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.errors import ChangedMeanwhile
from funding.models import FundingSource
from stars.kernel.actor import Actor
from stars.kernel.templatetags.stars import moment

from .models import Mode, ScheduleKind
from .selectors import CataloguePage, CatalogueQuery, Facets, Option, catalogue

Look = Literal["text", "ticks", "pick", "levels", "tick"]
Kept = Mapping[str, str | list[str]]  # what stays in an address whatever the filters are
SIZES = (10, 25, 50)
LONGEST = 100
MOST_VALUES = 20
_CODE = re.compile(r"[a-z0-9_-]{1,60}")
_NUMBER = re.compile(r"\d{1,4}")
_PAGE = re.compile(r"\d{1,6}")
_WORDS = re.compile(r"[^\x00-\x1f\x7f]{1,100}")


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of the panel: its name in the address, its facet, its label and its look."""

    name: str
    facet: str
    words: str | Promise
    look: Look
    allowed: re.Pattern[str] = _CODE

    @property
    def label(self) -> str:
        return str(self.words)


# In the order of the newer client manual; the ninth stands only in the older one and has a switch.
_LISTED = (
    Filter("iestade", "institution", _("Educational institution"), "text", _WORDS),
    Filter("veids", "kind", _("Kind of programme"), "ticks"),
    Filter("finansejums", "source", _("Funding source"), "ticks"),
    Filter("vieta", "venue", pgettext_lazy("filter", "Venue"), "pick"),
    Filter("nozare", "sector", _("Sector of learning"), "pick", _NUMBER),
    Filter("kvalifikacija", "qualification", _("Qualification"), "pick"),
    Filter("digcomp-joma", "area", _("DigComp competence area"), "pick", _NUMBER),
    Filter("digcomp-limenis", "level", _("DigComp level"), "levels", _NUMBER),
    Filter("prasibas", "prior_education", _("Requirements for prior education"), "pick"),
    Filter("forma", "mode", _("Mode of learning"), "ticks"),
    Filter("laiks", "time", _("Time of learning"), "ticks"),
    Filter("atverta", "open", _("Applications are open"), "tick", re.compile("1")),
    Filter("vietas", "free", _("There are free places"), "tick", re.compile("1")),
)
SORTS = {
    "nosaukums": _("Name, A to Z"),
    "-nosaukums": _("Name, Z to A"),
    "maksa": _("Tuition fee, lowest first"),
    "-maksa": _("Tuition fee, highest first"),
    "sakums": _("Start, soonest first"),
    "atbilstiba": _("Best match"),
}


def filters() -> tuple[Filter, ...]:
    if settings.STARS_FILTER_PRIOR_EDUCATION:
        return _LISTED
    return tuple(one for one in _LISTED if one.facet != "prior_education")


# --- reading the address ---------------------------------------------------------


def read_query(address: QueryDict) -> CatalogueQuery:
    """What the address asks. Unknown names and values that cannot be codes are not read; nothing here can fail."""
    words = words_of(address)
    sort = address.get("kartot", "")
    page, size = address.get("lapa", ""), address.get("skaits", "")
    return CatalogueQuery(
        words=words,
        chosen=tuple(
            (one.facet, values) for one in filters() if one.name in address and (values := _values(address, one))
        ),
        sort=sort if sort in SORTS else "atbilstiba" if words else "nosaukums",
        page=max(1, int(page)) if _PAGE.fullmatch(page) and page.isascii() else 1,
        per_page=int(size) if size in {str(known) for known in SIZES} else SIZES[0],
    )


def words_of(address: QueryDict) -> str:
    """The words of the search."""
    return _clean(address.get("q", ""))


def numbers_of(address: QueryDict) -> list[int]:
    """The programmes an address names, each once; what cannot be a number is not read."""
    texts = list(dict.fromkeys(address.getlist("id")))[:MOST_VALUES]
    given = [part for text in texts for part in text[:LONGEST].split(",")]
    return list(dict.fromkeys(int(part) for part in given if part.isascii() and _PAGE.fullmatch(part)))


def number_of(text: str) -> int | None:
    """The number of a programme, as an address or a button says it."""
    return int(text) if text.isascii() and _PAGE.fullmatch(text) else None


def _clean(text: str) -> str:
    """Words of a person: no control characters, one space between, not longer than a search needs."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:LONGEST]).split())


def _values(address: QueryDict, one: Filter) -> tuple[str, ...]:
    """The values of one filter, each once. Several may stand in one, parted by commas (sectors of a profile)."""
    given = [_clean(text) for text in address.getlist(one.name)[:MOST_VALUES]]
    if one.look != "text":
        given = [part for text in given for part in text.lower().split(",")]
    found = (text for text in given if text.isascii() or one.look == "text")
    return tuple(dict.fromkeys(text for text in found if one.allowed.fullmatch(text)))[:MOST_VALUES]


# --- the panel ---------------------------------------------------------------------


class SuggestingInput(forms.TextInput):
    """A text field with suggestions that need no script; the server forgives missing diacritics."""

    def __init__(self, suggestions: list[str]) -> None:
        super().__init__(attrs={"autocomplete": "off", "maxlength": LONGEST, "id": "filtrs-iestade"})
        self.suggestions = suggestions

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        listed = f"{name}-ieteikumi"
        field = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        options = format_html_join("", "<option>{}</option>", ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)


@dataclass(frozen=True, slots=True)
class Part:
    """One filter as the panel draws it."""

    look: Look
    field: forms.BoundField
    counts: Mapping[str, int]
    count: int = 0
    chosen: tuple[Option, ...] = ()  # of a text: what was chosen before; the field takes one more

    @property
    def number(self) -> int:
        """How many values are chosen."""
        return len(self.chosen)


class FilterForm(forms.Form):
    """Draws the panel; nothing is ever submitted to it."""

    use_required_attribute = False

    def __init__(self, page: CataloguePage) -> None:
        super().__init__(auto_id=False)  # each choice stands inside its label; ids would weigh 3 kB
        self.page = page
        for one in filters():
            self.fields[one.name] = _field(one, page)

    def parts(self) -> Iterator[Part]:
        for one in filters():
            counts = {option.value: option.count for option in self.page.facets.of(one.facet)}
            count = self.page.free if one.facet == "free" else counts.get("1", 0)
            yield Part(one.look, self[one.name], counts, count, self._chosen(one))

    def _chosen(self, one: Filter) -> tuple[Option, ...]:
        """A part of a name that was typed stays as it was typed, without a number of its own."""
        known = {option.value: option for option in self.page.facets.of(one.facet)}
        return tuple(known.get(value, Option(value, value, 0)) for value in self.page.query.of(one.facet))


def _field(one: Filter, page: CataloguePage) -> forms.Field:
    chosen = page.query.of(one.facet)
    if one.look == "tick":
        return forms.BooleanField(label=one.label, initial=bool(chosen), widget=forms.CheckboxInput({"value": "1"}))
    if one.look == "text":
        names = [option.label for option in page.facets.of(one.facet) if option.value not in chosen]
        return forms.CharField(label=one.label, widget=SuggestingInput(names))
    choices = list(_choices(one, page.facets))
    if one.look == "pick":
        choices = list(_offered(choices, page.facets.of(one.facet), chosen))
    return forms.MultipleChoiceField(
        label=one.label, choices=choices, initial=list(chosen), widget=forms.CheckboxSelectMultiple
    )


def _offered(
    choices: list[tuple[str, str]], options: Iterable[Option], chosen: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """What would give something, and what is chosen, even if no programme has it."""
    counts = {option.value: option.count for option in options}
    yield from ((value, label) for value, label in choices if counts[value] or value in chosen)
    yield from ((value, value) for value in chosen if value not in counts)


def _choices(one: Filter, facets: Facets) -> Iterator[tuple[str, str]]:
    if one.facet == "mode":
        yield from ((kind.value, str(kind.label)) for kind in Mode)
    elif one.facet == "time":
        yield from ((kind.value, str(kind.label)) for kind in ScheduleKind)
    elif one.facet == "level":
        yield from ((str(level), str(level)) for level in range(1, 9))
    else:
        yield from ((option.value, option.label) for option in facets.of(one.facet))


# --- chips ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use, and the address without it."""

    label: str
    href: str


def chips(page: CataloguePage, *, kept: Kept) -> list[Chip]:
    """Every filter in use; `kept` is what stays in each address (sorting, size, the full catalogue, ticks)."""
    query = page.query
    found = [Chip(f'"{query.words}"', address_of(query, kept, without=("q", query.words)))] if query.words else []
    for one in filters():
        for value in query.of(one.facet):
            found.append(Chip(_label(one, value, page.facets), address_of(query, kept, without=(one.name, value))))
    return found


def chips_of(query: CatalogueQuery, *, moment: datetime) -> list[str]:
    """The words of every filter in use, for a search that is saved."""
    page = catalogue(query, actor=Actor(), moment=moment)
    return [chip.label for chip in chips(page, kept={})]


def _label(one: Filter, value: str, facets: Facets) -> str:
    if one.look == "tick":
        return one.label
    if one.facet == "level":
        return f"{one.label} {value}"
    if one.facet in {"mode", "time"}:
        return dict(_choices(one, facets)).get(value, value)
    return facets.label(one.facet, value)


def address_of(query: CatalogueQuery, kept: Kept, *, without: tuple[str, str] | None = None) -> str:
    """The query string of a state of the page; starts with "?", and an empty one leads to the bare page."""
    address = QueryDict(mutable=True)
    if query.words and without != ("q", query.words):
        address["q"] = query.words
    for one in filters():
        values = [value for value in query.of(one.facet) if without != (one.name, value)]
        if values:
            address.setlist(one.name, values)
    for name, value in kept.items():
        address.setlist(name, [value] if isinstance(value, str) else value)
    return f"?{address.urlencode()}"


# --- a client's form -------------------------------------------------------------------


class SaveSearchForm(forms.Form):
    """A name for a state of the catalogue, and whether to be told of new programmes."""

    name = forms.CharField(
        label=_("Name of the search"), max_length=100, error_messages={"required": _("Enter the name of the search")}
    )
    notifies = forms.BooleanField(
        label=_("Tell me of new programmes"),
        required=False,
        help_text=_("At most one letter an hour; you can stop it at any time."),
    )


# --- the agency's forms --------------------------------------------------------------


class Versioned(forms.ModelForm):
    """Opened on an older version it saves nothing: each field says what is kept now, and the next press saves (K6).

    What nobody touched becomes what is kept. The service looks once more, under the row's lock. Meta's fields name
    "version"; its widget is hidden.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _remember(self)

    def clean(self) -> dict[str, Any]:
        super().clean()
        kept = self.instance
        kept.is_stale = not kept._state.adding and self.cleaned_data.get("version") != kept.version
        if kept.is_stale:
            _follow(self, kept, set(self.changed_data) - {"version"})
            self.add_error(None, ChangedMeanwhile().message)
        return self.cleaned_data


class VersionedRows(forms.BaseInlineFormSet):
    """The rows on the page of a form that was opened on an older version say what is kept now, too."""

    def add_fields(self, form: Any, index: int | None) -> None:
        _remember(form)
        super().add_fields(form, index)

    def clean(self) -> None:
        super().clean()
        if getattr(self.instance, "is_stale", False):
            rows = {row.pk: row for row in self.get_queryset().all()}
            for form in self.initial_forms:
                if form.instance.pk in rows:
                    _follow(form, rows[form.instance.pk], set(form.changed_data))


def _remember(form: Any) -> None:
    """Beside each field stands what it was opened with, so that what nobody touched is known. Not beside a file."""
    if form.instance._state.adding or (form.is_bound and not any(name.startswith("initial-") for name in form.data)):
        return
    for field in form.fields.values():
        field.show_hidden_initial = not (field.disabled or isinstance(field, forms.FileField))


def _follow(form: Any, kept: models.Model, touched: set[str]) -> None:
    """A stale form goes on from the row as it is kept: what was touched stays as typed, beside what is kept now."""
    form.data = form.data.copy()
    for name, field in form.fields.items():
        value = field.prepare_value(form.get_initial_for_field(field, name))
        if field.show_hidden_initial:
            _put(form.data, form.add_initial_prefix(name), field.hidden_widget(), value)
        if name == "version" or (field.show_hidden_initial and name not in touched):
            _put(form.data, form.add_prefix(name), field.widget, value)
        if name in touched and hasattr(kept, name):
            form.add_error(name, _kept(kept, name, field))


def _put(data: QueryDict, name: str, widget: Any, value: Any) -> None:
    """The value as a browser would send it from this control."""
    widget = getattr(widget, "widget", widget)  # the admin wraps a choice of rows
    if isinstance(widget, forms.MultiWidget):
        for place, (part, one) in enumerate(zip(widget.widgets, widget.decompress(value) or [], strict=True)):
            _put(data, f"{name}_{place}", part, one)
    elif isinstance(widget, forms.CheckboxInput):
        data.setlist(name, ["on"] if value else [])
    else:
        said = widget.format_value(value)
        data.setlist(name, [str(one) for one in said] if isinstance(said, list) else [said or ""])


def _kept(row: models.Model, name: str, field: forms.Field) -> str:
    """What one field of a row says, in the words of the form."""
    value: Any = getattr(row, name)
    if isinstance(value, models.Manager):
        said = ", ".join(map(str, value.all()))
    elif isinstance(value, list):
        named = dict(getattr(field, "choices", ()))
        said = ", ".join(str(named.get(one, one)) for one in value)
    elif isinstance(value, datetime):
        said = moment(value)
    elif isinstance(value, bool):
        said = str(_("Yes") if value else _("No"))
    elif display := getattr(row, f"get_{name}_display", None):
        said = str(display())
    else:
        said = (
            ""
            if value is None
            else str(localize(value if isinstance(value, models.Model) else field.prepare_value(value)))
        )
    return _("Kept now: %(value)s") % {"value": said or "–"}


FORMATS: dict[str, Any] = {"date_format": "%Y-%m-%d", "time_format": "%H:%M"}  # as browsers send them


class HiddenMoment(forms.SplitHiddenDateTimeWidget):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**FORMATS, **kwargs)


class Moment(forms.SplitDateTimeField):
    """A day and a time in the browser's own controls."""

    hidden_widget = HiddenMoment

    default_error_messages = {
        "invalid": _("Enter the day and the time"),
        "invalid_date": _("Enter the day and the time"),
        "invalid_time": _("Enter the day and the time"),
    }

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"}, **FORMATS)
        super().__init__(widget=widget, **kwargs)


class RoundTimesForm(forms.Form):
    """The name and the window of a round; the service weighs them."""

    name = forms.CharField(
        label=_("Name of the round"), max_length=150, error_messages={"required": _("Enter the name of the round")}
    )
    opens_at = Moment(
        label=_("Opens at"),
        error_messages={"required": _("Enter when the round opens")},
    )
    closes_at = Moment(
        label=_("Closes at"),
        help_text=_("This moment is already outside: for the whole of 20 June enter 21 June 00:00."),
        error_messages={"required": _("Enter when the round closes")},
    )


class RoundForm(RoundTimesForm):
    """A new round of one source."""

    source = forms.ModelChoiceField(
        FundingSource.objects.filter(is_active=True).order_by("position"),
        label=_("Funding source"),
        error_messages={"required": _("Choose the funding source")},
    )
    field_order = ("source", "name", "opens_at", "closes_at")

    def answers(self) -> dict[str, Any]:
        """What open_round asks for."""
        given = dict(self.cleaned_data)
        return {"source_id": given.pop("source").pk, **given}


class Lines(forms.CharField):
    """A list of texts, each in a line of its own; blank lines are no entries."""

    widget = forms.Textarea

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:  # noqa: ARG002
        """The longest line is no limit of the whole field."""
        return {}

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        for line in value:
            super().run_validators(line)


class CancelGroupForm(forms.Form):
    """Why the group is cancelled, in words the people in it will read."""

    reason = forms.CharField(
        label=_("Why the group is cancelled"),
        help_text=_("Everybody who has a place in the group reads these words."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write to the people why the group is cancelled.")},
    )
