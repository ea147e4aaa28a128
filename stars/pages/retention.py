"""What goes by itself after its time (GDP-02): each subject with its rows. How many days is the agency's data, see `RetentionTerm`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import FORGOTTEN, Mandate, Person, PersonalCode, Right, RightRequest, User
from accounts.states import AccessState, MandateState
from applications.models import Application
from stars.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows of one model, and the moment their time runs from; rows without that moment are still in use.

    Of several moments the first one a row has counts.
    """

    model: str
    since: str | tuple[str, ...]
    state: str = ""  # only rows in this state


class Subject(models.TextChoices):
    NOTICES = "notices", _("Notices in the portal")
    LETTERS = "letters", _("E-mails that were sent")
    ADDRESS_LINKS = "address_links", _("Links that confirm a client's address")
    ENTRY_LINKS = "entry_links", _("Links of registrations, rights and invitations")
    MAILED_LINKS = "mailed_links", _("Links for a new password or address")
    QUESTIONS = "questions", _("Questions to the state's registers")
    INVITATIONS = "invitations", _("Invitations that are closed")
    FACTOR_RESETS = "factor_resets", _("Removals of second factors")
    CONFLICTS = "conflicts", _("People the sign-on could not tell apart, once resolved")
    MANDATES = "mandates", _("Mandates of coordinators whose term is over")
    DENIALS = "denials", _("Denials of access that have ended")
    REGISTRATIONS = "registrations", _("Registrations that were approved, with their documents")
    LOOKS = "looks", _("Who has looked at whose data")
    ADMIN_LOG = "admin_log", _("What the agency changed by hand in the admin")
    ERASED_GRANTS = "erased_grants", _("That erased people were given the money of a round")
    RIGHT_REQUESTS = "right_requests", _("Work contacts and papers of rights that have ended")
    USERS = "users", _("Names and addresses of employees and officers, after the last sign-in")
    PEOPLE = "people", _("Clients, after the last application and sign-in")


ROWS: Mapping[str, Kept] = {
    Subject.NOTICES: Kept("notices.Notice", "created_at"),
    Subject.LETTERS: Kept("notices.Delivery", "sent_at"),
    Subject.ADDRESS_LINKS: Kept("accounts.EmailConfirmation", "expires_at"),
    Subject.ENTRY_LINKS: Kept("accounts.EntryLink", "expires_at"),
    Subject.MAILED_LINKS: Kept("accounts.MailedLink", "expires_at"),
    Subject.QUESTIONS: Kept("accounts.RegistryQuestion", "answered_at"),
    Subject.INVITATIONS: Kept("accounts.Invitation", "closed_at"),
    Subject.FACTOR_RESETS: Kept("accounts.SecondFactorReset", "decided_at"),
    Subject.CONFLICTS: Kept("accounts.SignOnConflict", "resolved_at"),
    Subject.MANDATES: Kept("accounts.Mandate", "valid_until"),
    Subject.DENIALS: Kept("accounts.Denial", ("lifted_at", "until")),
    Subject.REGISTRATIONS: Kept("accounts.Registration", "decided_at", "approved"),
    Subject.LOOKS: Kept("kernel.AccessEntry", "at"),
    Subject.ADMIN_LOG: Kept("admin.LogEntry", "action_time"),
    Subject.ERASED_GRANTS: Kept("funding.ErasedGrant", "kept_until"),
}


def _ended_requests(limit: datetime) -> QuerySet[Any]:
    return RightRequest.objects.filter(right__state=AccessState.EXPIRED, right__valid_until__lt=limit)


def _idle_users(limit: datetime) -> QuerySet[Any]:
    """Who signs in by password, and has not since; those whose name has gone already are not among them."""
    rows = User.objects.filter(person=None).exclude(email__endswith=f"@{FORGOTTEN}")
    return rows.alias(seen=Coalesce("last_login", "created_at")).filter(seen__lt=limit)


WARNING = "erasure"  # the key of the notice that says so beforehand
WARNED_BEFORE = timedelta(days=30)  # experience.md 8: who has not been here for years is told a month before


def _idle_people(limit: datetime) -> QuerySet[Any]:
    """Those to be erased: idle for the whole term, and told a month ago where anybody can still be told."""
    since = timezone.now() - WARNED_BEFORE
    return _not_seen_since(limit).filter(~Q(user__is_active=True) | _told(Q(created_at__lte=since)))


def people_to_warn(days: int, now: datetime) -> QuerySet[Any]:
    """Those whose term ends within a month and who have not been told since they were last here; `seen` is when that was."""
    rows = _not_seen_since(now - timedelta(days=days) + WARNED_BEFORE).filter(~_told(Q()), user__is_active=True)
    found: QuerySet[Any] = rows.annotate(seen=F("last_seen")).select_related("user").order_by("pk")
    return found


def _told(when: Q) -> Exists:
    told = Notice.objects.filter(recipient=OuterRef("user"), key__startswith=f"{WARNING}:")
    return Exists(told.filter(when, created_at__gt=OuterRef("last_seen")))


def _not_seen_since(limit: datetime) -> QuerySet[Any]:
    """Clients who have neither signed in nor had an application since. Erased people have no code any more.

    Whoever has an application under way, a right to work for others or an open mandate still uses the portal.
    """
    closed = Coalesce("closed_at", "submitted_at")
    own = Application.objects.filter(client=OuterRef("pk"))
    rows = Person.objects.filter(
        ~Exists(own.live()),
        ~Exists(Right.objects.in_force().filter(user__person=OuterRef("pk"))),
        ~Exists(Mandate.objects.filter(client=OuterRef("pk"), state__in=(MandateState.WAITING, MandateState.LIVE))),
        Exists(PersonalCode.objects.filter(person=OuterRef("pk"))),
    )
    last = Subquery(own.alias(ended=closed).order_by("-ended").values(moment=closed)[:1])
    seen = Greatest(Coalesce("user__last_login", "user__created_at"), last)
    return rows.alias(last_seen=seen).filter(last_seen__lt=limit)


# Rows that are chosen by more than one moment of their own.
CHOSEN: Mapping[str, Callable[[datetime], QuerySet[Any]]] = {
    Subject.RIGHT_REQUESTS: _ended_requests,
    Subject.USERS: _idle_users,
    Subject.PEOPLE: _idle_people,
}


def past(subject: str, days: int, now: datetime) -> QuerySet[Any]:
    """The rows whose time is over, the oldest first."""
    if subject in CHOSEN:
        return CHOSEN[subject](now - timedelta(days=days)).order_by("pk")
    kept = ROWS[subject]
    model = apps.get_model(kept.model)
    names = (kept.since,) if isinstance(kept.since, str) else kept.since
    is_moment = isinstance(model._meta.get_field(names[0]), DateTimeField)
    limit = now - timedelta(days=days)
    rows: QuerySet[Any] = model._default_manager.filter(**({"state": kept.state} if kept.state else {}))
    if len(names) > 1:
        rows = rows.alias(counted_from=Coalesce(*names))
        names = ("counted_from",)
    return rows.filter(**{f"{names[0]}__lt": limit if is_moment else limit.date()}).order_by("pk")
