"""What the form of one source asks, what can be chosen, and what is already known of the person."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, CharField, F, IntegerField, Model, QuerySet, Value, When
from django.db.models.functions import Cast, Concat

from accounts import selectors as people
from applications.models import Application, FormRule, Question
from applications.questions import NO, ORDER, STEPS, YES, Asked, Questionnaire
from catalog.models import CourseGroup, Venue
from catalog.selectors import open_groups
from catalog.states import GroupState
from stars.classifiers.models import ChoiceReason, EconomicStatus, EducationLevel, PlanningRegion
from stars.kernel.compiled import Compiled
from stars.kernel.templatetags.stars import period

LISTS: dict[Question, type[Model]] = {
    Question.REGION: PlanningRegion,
    Question.REASONS: ChoiceReason,
    Question.ECONOMIC_STATUS: EconomicStatus,
    Question.EDUCATION: EducationLevel,
}
RULE = "rule"
Row = tuple[str, str, str, int]  # list, code, label, place in the list


def questionnaire(source_id: int, programme_id: int) -> Questionnaire:
    """The questions a source asks and every choice, in one statement: each submit asks it inside its transaction."""
    rules: list[Asked] = []
    choices: dict[str, dict[str, str]] = {}
    groups: dict[str, CourseGroup] = {}
    for name, code, label, place in _ASKED.rows(source_id=source_id, programme_id=programme_id):
        if name == RULE:
            rules.append(Asked(Question(code), bool(place), label))
        elif name == Question.GROUP:
            group = groups[code] = _group(programme_id, int(code), label)
            choices.setdefault(name, {})[code] = period(group.starts_on, group.ends_on)
        else:
            choices.setdefault(name, {})[code] = label
    asked = sorted(rules, key=lambda one: ORDER.index(one.question))
    return Questionnaire(tuple(asked), choices, groups)


PARTS = (
    "venue_id",
    "starts_on",
    "ends_on",
    "capacity",
    "taken",
)  # in the order of the model's fields, as `from_db` wants


def _group(programme_id: int, pk: int, says: str) -> CourseGroup:
    """As `only()` would give it: what was not asked is asked when it is read."""
    venue_id, starts_on, ends_on, capacity, taken = says.split("|")
    days = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    values = pk, programme_id, int(venue_id), *days, int(capacity), int(taken)
    return CourseGroup.from_db(DEFAULT_DB_ALIAS, ("id", "programme_id", *PARTS), values)


def _asked(source_id: int, programme_id: int) -> QuerySet[Any, Row]:
    first, *rest = _lists(source_id, programme_id)
    return first.union(*rest, all=True).order_by("list", "place", "choice")


_ASKED = Compiled(_asked, source_id=-1, programme_id=-2)


def _lists(source_id: int, programme_id: int) -> list[QuerySet[Any, Row]]:
    rules = _rows(
        FormRule.objects.filter(source_id=source_id),
        RULE,
        F("question"),
        F("label"),
        Cast("is_required", IntegerField()),
    )
    lists = [
        _rows(
            model._default_manager.filter(is_active=True),
            question,
            F("code"),
            F("label"),
            Cast("position", IntegerField()),
        )
        for question, model in LISTS.items()
    ]
    forming = CourseGroup.objects.filter(programme_id=programme_id, state=GroupState.FORMING)
    label = Case(When(is_remote=True, then=F("name")), default=F("address"))
    venues = Venue.objects.filter(pk__in=forming.values("venue"))
    says = [piece for name in PARTS for piece in (Value("|"), Cast(name, CharField()))][1:]
    groups = _rows(forming, Question.GROUP, Cast("pk", CharField()), Concat(*says), Value(0))
    return [rules, *lists, _rows(venues, Question.VENUE, Cast("pk", CharField()), label, Value(0)), groups]


def _rows(rows: QuerySet[Any], name: str, code: Any, label: Any, position: Any) -> QuerySet[Any, Row]:
    named = rows.order_by().annotate(
        list=Value(str(name), CharField()),
        choice=Cast(code, CharField()),
        says=Cast(label, CharField()),
        place=position,
    )
    found: QuerySet[Any, Row] = named.values_list("list", "choice", "says", "place")
    return found


def groups_for(programme_id: int, moment: datetime) -> list[CourseGroup]:
    """Groups one can still ask for, full ones too, in order of start."""
    return list(open_groups(programme_id, moment))


def prefill(person_id: UUID, questions: Questionnaire) -> dict[str, Any]:
    """What registration and the last application already said, for the questions this source asks (WCAG 3.3.7).

    Declarations and reasons are never given in advance; the venue and the period only where there is no choice.
    """
    known = _from_profile(person_id) | _from_last_application(person_id)
    for question in (Question.VENUE, Question.GROUP):
        offered = questions.choices.get(question, {})
        last = known.pop(question, "")
        if len(offered) == 1:
            known[question.value] = next(iter(offered))
        elif question == Question.VENUE and last in offered:
            known[question.value] = last
    asked = {one.question.value for one in questions.asked}
    return {question: value for question, value in known.items() if question in asked and value}


def _from_profile(person_id: UUID) -> dict[str, Any]:
    profile = people.profile_of(person_id)
    if profile is None:
        return {}
    low_income = {True: YES, False: NO, None: ""}[profile.low_income]
    return {
        Question.EMAIL.value: profile.email,
        Question.PHONE.value: profile.phone,
        Question.REGION.value: profile.region.code if profile.region else "",
        Question.ECONOMIC_STATUS.value: profile.economic_status.code,
        Question.EDUCATION.value: profile.education.code,
        Question.PROFESSION.value: profile.profession,
        Question.WORKPLACE.value: profile.workplace,
        Question.LOW_INCOME.value: low_income,
    }


REMEMBERED = (Question.REGION, Question.PROFESSION, Question.WORKPLACE, Question.VENUE)


def _from_last_application(person_id: UUID) -> dict[str, Any]:
    last = (
        Application.objects.filter(client_id=person_id)
        .order_by("-submitted_at", "-pk")
        .values_list("answers", flat=True)
    )
    answers = last.first() or []
    return {one["question"]: one["value"] for one in answers if one["question"] in REMEMBERED and one["value"]}


def open_steps(questions: Questionnaire, answers: Mapping[str, Any]) -> list[int]:
    """The steps where something is still missing, in order."""
    return [step for step in STEPS if questions.problems(answers, step)]
