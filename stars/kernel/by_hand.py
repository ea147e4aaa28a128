"""Lists and texts the agency writes itself: no rule but the form's, and each change in the trail with what stood there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models, transaction

from . import audit
from .actor import Actor
from .errors import require
from .models import JsonObject


@dataclass(frozen=True, slots=True)
class Written:
    """One row of a page as its form has checked it, and which of its fields are new."""

    row: models.Model
    fields: Sequence[str]


@transaction.atomic
def save_row(*, row: models.Model, changed: Iterable[str], by: Actor) -> None:
    """Write a row a form has checked."""
    require(by.is_agency)
    is_new = row._state.adding
    row.save()
    audit.record(row, "create" if is_new else "save", by=by, data={"changed": sorted(changed)}, is_first=is_new)


@transaction.atomic
def drop_row(*, row: models.Model, by: Actor) -> None:
    """Delete a row nothing points at; the trail keeps what it was called."""
    require(by.is_agency)
    audit.record(row, "drop", by=by, data={"was": str(row)})
    row.delete()


@transaction.atomic
def save_rows(
    *, whole: models.Model, written: Sequence[Written], removed: Sequence[models.Model], by: Actor
) -> list[JsonObject]:
    """Write and remove rows that stand on the page of `whole`; its trail keeps what each of them said before."""
    require(by.is_agency)
    type(whole)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=whole.pk)
    said = [written_down(one) for one in written] + [removed_from(row) for row in removed]
    if said:
        part = [*(one.row for one in written), *removed][0]._meta.model_name
        audit.record(whole, "save", by=by, data={"part": part, "rows": said})
    return said


def written_down(one: Written) -> JsonObject:
    """Saves the row; gives what the trail says of it. For services that have asked already."""
    row, fields = one.row, sorted(one.fields)
    kept = type(row)._base_manager.filter(pk=row.pk).first()
    before = {name: str(getattr(kept, name)) for name in fields} if kept else None
    row.save()
    after = {name: str(getattr(row, name)) for name in fields}
    return {"row": row.pk, "name": str(row), "before": before, "after": after}


def removed_from(row: models.Model) -> JsonObject:
    """Deletes the row; gives what the trail says of it. For services that have asked already."""
    said: JsonObject = {"row": row.pk, "name": str(row), "removed": True}
    row.delete()
    return said
