"""Nobody loses money unawares: a word 30 days before a grant's last day, and another 7 days before (screens.md 13)."""

from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Exists, F, Func, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from funding.models import Bucket, Grant
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.money import euros
from stars.kernel.templatetags.stars import day
from stars.notices.models import Notice
from stars.notices.services import notify

LAST_DAYS, DAYS_BEFORE = 7, 30
AT_ONCE = 500


def warn_of_lapsing(*, by: Actor, today: date | None = None) -> int:
    """Tells people whose money lapses soon; returns how many were told now. A second run does nothing.

    Whoever is told seven days before is not told the longer warning as well.
    """
    require(by.is_system)
    today = today or timezone.localdate()
    soon, later = today + timedelta(days=LAST_DAYS), today + timedelta(days=DAYS_BEFORE)
    last_days = Q(valid_to__gte=today, valid_to__lte=soon)
    before = Q(valid_to__gt=soon, valid_to__lte=later)
    return _warn(last_days, LAST_DAYS) + _warn(before, DAYS_BEFORE)


def _warn(window: Q, days: int) -> int:
    told = 0
    for grant in _untold(window, days)[:AT_ONCE]:
        notify(
            recipient=grant.account.person.user,
            key=f"grant:{grant.pk}:lapses:{grant.valid_to:%Y%m%d}:{days}",
            title=_("Funding %(sum)s is available until %(day)s")
            % {"sum": euros(grant.left_cents), "day": day(grant.valid_to)},
            body="\n".join(
                [
                    _("You can still use this money for learning: choose a programme and apply."),
                    _("After this day the money that is not used lapses. Money reserved for an application is safe."),
                ]
            ),
            path=reverse("funding:account"),
        )
        told += 1
    return told


def _untold(window: Q, days: int) -> QuerySet[Any]:
    """Grants of this window with money left, whose person can sign in and has not been told of this last day."""
    key = Concat(
        Value("grant:"),
        Cast(OuterRef("pk"), CharField()),
        Value(":lapses:"),
        Func(OuterRef("valid_to"), Value("YYYYMMDD"), function="to_char", output_field=CharField()),
        Value(f":{days}"),
    )
    told = Notice.objects.filter(recipient=OuterRef("account__person__user"), key=key)
    left = Sum("transactions__entries__amount_cents", filter=Q(transactions__entries__bucket=Bucket.AVAILABLE))
    return (
        Grant.objects.filter(window, account__person__user__is_active=True)
        .filter(~Exists(told))
        .annotate(left_cents=left)
        .filter(left_cents__gt=0)
        .select_related("account__person__user")
        .order_by(F("valid_to"), "pk")
    )
