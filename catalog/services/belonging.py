"""What belongs to a programme beside its own fields: prices under sources, parts, competences."""

from collections.abc import Sequence

from django.db import models, transaction

from catalog import policies
from catalog.errors import PriceFrozen
from catalog.models import Programme, ProgrammeOffer
from catalog.states import FieldAction
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.by_hand import Written, removed_from, written_down
from stars.kernel.errors import require


@transaction.atomic
def save_belongings(
    *, programme_id: int, written: Sequence[Written], removed: Sequence[models.Model], by: Actor
) -> Programme:
    """Writes and removes rows of one kind; the trail keeps what each said before.

    Raises PriceFrozen where a price that was published would change or go: people have applied at it (I7).
    """
    programme = Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme_id)
    require(policies.may(by, FieldAction.SAVE))
    require(all(row.programme_id == programme.pk for row in (*_rows(written), *removed)))  # type: ignore[attr-defined]
    if programme.published_at is not None and any(_is_kept_price(row) for row in (*_rows(written), *removed)):
        raise PriceFrozen
    said = [written_down(one) for one in written] + [removed_from(row) for row in removed]
    if said:
        part = (*_rows(written), *removed)[0]._meta.model_name
        audit.record(programme, FieldAction.SAVE, by=by, data={"part": part, "rows": said})
    return programme


def _rows(written: Sequence[Written]) -> tuple[models.Model, ...]:
    return tuple(one.row for one in written)


def _is_kept_price(row: models.Model) -> bool:
    return isinstance(row, ProgrammeOffer) and row.pk is not None
