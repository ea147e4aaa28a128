"""Every night: what is past its time goes, a thousand rows at a time, with a count in the trail (GDP-02)."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.pages import retention
from stars.pages.models import RetentionTerm

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One subject of the report."""

    subject: str
    label: str
    days: int
    number: int


def apply_retention(*, by: Actor, dry_run: bool = False) -> list[Line]:
    """Gives what went, or with `dry_run` what would go. Doing it twice changes nothing more."""
    require(by.is_system)
    now = timezone.now()
    report = []
    for term in RetentionTerm.objects.order_by("subject"):
        rows = retention.past(term.subject, term.days, now)
        number = rows.count() if dry_run else _forget(term, by)
        report.append(Line(term.subject, term.get_subject_display(), term.days, number))
    return report


def _forget(term: RetentionTerm, by: Actor) -> int:
    """In small transactions, so that nobody waits long for a lock."""
    number, now = 0, timezone.now()
    while True:
        with transaction.atomic():
            keys = list(retention.past(term.subject, term.days, now).values_list("pk", flat=True)[:AT_ONCE])
            if keys:
                rows = retention.past(term.subject, term.days, now)
                rows.filter(pk__in=keys).order_by().delete()
                audit.record(term, "apply", by=by, data={"rows": len(keys), "days": term.days})
        if not keys:
            return number
        number += len(keys)
