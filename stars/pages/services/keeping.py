"""What the agency writes on the public pages: a change of a section is a change of its page."""

from collections.abc import Sequence

from django.db import models, transaction

from stars.kernel import by_hand
from stars.kernel.actor import Actor
from stars.kernel.by_hand import Written
from stars.pages.models import ContentPage


@transaction.atomic
def save_sections(
    *, page_id: int, written: Sequence[Written], removed: Sequence[models.Model], by: Actor
) -> ContentPage:
    """Write and remove sections; the page shows the moment. Without a change nothing is written."""
    page = ContentPage.objects.select_for_update(of=("self",), no_key=True).get(pk=page_id)
    if by_hand.save_rows(whole=page, written=written, removed=removed, by=by):
        page.save(update_fields=["updated_at"])
    return page
