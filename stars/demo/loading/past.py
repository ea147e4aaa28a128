"""Audit entries of what happened before the demo was loaded, sealed like all others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Model

from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.models import AuditEntry, JsonObject

REQUEST = "demo"


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the past: `before` and `after` are the states."""

    subject: Model | None
    action: str
    at: datetime
    by: Actor
    before: str = ""
    after: str = ""
    data: JsonObject = field(default_factory=dict)


def write_past(events: Iterable[Told]) -> None:
    """Chains the events of each object in the order given, after what was written of it before."""
    events = list(events)
    ids = [str(event.subject.pk) for event in events if event.subject is not None]
    written = AuditEntry.objects.filter(request_id=REQUEST, object_id__in=ids).order_by("sequence")
    last = {(entry.object_type, entry.object_id): entry for entry in written}
    entries = []
    for event in events:
        assert event.subject is not None
        key = (event.subject._meta.label_lower, str(event.subject.pk))
        previous = last.get(key)
        entry = AuditEntry(
            object_type=key[0],
            object_id=key[1],
            sequence=previous.sequence + 1 if previous else 1,
            action=event.action,
            from_state=event.before,
            to_state=event.after,
            actor_role=event.by.role.value,
            actor_user_id=event.by.user_id,
            actor_label=audit.label_of(event.by),
            data=event.data,
            request_id=REQUEST,
            at=event.at,
        )
        entry.seal = audit.seal(entry, previous.seal if previous else "")
        last[key] = entry
        entries.append(entry)
    AuditEntry.objects.bulk_create(entries)
