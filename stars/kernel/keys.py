"""Whether the keys of the environment are the keys of this database (COD-03, F25), and the change of a field key.

Each key leaves a mark in the database: a known word, sealed or signed with it. A key that does not know its mark is the wrong one.
"""

import hmac
import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction

from . import direct
from .models import Mark
from .secrets import blind_index, decrypt, encrypt, key_ids

logger = logging.getLogger(__name__)

WORD = "stars"
FIELD = "field:"
KNOWN = "SELECT name, mark FROM kernel_mark ORDER BY name"
NEW = "INSERT INTO kernel_mark (name, mark) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"
BATCH = 500


def refuse_wrong_keys() -> None:
    """Before anything is served: raises ImproperlyConfigured where a key is not this database's, marks a new one.

    A database that is away or still empty stops nobody: `/readyz` asks again.
    """
    try:
        with direct.asked(seconds=3) as cursor:
            known = dict(cursor.execute(KNOWN).fetchall())
            if problems := list(problems_with(known)):
                raise ImproperlyConfigured(" ".join(problems))
            for name, mark in marks().items():
                if name not in known:
                    cursor.execute(NEW, [name, mark])
    except psycopg.Error as error:
        logger.warning("keys_not_looked_at error=%s", type(error).__name__)


def problems_with(known: dict[str, str]) -> Iterator[str]:
    """A sentence for each mark that the keys at hand do not know."""
    for name, mark in known.items():
        if name.startswith(FIELD):
            yield from _field_problem(name, mark)
        elif name in _FIXED and not hmac.compare_digest(mark, _FIXED[name]()):
            yield f"{_NAMES[name]} is not the key this database was written with."


def _field_problem(name: str, mark: str) -> Iterator[str]:
    try:
        is_ours = decrypt(mark, bound_to=f"kernel.mark:{name}") == WORD
    except ImproperlyConfigured:
        is_ours = False
    if not is_ours:
        key = name.removeprefix(FIELD)
        yield (
            f"STARS_FIELD_KEYS has no key {key!r} that opens what this database holds; "
            "a key may go only after manage.py rotate_field_keys has finished."
        )


def marks() -> dict[str, str]:
    """The marks of the keys in use: the field key that seals, the index and the audit key."""
    first = f"{FIELD}{key_ids()[0]}"
    return {first: encrypt(WORD, bound_to=f"kernel.mark:{first}")} | {name: make() for name, make in _FIXED.items()}


def _audit_mark() -> str:
    return hmac.digest(settings.STARS_AUDIT_KEY.encode(), WORD.encode(), "sha256").hex()


_FIXED: dict[str, Callable[[], str]] = {"index": lambda: blind_index(WORD), "audit": _audit_mark}
_NAMES = {"index": "STARS_INDEX_KEY", "audit": "STARS_AUDIT_KEY"}


# --- a new field key -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that is sealed with a field key: its model, its name, and what each row's value is bound to."""

    model: type[models.Model]
    field: str
    bound_to: Callable[[Any], str]


SEALED: list[Sealed] = []


def register(model: type[models.Model], field: str, bound_to: Callable[[Any], str]) -> None:
    """Called from an app's `ready`: this column is sealed anew when the key changes."""
    SEALED.append(Sealed(model, field, bound_to))


def rotate(*, batch: int = BATCH) -> Generator[int, None, None]:
    """Seals everything anew under the first key, some rows a transaction; gives the number of each step.

    What is done is known from the rows themselves: a run that was cut short is simply begun again. Search works
    throughout, for the blind index has a key of its own. The marks of keys nothing is sealed with any more go last.
    """
    for column in SEALED:
        while changed := _rotate_some(column, batch):
            yield changed
    if not sum(left().values()):
        current = f"{FIELD}{key_ids()[0]}"
        with transaction.atomic():
            Mark.objects.get_or_create(name=current, defaults={"mark": marks()[current]})
            Mark.objects.filter(name__startswith=FIELD).exclude(name=current).delete()


def left() -> dict[str, int]:
    """How many rows of each sealed column are not under the first key."""
    return {f"{one.model._meta.label}.{one.field}": _older(one).count() for one in SEALED}


def _older(column: Sealed) -> models.QuerySet[Any]:
    filled = column.model._default_manager.exclude(**{column.field: ""})
    return filled.exclude(**{f"{column.field}__startswith": f"{key_ids()[0]}:"})


@transaction.atomic
def _rotate_some(column: Sealed, batch: int) -> int:
    rows = _older(column).select_for_update(skip_locked=True, of=("self",), no_key=True).order_by("pk")[:batch]
    changed = 0
    for row in rows:
        bound_to = column.bound_to(row)
        clear = decrypt(getattr(row, column.field), bound_to=bound_to)
        setattr(row, column.field, encrypt(clear, bound_to=bound_to))
        row.save(update_fields=[column.field])
        changed += 1
    return changed
