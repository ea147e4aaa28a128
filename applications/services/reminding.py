"""A draft is not an application: its holder hears so 48 hours and 3 hours before the round closes (X22)."""

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.errors import in_words
from applications.models import Application, Draft
from applications.services.telling import addressee
from catalog.models import ApplicationRound
from catalog.states import ProgrammeState
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.notices.models import Notice
from stars.notices.services import notify

FIRST, LAST = timedelta(hours=48), timedelta(hours=3)
AT_WORK = timedelta(minutes=30)  # whoever saved just now needs no reminder
AT_ONCE = 500


def remind_drafts(*, by: Actor, now: datetime | None = None) -> int:
    """Tells holders of drafts that the round closes soon; returns how many were told now. A second run does nothing."""
    require(by.is_system)
    now = now or timezone.now()
    closing = ApplicationRound.objects.open_at(now).filter(closes_at__lte=now + FIRST).order_by("closes_at", "pk")
    return sum(_remind(window, now) for window in closing)


def _remind(window: ApplicationRound, now: datetime) -> int:
    hours = 3 if window.closes_at <= now + LAST else 48
    told = 0
    for draft in _untold(window, hours, now)[:AT_ONCE]:
        recipient = addressee(draft.client)
        if recipient is None:
            continue
        notify(
            recipient=recipient,
            key=f"draft:{draft.reference}:closes:{window.pk}:{hours}",
            title=_("Your application to the programme “%(programme)s” is not sent yet")
            % {"programme": draft.programme.name},
            body="\n".join(
                [
                    _("You can apply until %(moment)s.") % {"moment": in_words(window.last_day)},
                    _("Your draft is saved. To send it, open it, check the answers and press “Apply”."),
                    _("If you have changed your mind, you need not do anything."),
                ]
            ),
            path=reverse("applications:form", args=(draft.programme.number, draft.source.code)),
        )
        told += 1
    return told


def _untold(window: ApplicationRound, hours: int, now: datetime) -> "QuerySet[Draft]":
    """Drafts that can still be sent in this round, whose holders have not been told."""
    key = Concat(Value("draft:"), Cast(OuterRef("pk"), CharField()), Value(f":closes:{window.pk}:{hours}"))
    told = Notice.objects.filter(recipient=OuterRef("client__user"), key=key)
    live = Application.objects.live().filter(client=OuterRef("client"), source=OuterRef("source"))
    return (
        Draft.objects.filter(
            source=window.source_id,
            programme__state=ProgrammeState.PUBLISHED,
            client__user__is_active=True,
            saved_at__lt=now - AT_WORK,
        )
        .filter(~Exists(told), ~Exists(live))
        .select_related("client__user", "client__profile", "programme", "source")
        .order_by("pk")
    )
