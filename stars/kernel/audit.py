"""The only writer of audit and access entries. Same transaction as the change; no audit, no change (F23)."""

import hmac
import json
from collections.abc import Iterable
from datetime import UTC
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import timezone

from . import logs
from .actor import Actor, Role
from .compiled import insert
from .models import AccessEntry, AuditEntry, JsonObject

# People of the state's sign-on. Their entries keep the user's number and no name, so that erasure leaves the chains whole
# and nobody's name in them (GDP-03).
NAMELESS = {Role.CLIENT, Role.COORDINATOR, Role.CONSULTANT, Role.ASSESSOR}
_as_json = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def label_of(by: Actor) -> str:
    """The name an entry keeps: of an employee, an officer or a job."""
    return "" if by.role in NAMELESS and by.user_id is not None else by.label


def record(
    subject: models.Model,
    action: str,
    *,
    by: Actor,
    from_state: str = "",
    to_state: str = "",
    data: JsonObject | None = None,
    is_first: bool = False,
    beside: Iterable[models.Model] = (),
) -> AuditEntry:
    """Adds the next entry to the object's chain. The caller holds the object's lock; `data` holds no personal code.

    `is_first` spares the look for an entry before it, where the object was made in this transaction. New rows `beside`
    the entry are inserted by the same statement.
    """
    object_type, object_id = subject._meta.label_lower, str(subject.pk)
    last = None if is_first else _last_of(object_type, object_id)
    entry = AuditEntry(
        object_type=object_type,
        object_id=object_id,
        sequence=last.sequence + 1 if last else 1,
        action=action,
        from_state=from_state,
        to_state=to_state,
        actor_role=by.role.value,
        actor_user_id=by.user_id,
        actor_label=label_of(by),
        acting_for_id=by.acting_for_id,
        data=data or {},
        request_id=logs.request_id.get(),
        at=timezone.now(),
    )
    entry.seal = seal(entry, last.seal if last else "")
    insert(entry, *beside)
    return entry


def _last_of(object_type: str, object_id: str) -> AuditEntry | None:
    chain = AuditEntry.objects.filter(object_type=object_type, object_id=object_id)
    return chain.order_by("-sequence").first()


def seal(entry: AuditEntry, previous: str) -> str:
    """HMAC over the entry and the seal before it, under the audit key."""
    body = _as_json.encode(
        [
            previous,
            entry.object_type,
            entry.object_id,
            entry.sequence,
            entry.action,
            entry.from_state,
            entry.to_state,
            entry.actor_role,
            entry.actor_user_id,
            entry.actor_label,
            str(entry.acting_for_id or ""),
            entry.data,
            entry.request_id,
            entry.at.astimezone(UTC).isoformat(),  # the same words however the moment was written
        ]
    )
    return hmac.digest(settings.STARS_AUDIT_KEY.encode(), body.encode(), "sha256").hex()


def note_read(person_id: UUID, *, by: Actor, what: str, purpose: str) -> None:
    """Before a person's data is shown to somebody else: one row that the person can read. Own data leaves none."""
    note_reads([person_id], by=by, what=what, purpose=purpose, is_list=False)


def note_reads(person_ids: Iterable[UUID], *, by: Actor, what: str, purpose: str, is_list: bool = True) -> None:
    """The same for a list: one row for each person on it, in one statement, all or none."""
    others = [one for one in dict.fromkeys(person_ids) if one != by.person_id or by.acting_for_id is not None]
    now = timezone.now()
    AccessEntry.objects.bulk_create(
        AccessEntry(
            person_id=person_id,
            actor_role=by.role.value,
            actor_user_id=by.user_id,
            actor_label=label_of(by),
            institution_id=by.institution_id,
            municipality_id=by.municipality_id,
            what=what,
            purpose=purpose,
            is_list=is_list,
            request_id=logs.request_id.get(),
            at=now,
        )
        for person_id in others
    )
