"""Every night: what is past its time goes, a thousand rows at a time, with a count in the trail (GDP-02)."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.services import forget_mandate, forget_registration, forget_right_request, forget_user
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.pages import retention
from stars.pages.models import RetentionTerm

from .erasing import forget_person

logger = logging.getLogger(__name__)
AT_ONCE = 1000
# Rows that go with their documents, and those of which a number without a name stays.
FORGOTTEN_BY: Mapping[str, Callable[[Any, Actor], None]] = {
    retention.Subject.REGISTRATIONS: lambda row, _by: forget_registration(registration=row),
    retention.Subject.MANDATES: lambda row, _by: forget_mandate(mandate=row),
    retention.Subject.RIGHT_REQUESTS: lambda row, _by: forget_right_request(request=row),
    retention.Subject.USERS: lambda row, by: forget_user(user_id=row.pk, by=by),
    retention.Subject.PEOPLE: lambda row, by: forget_person(person_id=row.pk, by=by),
}


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
        number = rows.count() if dry_run else _take(term, rows, by)
        report.append(Line(term.subject, term.get_subject_display(), term.days, number))
    return report


def _may_delete(model: type[Model]) -> bool:
    """The portal's own role adds to the log of looks and deletes nothing there (AUD-01); the owner's role does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'DELETE')", [model._meta.db_table])
        return bool(cursor.fetchone()[0])


def _take(term: RetentionTerm, rows: QuerySet[Any], by: Actor) -> int:
    if _may_delete(rows.model):
        return _forget(term, by)
    if rows.exists():
        logger.warning("retention_waits_for_owner subject=%s", term.subject)
    return 0


def _forget(term: RetentionTerm, by: Actor) -> int:
    """In small transactions, so that nobody waits long for a lock."""
    number, now = 0, timezone.now()
    while True:
        with transaction.atomic():
            keys = list(retention.past(term.subject, term.days, now).values_list("pk", flat=True)[:AT_ONCE])
            if keys:
                _drop(term, retention.past(term.subject, term.days, now).filter(pk__in=keys), by)
                audit.record(term, "apply", by=by, data={"rows": len(keys), "days": term.days})
        if not keys:
            return number
        number += len(keys)


def _drop(term: RetentionTerm, rows: QuerySet[Any], by: Actor) -> None:
    forget = FORGOTTEN_BY.get(term.subject)
    if forget is None:
        rows.order_by().delete()
        return
    for row in rows.select_for_update(of=("self",)):
        forget(row, by)
