"""What people are told about an application (screens.md 13): written in the transaction of the change."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import services as accounts
from accounts.models import Person, User
from applications.models import Application
from applications.states import State
from catalog.models import CourseGroup
from catalog.services import note_told
from catalog.states import GroupState
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.money import euros
from stars.kernel.tasks import enqueue
from stars.kernel.templatetags.stars import day, moment, period
from stars.kernel.transactions import repeatable
from stars.notices.services import mail, notify

logger = logging.getLogger(__name__)
TOLD_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Addressee:
    """A client with the confirmed address already fetched, so that a submit asks for it no more."""

    pk: int
    mail_address: str


def addressee(person: Person) -> Addressee | None:
    """Whom to tell; nobody where the person can no longer sign in."""
    user: User | None = getattr(person, "user", None)
    if user is None or not user.is_active:
        return None
    profile = getattr(person, "profile", None)
    return Addressee(user.pk, profile.email if profile and profile.email_confirmed_at else "")


def _tell(application: Application, event: str, title: str, *says: str, facts: Sequence[str] = ()) -> None:
    """Facts first, one a line; then sentences that say what it means and what comes next."""
    if recipient := addressee(application.client):
        notify(
            recipient=recipient,
            key=f"application:{application.pk}:{event}",
            title=title,
            body="\n\n".join(filter(None, ["\n".join(facts), "\n".join(filter(None, says))])),
            path=reverse("applications:detail", args=(application.reference,)),
        )


def _said(she: str, he: str, application: Application) -> str:
    return she if application.client.gender == Person.Gender.FEMALE else he


def group_was_rescheduled(*, group_id: int, by: Actor) -> None:
    """Rings for the telling. That there is something to tell stands on the group itself, so a lost bell only delays it."""
    require(by.is_system or by.is_provider or by.is_agency)
    enqueue("applications.tell_rescheduled", group_id)


def tell_rescheduled(*, group_id: int, by: Actor) -> int:
    """Everybody who held a place when the group's time or place changed hears of it; gives how many.

    Each in a transaction of their own, outside the group's lock (K3). Doing it twice, or dying in the middle, changes
    nothing: whoever has heard is not told again, and the group stays on the worklist until everybody has.
    """
    require(by.is_system)
    group = CourseGroup.objects.exclude(rescheduled_at=None).filter(pk=group_id).first()
    if group is None:
        return 0
    assert group.rescheduled_at is not None
    held = Application.objects.live().filter(group=group, submitted_at__lte=group.rescheduled_at).order_by("pk")
    told = [_tell_of_new_time(pk, group.rescheduled_at) for pk in held.values_list("pk", flat=True)]
    note_told(group_id=group_id, moment=group.rescheduled_at, by=by)
    return sum(told)


def tell_due_rescheduled(*, by: Actor) -> int:
    """Picks up groups whose people were not, or not all, told; gives how many people."""
    due = CourseGroup.objects.exclude(rescheduled_at=None).order_by("rescheduled_at", "pk")
    return _each(lambda pk: tell_rescheduled(group_id=pk, by=by), due.values_list("pk", flat=True)[:100])


@transaction.atomic
def _tell_of_new_time(application_id: int, moment: datetime) -> bool:
    """What stands on the group now; false for whoever has left meanwhile, and where a later change is to be told instead."""
    related = ("client__user", "client__profile", "programme__institution", "group__venue")
    application = Application.objects.live().select_related(*related).filter(pk=application_id).first()
    if application is None:
        return False
    group = application.group
    if group.rescheduled_at != moment or group.state == GroupState.CANCELLED:
        return False
    _tell(
        application,
        f"rescheduled:{moment:%Y%m%d%H%M%S%f}",
        _("The time or place of learning has changed: %(programme)s") % {"programme": application.programme.name},
        _(
            "If it no longer suits you, open the application: there you see until when you can withdraw and whom to ask."
        ),
        facts=[
            *_where_and_when(application),
            _("Place of learning: %(place)s") % {"place": group.venue.label},
            _("Time of learning: %(time)s")
            % {"time": ", ".join(filter(None, [str(group.get_schedule_kind_display()), group.schedule]))},
        ],
    )
    return True


def submitted(application: Application) -> None:
    _tell(
        application,
        "submitted",
        _("Application No. %(number)s is sent") % {"number": application.number},
        _("You can withdraw until %(moment)s.") % {"moment": moment(application.round.last_day)},
        _("You will have an answer within 10 working days. The last day stands on the page of the application."),
        _("There you will also find the receipt with its verification code."),
        facts=[
            _("Programme: %(programme)s") % {"programme": application.programme.name},
            *_where_and_when(application),
            _("Own share: %(sum)s") % {"sum": euros(application.own_share_cents)},
        ],
    )


def told_of_sending(application: Application) -> None:
    """What was sent is told before whatever became of it; nothing where that was long ago, for old letters are gone."""
    if application.told_at is None and application.submitted_at > timezone.now() - TOLD_WITHIN:
        submitted(application)


def _where_and_when(application: Application) -> list[str]:
    return [
        _("Institution: %(institution)s") % {"institution": application.programme.institution.name},
        _("Learning: %(period)s") % {"period": period(application.group.starts_on, application.group.ends_on)},
    ]


def acted(application: Application, state: State, *, by: Actor) -> None:
    """ACT-04: the client hears that a coordinator has sent or withdrawn this; nothing where the client did it."""
    if by.acting_for_id is None:
        return
    words = {
        State.SUBMITTED: _("application No. %(number)s to the programme “%(programme)s” is sent"),
        State.WITHDRAWN: _("application No. %(number)s to the programme “%(programme)s” is withdrawn"),
    }
    names = {"number": application.number, "programme": application.programme.name}
    accounts.tell_acted(by=by, what=words[state] % names, key=f"application:{application.pk}:{state}")


def admitted(application: Application) -> None:
    names = {"programme": application.programme.name}
    title = _said(
        pgettext("she", "You are admitted to the programme “%(programme)s”") % names,
        _("You are admitted to the programme “%(programme)s”") % names,
        application,
    )
    _tell(
        application,
        "admitted",
        title,
        _("The institution will write to you before learning begins."),
        _("If your plans have changed, tell us in time, so that somebody else can have the place."),
        facts=_where_and_when(application),
    )


def rejected(application: Application) -> None:
    assert application.rejection_reason is not None
    _tell(
        application,
        "rejected",
        _about(application),
        _("Unfortunately the institution could not admit you this time."),
        _("Reason: %(reason)s.") % {"reason": application.rejection_reason.label},
        application.explanation,
        application.rejection_reason.next_step,
    )


def group_lost(application: Application) -> None:
    """Said to those who waited and to those who were admitted alike."""
    assert application.rejection_reason is not None
    _tell(
        application,
        "group_lost",
        _("The group of the programme “%(programme)s” is cancelled") % {"programme": application.programme.name},
        _("Reason: %(reason)s.") % {"reason": application.explanation.rstrip(".")},
        _("Your application is closed."),  # that its money is free again, the next step says
        application.rejection_reason.next_step,
        facts=_where_and_when(application),
    )


def declared_ineligible(application: Application) -> None:
    _tell(
        application,
        "ineligible",
        _about(application),
        _("The application does not meet the conditions of the funding source."),
        _("Reason: %(reason)s.") % {"reason": application.explanation.rstrip(".")} if application.explanation else "",
        _("You can apply for a programme of another source. Questions: stars@viaa.gov.lv."),
    )


def share_changed(application: Application) -> None:
    """The money was frozen when the account was approved, and covers less, or more, than was shown at submit (I7)."""
    _tell(
        application,
        "share_changed",
        _("Your own share has changed: application No. %(number)s") % {"number": application.number},
        _("Programme: %(programme)s") % {"programme": application.programme.name},
        _("Your own share is now %(sum)s: so much is above what your learning account holds.")
        % {"sum": euros(application.own_share_cents)},
        _("If this does not suit you, you can withdraw until the round ends."),
    )


def _about(application: Application) -> str:
    return _("About your application to the programme “%(programme)s”") % {"programme": application.programme.name}


def completed(application: Application) -> None:
    _tell(
        application,
        "completed",
        _("Congratulations on completing your studies!"),
        _("The institution issues the document to you: %(document)s.")
        % {"document": application.programme.education_document},
        _("You can already look for the next programme."),
        facts=[_("Programme: %(programme)s") % {"programme": application.programme.name}],
    )


def expelled(application: Application) -> None:
    _tell(
        application,
        "expelled",
        _("About the end of learning in the programme “%(programme)s”") % {"programme": application.programme.name},
        application.explanation,
        _("If you do not agree, write to stars@viaa.gov.lv."),
    )


def withdrawn(application: Application) -> None:
    """The client's copy; the institution hears it from `tell`."""
    names = {"programme": application.programme.name}
    _tell(
        application,
        "withdrawn",
        _("You have withdrawn from the programme “%(programme)s”") % names,
        _("Your place is free for others, and the money reserved is back in your account."),
        _("You can apply for another programme."),
    )


def _tell_members(application: Application, event: str, title: str, body: str) -> None:
    members = User.objects.filter(
        memberships__institution_id=application.programme.institution_id, memberships__is_active=True, is_active=True
    ).order_by("pk")
    for member in members:
        notify(
            recipient=member,
            key=f"application:{application.pk}:{event}",
            title=title,
            body=body,
            path=reverse("applications:provider_detail", args=(application.reference,)),
            mail=False,
        )


_SHOWN = ("programme__institution", "client__user", "client__profile", "group", "round")


@repeatable
@transaction.atomic
def tell(*, application_id: int, by: Actor) -> bool:
    """Tells the client of an application that is sent, and the institution what has become of it. Once.

    Outside the change itself: there, people may be waiting for the group (K3).
    """
    require(by.is_system)
    untold = (
        Application.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
        .filter(pk=application_id, told_at=None)
        .first()
    )
    if untold is None:
        return False
    application = Application.objects.select_related(*_SHOWN).get(pk=application_id)
    if application.is_live:
        told_of_sending(application)
    if tell_of := TO_INSTITUTION.get(application.state):
        tell_of(application)
    Application.objects.filter(pk=application_id).update(told_at=timezone.now())
    return True


def _tell_of_new(application: Application) -> None:
    _tell_members(
        application,
        "submitted",
        _("New application to the programme “%(programme)s”") % {"programme": application.programme.name},
        _("Application No. %(number)s was sent on %(day)s. Please answer within 10 working days.")
        % {"number": application.number, "day": day(application.submitted_at)},
    )


def _tell_of_withdrawal(application: Application) -> None:
    """In the portal and by e-mail; no name and no code travel by e-mail."""
    title = _("A client has withdrawn from the programme “%(programme)s”") % {"programme": application.programme.name}
    body = _("Application No. %(number)s. The place is free again.") % {"number": application.number}
    _tell_members(application, "withdrawn", title, body)
    mail(
        address=application.programme.institution.email,
        key=f"application:{application.pk}:withdrawn",
        subject=title,
        text=body,
        path=reverse("applications:provider_detail", args=(application.reference,)),
    )


TO_INSTITUTION: dict[str, Callable[[Application], None]] = {
    State.SUBMITTED: _tell_of_new,
    State.WITHDRAWN: _tell_of_withdrawal,
}


def tell_due(*, by: Actor) -> int:
    """Everything nobody has been told of yet; returns how many. A bell for each would cost a rush more than its row."""
    since = timezone.now() - TOLD_WITHIN
    recent = Q(submitted_at__gt=since) | Q(closed_at__gt=since)
    untold = Application.objects.filter(recent, told_at=None).order_by("pk")
    return _each(lambda pk: tell(application_id=pk, by=by), untold.values_list("pk", flat=True)[:500])


def _each(tell_one: Callable[[int], int], keys: Iterable[int]) -> int:
    """One that cannot be told stops nobody behind it; that it failed is raised at the end, so that an alarm rings."""
    told, failed = 0, None
    for key in keys:
        try:
            told += tell_one(key)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told; the first is raised at the end
            logger.warning("not_told key=%s error=%s", key, type(error).__name__)
            failed = failed or error
    if failed:
        raise failed
    return told
