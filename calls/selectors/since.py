"""What the agency has changed in a published programme since it was approved: the trail says, the offer stays as it was."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from calls.models import OfferedProgramme
from catalog.models import Programme
from catalog.states import FieldAction
from stars.kernel.models import AuditEntry


@dataclass(frozen=True, slots=True)
class Change:
    at: datetime
    who: str
    what: str  # fields in words


def changes_since(offered: OfferedProgramme) -> list[Change]:
    """In the order they were made; the first entry is the publication itself. One query."""
    entries = AuditEntry.objects.filter(
        object_type=Programme._meta.label_lower,
        object_id=str(offered.programme_id),
        action=FieldAction.SAVE,
        sequence__gt=1,
    )
    found = ((one, _what(one)) for one in entries.order_by("sequence"))
    return [Change(one.at, one.actor_label, what) for one, what in found if what]


def _what(entry: AuditEntry) -> str:
    if part := entry.data.get("part"):
        return str(apps.get_model("catalog", part)._meta.verbose_name_plural)
    return ", ".join(_named(name) for name in entry.data.get("changed", []))


def _named(field: str) -> str:
    try:
        return str(getattr(Programme._meta.get_field(field), "verbose_name", field))
    except FieldDoesNotExist:
        return field
