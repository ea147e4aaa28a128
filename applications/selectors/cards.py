"""Applications and drafts as pages show them: one query a list, every word and address ready."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Person
from applications.models import Application, Draft, Question
from applications.states import FAMILY, State, Verdict, status_word
from documents.models import Receipt
from documents.selectors import receipts_of
from documents.states import ReceiptKind
from stars.classifiers.selectors import calendar_exceptions
from stars.kernel.templatetags.stars import day, moment, period
from stars.kernel.working_days import after_working_days

KEPT = timedelta(days=30)
ANSWER_WORKING_DAYS = 10
PROOFS = {ReceiptKind.APPLICATION_SENT: "proof", ReceiptKind.APPLICATION_WITHDRAWN: "withdrawal_proof"}


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the way: `state` is done, now or todo."""

    state: str
    label: str
    hint: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt and where it is shown."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    """One application as the client sees it on Sākums, in the history and on its own page."""

    reference: UUID
    number: str
    programme_name: str
    programme_number: int
    institution: str
    venue: str
    starts_on: date
    ends_on: date
    source_code: str
    source_label: str
    state: str
    status_label: str
    status_family: str
    submitted_at: datetime
    price_cents: int
    own_share_cents: int
    steps: tuple[Step, ...]
    is_live: bool
    may_withdraw: bool
    withdraw_until: datetime  # the last moment inside
    url: str
    withdraw_url: str
    programme_url: str
    rejection_reason: str = ""
    next_step: str = ""
    explanation: str = ""
    papers: tuple[Paper, ...] = ()

    @property
    def period(self) -> str:
        return period(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class DraftCard:
    """An unsent form: it says so on every page (X22)."""

    reference: UUID
    programme_name: str
    programme_number: int
    institution: str
    source_code: str
    source_label: str
    saved_at: datetime
    kept_until: datetime
    url: str
    discard_url: str


def _with_everything(applications: QuerySet[Application]) -> QuerySet[Application]:
    return applications.select_related(
        "client", "programme__institution", "source", "round", "group__venue", "eligibility", "rejection_reason"
    )


def application_cards(applications: QuerySet[Application], now: datetime) -> list[ApplicationCard]:
    """Two queries; one where nobody waits for an answer."""
    found = list(_with_everything(applications))
    moved = calendar_exceptions() if any(one.state == State.SUBMITTED for one in found) else {}
    return [_card(application, now, moved=moved) for application in found]


def current_applications(person_id: UUID, now: datetime | None = None) -> list[ApplicationCard]:
    """ "Aktuālie pieteikumi izglītības programmām", newest first. Two queries."""
    return application_cards(Application.objects.live().filter(client_id=person_id), now or timezone.now())


def history_of(person_id: UUID, now: datetime | None = None) -> list[ApplicationCard]:
    """ "Mācību un pieteikumu vēsture": every application ever sent, newest first, with its receipts. Two queries.

    It shows no steps, so the last day of an answer is not asked for.
    """
    papers = receipts_of(person_id)
    applications = _with_everything(Application.objects.filter(client_id=person_id))
    moment_now = now or timezone.now()
    return [
        _card(application, moment_now, moved={}, papers=papers_of(papers.get(application.reference, [])))
        for application in applications
    ]


def papers_of(receipts: Iterable[Receipt]) -> tuple[Paper, ...]:
    """Links to the receipts of one application, the first act first."""
    return tuple(Paper(receipt.get_kind_display(), paper_url(receipt)) for receipt in receipts)


def paper_url(receipt: Receipt) -> str:
    """Where the person sees this receipt."""
    return reverse(f"applications:{PROOFS[ReceiptKind(receipt.kind)]}", args=(receipt.subject,))


def drafts_of(person_id: UUID) -> list[DraftCard]:
    """Unsent forms, the one saved last first. One query."""
    drafts = Draft.objects.filter(client_id=person_id).select_related("programme__institution", "source")
    return [
        DraftCard(
            reference=draft.reference,
            programme_name=draft.programme.name,
            programme_number=draft.programme.number,
            institution=draft.programme.institution.name,
            source_code=draft.source.code,
            source_label=draft.source.label,
            saved_at=draft.saved_at,
            kept_until=draft.saved_at + KEPT,
            url=reverse("applications:form", args=(draft.programme.number, draft.source.code)),
            discard_url=reverse("applications:discard", args=(draft.reference,)),
        )
        for draft in drafts
    ]


def _card(
    application: Application, now: datetime, *, moved: Mapping[date, bool], papers: tuple[Paper, ...] = ()
) -> ApplicationCard:
    programme, group, reason = application.programme, application.group, application.rejection_reason
    return ApplicationCard(
        reference=application.reference,
        number=application.number,
        programme_name=programme.name,
        programme_number=programme.number,
        institution=programme.institution.name,
        venue=group.venue.label,
        starts_on=group.starts_on,
        ends_on=group.ends_on,
        source_code=application.source.code,
        source_label=application.source.label,
        state=application.state,
        status_label=status_word(application.state, is_woman=application.client.gender == Person.Gender.FEMALE),
        status_family=FAMILY[application.state],
        submitted_at=application.submitted_at,
        price_cents=application.price_cents,
        own_share_cents=application.own_share_cents,
        steps=tuple(_steps(application, moved)),
        is_live=application.is_live,
        may_withdraw=application.is_live and application.round.is_open(now),
        withdraw_until=application.round.last_day,
        url=reverse("applications:detail", args=(application.reference,)),
        withdraw_url=reverse("applications:withdraw", args=(application.reference,)),
        programme_url=reverse("pages:programme", args=(programme.number,)),
        rejection_reason=reason.label if reason else "",
        next_step=reason.next_step if reason else "",
        explanation=application.explanation,
        papers=papers,
    )


def _steps(application: Application, moved: Mapping[date, bool]) -> Iterable[Step]:
    """Where a live application stands: sent, target-group check, the institution's decision and by when, learning."""
    is_checked = application.eligibility.verdict != Verdict.UNKNOWN if _has_check(application) else False
    is_admitted = application.state != State.SUBMITTED
    yield Step("done", pgettext("step", "Application sent"), moment(application.submitted_at))
    yield Step("done" if is_checked or is_admitted else "now", _("Eligibility check"))
    decision = "done" if is_admitted else "now" if is_checked else "todo"
    last = after_working_days(timezone.localdate(application.submitted_at), ANSWER_WORKING_DAYS, moved)
    by = _("by %(day)s") % {"day": day(last)}
    yield Step(decision, _("Decision of the institution"), day(application.decided_at) if is_admitted else by)
    begins = _("from %(day)s") % {"day": day(application.group.starts_on)}
    yield Step("now" if is_admitted else "todo", pgettext("step", "Learning"), begins)


def _has_check(application: Application) -> bool:
    return hasattr(application, "eligibility")


def answers_of(application: Application) -> dict[str, list[dict[str, Any]]]:
    """The answers as they were sent: what was said, and what was declared by a tick."""
    declared = [one for one in application.answers if one["value"] is True]
    return {"said": [one for one in application.answers if one not in declared], "declared": declared}


def answers_for_institution(application: Application) -> dict[str, list[dict[str, Any]]]:
    """The same without what only the client and the agency may see: the household's social status (security.md 1)."""
    return {
        part: [one for one in answers if one["question"] != Question.LOW_INCOME]
        for part, answers in answers_of(application).items()
    }
