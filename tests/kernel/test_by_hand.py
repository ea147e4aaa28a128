"""Lists the agency keeps: a row is written, changed and dropped by the agency only, and the trail says so."""

from datetime import date

import pytest

from stars.classifiers.models import CalendarException, PlanningRegion, RegionMembership
from stars.kernel import by_hand
from stars.kernel.actor import Actor, Role
from stars.kernel.by_hand import Written
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
OFFICER = Actor(role=Role.AGENCY, user_id=1, label="Inta")


def test_a_row_is_made_changed_and_dropped_with_an_entry_each() -> None:
    row = CalendarException(day=date(2030, 5, 3), is_working=False, reason="Pārceltā darba diena")
    by_hand.save_row(row=row, changed=["day", "reason"], by=OFFICER)
    row.reason = "Cits iemesls"
    by_hand.save_row(row=row, changed=["reason"], by=OFFICER)
    number = str(row.pk)
    by_hand.drop_row(row=row, by=OFFICER)
    entries = AuditEntry.objects.filter(object_type="classifiers.calendarexception", object_id=number)
    assert list(entries.order_by("sequence").values_list("action", flat=True)) == ["create", "save", "drop"]
    assert not CalendarException.objects.filter(pk=number).exists()


def test_rows_of_a_page_stand_in_its_trail_and_no_change_leaves_none() -> None:
    kept = RegionMembership.objects.select_related("municipality").order_by("pk")[0]
    whole, before = kept.municipality, kept.region
    assert by_hand.save_rows(whole=whole, written=[], removed=[], by=OFFICER) == []
    kept.region = PlanningRegion.objects.exclude(pk=before.pk).order_by("pk")[0]
    by_hand.save_rows(whole=whole, written=[Written(kept, ["region"])], removed=[], by=OFFICER)
    by_hand.save_rows(whole=whole, written=[], removed=[kept], by=OFFICER)
    entries = AuditEntry.objects.filter(object_type="classifiers.municipality", object_id=str(whole.pk))
    changed, removed = entries.order_by("sequence")
    assert changed.data["rows"][0]["before"] == {"region": str(before)}
    assert removed.data["rows"][0]["removed"]


def test_nobody_else_writes_them() -> None:
    row = CalendarException(day=date(2030, 5, 3), is_working=False, reason="x")
    for by in (Actor(role=Role.PROVIDER, user_id=1), Actor(role=Role.CLIENT, user_id=1)):
        with pytest.raises(NotPermitted):
            by_hand.save_row(row=row, changed=[], by=by)
        with pytest.raises(NotPermitted):
            by_hand.drop_row(row=row, by=by)
