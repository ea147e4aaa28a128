"""How one application has come along and what comes next, in words for its client (X64); by when somebody answers (X42)."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import Person
from applications.models import Application
from applications.states import State, Verdict, status_word
from stars.classifiers.selectors import after_working_days
from stars.kernel.models import AuditEntry
from stars.kernel.templatetags.stars import day, moment

from .cards import ANSWER_WORKING_DAYS, Step

# What each status means for the person whose application it is.
MEANS: dict[str, Promise] = {
    State.SUBMITTED: gettext_lazy("The institution has received your application."),
    State.ADMITTED: gettext_lazy("A place in the group is yours."),
    State.INELIGIBLE: gettext_lazy("The application was not sent on for a decision."),
    State.REJECTED: gettext_lazy("The place is free again and the money is not used."),
    State.WITHDRAWN: gettext_lazy("The place is free again and the money is not used."),
    State.COMPLETED: gettext_lazy("You have learned to the end."),
    State.EXPELLED: gettext_lazy("Learning has ended before its time."),
}


def answer_by(application: Application) -> date:
    """The last day on which the institution's answer is in time: ten working days after sending. One query."""
    return after_working_days(timezone.localdate(application.submitted_at), ANSWER_WORKING_DAYS)


def timeline_of(application: Application) -> list[Step]:
    """Every status the client ever saw, oldest first, from the audit trail (X64). One query."""
    entries = AuditEntry.objects.filter(
        object_type=application._meta.label_lower, object_id=str(application.pk), to_state__in=State.values
    ).order_by("sequence")
    is_woman = application.client.gender == Person.Gender.FEMALE
    moved = [entry for entry in entries if entry.to_state != entry.from_state]
    last = len(moved) - 1
    return [
        Step(
            "now" if place == last and application.is_live else "done",
            status_word(entry.to_state, is_woman=is_woman),
            moment(entry.at),
            str(MEANS[entry.to_state]),
        )
        for place, entry in enumerate(moved)
    ]


def course_of(application: Application) -> list[Step]:
    """What has been, and for a live application what is to come, each with its date."""
    passed = timeline_of(application)
    if not application.is_live:
        return passed
    return [Step("done", step.label, step.hint, step.note) for step in passed] + list(_to_come(application))


def _to_come(application: Application) -> Iterator[Step]:
    begins = _("from %(day)s") % {"day": day(application.group.starts_on)}
    if application.state == State.SUBMITTED:
        is_checked = (
            application.eligibility.verdict != Verdict.UNKNOWN if hasattr(application, "eligibility") else False
        )
        yield Step("done" if is_checked else "now", _("Eligibility check"))
        by = _("by %(day)s") % {"day": day(answer_by(application))}
        yield Step("now" if is_checked else "todo", _("Decision of the institution"), by)
    is_admitted = application.state == State.ADMITTED
    yield Step("now" if is_admitted else "todo", pgettext("step", "Learning"), begins)


def next_of(application: Application, now: datetime) -> list[str]:
    """What happens next and by when, in a sentence or two."""
    today = timezone.localdate(now)
    reason = application.rejection_reason
    group = application.group
    by_state: dict[str, list[str]] = {
        State.SUBMITTED: list(_while_undecided(application, today)),
        State.ADMITTED: [_learning(group.starts_on, group.ends_on, today)],
        State.INELIGIBLE: [_("You can apply for a programme of another source. Questions: stars@viaa.gov.lv.")],
        State.REJECTED: [
            reason.next_step if reason and reason.next_step else _("You can apply for another programme.")
        ],
        State.WITHDRAWN: [_("You can apply for another programme.")],
        State.COMPLETED: [
            _("You receive from the institution: %(document)s.")
            % {"document": application.programme.education_document}
        ],
        State.EXPELLED: [_("If you do not agree, write to stars@viaa.gov.lv.")],
    }
    return by_state[application.state]


def _while_undecided(application: Application, today: date) -> Iterator[str]:
    by = answer_by(application)
    if today > by:
        yield _(
            "The answer was due by %(day)s. If you have not had it, write to stars@viaa.gov.lv or call +371 67359075."
        ) % {"day": day(by)}
        return
    if not hasattr(application, "eligibility") or application.eligibility.verdict == Verdict.UNKNOWN:
        yield _("The agency checks whether you meet the conditions. You need not do anything.")
    yield _("The institution decides by %(day)s We will tell you in the portal and by e-mail.") % {"day": day(by)}


def _learning(starts_on: date, ends_on: date, today: date) -> str:
    if today < starts_on:
        return _("Learning begins on %(day)s Before that the institution will write to you.") % {"day": day(starts_on)}
    if today <= ends_on:
        return _("Learning goes on until %(day)s") % {"day": day(ends_on)}
    return _("Learning has ended. The institution will record the result.")
