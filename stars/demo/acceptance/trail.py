"""The audit chains of everything seeded, sealed like those the services write."""

from datetime import datetime

from django.db.models import Model

from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.models import AuditEntry

from .rows import Dice, write

REQUEST = "seed"
AT_ONCE = 20_000


class Trail:
    """Entries in the order they are told; each object's chain is sealed as it grows, and written by the thousands."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._last: dict[tuple[str, str], tuple[int, str]] = {}  # sequence and seal
        self._entries: list[AuditEntry] = []
        self.count = 0

    def add(self, subject: Model, action: str, at: datetime, by: Actor, before: str = "", after: str = "") -> None:
        key = (subject._meta.label_lower, str(subject.pk))
        sequence, seal = self._last.get(key, (0, ""))
        entry = AuditEntry(
            id=self._dice.id(AuditEntry),
            object_type=key[0],
            object_id=key[1],
            sequence=sequence + 1,
            action=action,
            from_state=str(before),
            to_state=str(after),
            actor_role=by.role.value,
            actor_user_id=by.user_id,
            actor_label=audit.label_of(by),
            data={},
            request_id=REQUEST,
            at=at,
        )
        entry.seal = audit.seal(entry, seal)
        self._last[key] = (entry.sequence, entry.seal)
        self._entries.append(entry)
        self.count += 1
        if len(self._entries) >= AT_ONCE:
            self.write()

    def write(self) -> None:
        write(AuditEntry, self._entries)
        self._entries.clear()
