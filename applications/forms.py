"""Forms of the application: each step is built from the questions its source asks, never from a list in code."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.errors import ChangedMeanwhile
from catalog.models import CourseGroup, Programme, ScheduleKind
from catalog.services import GroupPlan
from stars.classifiers.models import Profession, RejectionReason
from stars.kernel.templatetags.stars import NO_BREAK_SPACE, period, phone
from stars.kernel.typed import DayField

from .models import Question
from .questions import TOO_LONG, WORDING, WRONG_EMAIL, YES_NO_WORDS, Asked, Kind, Questionnaire, phone_number
from .selectors import WorkFilters
from .states import State

MOST_RADIOS = 5
EMPTY_CHOICE = ("", _("Choose the fitting one"))
AUTOCOMPLETE = {
    Question.EMAIL: "email",
    Question.PHONE: "tel",
    Question.PROFESSION: "organization-title",
}


class StepForm(forms.Form):
    """One step. `answers()` is what is worth saving even where something is missing or wrong (X21)."""

    def __init__(
        self,
        data: Any = None,
        *,
        questions: Questionnaire,
        step: int,
        known: Mapping[str, Any],
        groups: Sequence[CourseGroup] = (),
    ) -> None:
        super().__init__(data, initial=dict(known))
        self.questions, self.step, self.groups = questions, step, groups
        for asked in questions.of_step(step):
            self.fields[asked.question.value] = self._field(asked)

    @classmethod
    def every_label(cls) -> dict[str, str]:
        """Labels of all questions a source may ask, for docs/urls.md."""
        return {question.value: str(wording.label) for question, wording in WORDING.items()}

    def _field(self, asked: Asked) -> forms.Field:
        common: dict[str, Any] = {
            "label": asked.label,
            "help_text": asked.wording.hint,
            "required": asked.is_required,
            "error_messages": {
                "required": asked.wording.missing,
                "invalid_choice": asked.wording.missing,
                "invalid": WRONG_EMAIL,
            },
        }
        match asked.wording.kind:
            case Kind.TICK:
                return forms.BooleanField(**common)
            case Kind.SEVERAL:
                choices = list(self.questions.choices.get(asked.question, {}).items())
                return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **common)
            case Kind.YES_NO:
                return forms.ChoiceField(choices=[EMPTY_CHOICE, *YES_NO_WORDS.items()], **common)
            case Kind.CHOICE:
                return self._choice(asked, common)
            case Kind.EMAIL:
                return forms.EmailField(widget=forms.EmailInput(self._attrs(asked)), **common)
        if asked.wording.kind == Kind.PHONE:
            return _PhoneField(
                max_length=TOO_LONG, widget=forms.TextInput({"type": "tel", **self._attrs(asked)}), **common
            )
        return forms.CharField(max_length=TOO_LONG, widget=forms.TextInput(self._attrs(asked)), **common)

    def _attrs(self, asked: Asked) -> dict[str, str]:
        attrs = {"autocomplete": AUTOCOMPLETE[asked.question]} if asked.question in AUTOCOMPLETE else {}
        return attrs | ({"list": "profesijas"} if asked.question == Question.PROFESSION else {})

    def _choice(self, asked: Asked, common: dict[str, Any]) -> forms.Field:
        """Venue and period as radios up to five, with their dates and free places beside them; the rest as a list."""
        choices = list(self._choices(asked))
        if asked.question in {Question.VENUE, Question.GROUP} and len(choices) <= MOST_RADIOS:
            return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
        return forms.ChoiceField(choices=[EMPTY_CHOICE, *choices], **common)

    def _choices(self, asked: Asked) -> Mapping[str, str] | Any:
        if asked.question == Question.VENUE:
            return {str(group.venue_id): group.venue.label for group in self.groups}.items()
        if asked.question == Question.GROUP:
            return {str(group.pk): period(group.starts_on, group.ends_on) for group in self.groups}.items()
        return self.questions.choices.get(asked.question, {}).items()

    def clean(self) -> dict[str, Any]:
        """The rules of the submit itself, so that a step passed here is not refused there."""
        cleaned = super().clean() or self.cleaned_data
        for question, problem in self.questions.problems(self.answers(), self.step).items():
            if question.value in self.fields and question.value not in self.errors:
                self.add_error(question.value, problem)
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What stands in the form now: cleaned where it will do, as typed where not."""
        found: dict[str, Any] = {}
        for name, field in self.fields.items():
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            value = self.cleaned_data.get(name, typed) if hasattr(self, "cleaned_data") else typed
            found[name] = _kept(value)
        if phone := phone_number(found.get(Question.PHONE, "")):
            found[Question.PHONE.value] = phone
        return found


class _PhoneField(forms.CharField):
    """What was kept is shown as people write it; what was typed stays as it was typed."""

    def prepare_value(self, value: Any) -> Any:
        return phone(value).replace(NO_BREAK_SPACE, " ") if str(value).startswith("+371 ") else value


def _kept(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return bool(value) if value is not None else ""
    if isinstance(value, list):
        return [_plain(one)[:TOO_LONG] for one in value]
    return _plain(value).strip()[: TOO_LONG * 2]


def _plain(value: Any) -> str:
    """A NUL is no answer, and the database keeps none (WEB-07)."""
    return str(value).replace("\0", "")


def profession_titles() -> list[str]:
    return list(Profession.objects.order_by("code").values_list("title", flat=True))


class SourceForm(forms.Form):
    """Which source pays, where a programme is offered under several."""

    source = forms.ChoiceField(
        label=_("Funding source"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the funding source"), "invalid_choice": _("Choose the funding source")},
    )

    def __init__(self, data: Any = None, *, sources: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["source"].choices = sources  # type: ignore[attr-defined]


OUTSIDE = ("invalid", "min_value", "max_value")
_PLACES = _("Number of places: enter a whole number from 1 to 1000")
_FEWEST = _("Smallest number of participants: enter a whole number from 1 to 1000")


class GroupForm(forms.Form):
    """A course group as the institution plans it; the rules stand in the service.

    Opened before somebody else changed the group, it says so and keeps what is typed; the next press saves (K6).
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    venue_id = forms.ChoiceField(
        label=_("Place of learning"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the venue"), "invalid_choice": _("Choose the venue")},
    )
    starts_on = DayField(
        label=_("First day"),
        error_messages={
            "required": _("Enter the first day of learning"),
            "invalid": _("First day: enter it in the form 31.12.2026."),
        },
    )
    ends_on = DayField(
        label=_("Last day"),
        error_messages={
            "required": _("Enter the last day of learning"),
            "invalid": _("Last day: enter it in the form 31.12.2026."),
        },
    )
    schedule_kind = forms.ChoiceField(
        label=_("Time of learning"),
        widget=forms.RadioSelect,
        choices=ScheduleKind.choices,
        error_messages={"required": _("Choose when people learn"), "invalid_choice": _("Choose when people learn")},
    )
    schedule = forms.CharField(
        label=_("Schedule in words"),
        required=False,
        max_length=250,
        help_text=_("For example: Tuesdays and Thursdays 18:00–20:30"),
    )
    capacity = forms.IntegerField(
        label=_("Number of places"),
        min_value=1,
        max_value=1000,
        error_messages={"required": _("Enter the number of places"), **dict.fromkeys(OUTSIDE, _PLACES)},
    )
    minimum = forms.IntegerField(
        label=_("Smallest number of participants"),
        min_value=1,
        max_value=1000,
        help_text=_("With fewer people the group does not begin."),
        error_messages={"required": _("Enter the smallest number of participants"), **dict.fromkeys(OUTSIDE, _FEWEST)},
    )

    def __init__(self, data: Any = None, *, programme: Programme, group: CourseGroup | None = None) -> None:
        known = {name: getattr(group, name) for name in self.base_fields} if group else {}
        super().__init__(data, initial=known)
        self.group = group
        venues = [(str(venue.pk), venue.label) for venue in programme.venues.select_related("municipality")]
        self.fields["venue_id"].choices = venues  # type: ignore[attr-defined]
        if len(venues) == 1:
            self.initial.setdefault("venue_id", venues[0][0])
        self.fields["capacity"].help_text = _("At most %(number)s: so large a group the programme is approved for.") % {
            "number": programme.max_group_size
        }

    def clean(self) -> dict[str, Any]:
        if self.group and self.cleaned_data.get("version") != self.group.version:
            data: Any = self.data
            self.data = data.copy()
            self.data["version"] = str(self.group.version)  # type: ignore[index]
            self.add_error(None, ChangedMeanwhile().message)
        return self.cleaned_data

    def plan(self) -> GroupPlan:
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return GroupPlan(**said | {"venue_id": int(said["venue_id"])})


class SubmitForm(forms.Form):
    """The check page: nothing but the fingerprint of what is shown."""

    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"max_length": _("Shorten the text to 500 characters")},
    )


class ConfirmForm(forms.Form):
    """A confirmation asks nothing; it is here so that a refusal has a form to stand on."""


class RejectForm(forms.Form):
    """Reason from the agency's list, with its next step, and the institution's own words."""

    reason_id = forms.ModelChoiceField(
        label=_("Reason"),
        queryset=RejectionReason.objects.filter(is_active=True).order_by("position", "pk"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose the reason"), "invalid_choice": _("Choose the reason")},
    )
    explanation = forms.CharField(
        label=_("Explanation for the client"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The client will read it. Write kindly and say what to do next."),
        error_messages={"max_length": _("Shorten the text to 1000 characters")},
    )

    def next_steps(self) -> dict[str, str]:
        reasons = self.fields["reason_id"].queryset  # type: ignore[attr-defined]
        return {str(reason.pk): reason.next_step for reason in reasons}


class WorkFilterForm(forms.Form):
    """The toolbar over the institution's list; anything not understood counts as "all"."""

    q = forms.CharField(label=_("Client or number"), required=False, max_length=100)
    programma = forms.ChoiceField(label=pgettext_lazy("column", "Programme"), required=False)
    avots = forms.ChoiceField(label=pgettext_lazy("column", "Source"), required=False)
    statuss = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, data: Any, *, programmes: Sequence[tuple[str, str]], sources: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        everything = ("", pgettext_lazy("filter", "All"))
        self.fields["programma"].choices = [everything, *programmes]  # type: ignore[attr-defined]
        self.fields["avots"].choices = [everything, *sources]  # type: ignore[attr-defined]
        self.fields["statuss"].choices = [everything, *State.choices]  # type: ignore[attr-defined]

    def filters(self) -> WorkFilters:
        self.is_valid()
        asked = self.cleaned_data
        return WorkFilters(
            words=asked.get("q", ""),
            programme=asked.get("programma", ""),
            source=asked.get("avots", ""),
            state=asked.get("statuss", ""),
        )
