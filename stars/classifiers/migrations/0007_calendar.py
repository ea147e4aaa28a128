"""Working days moved by the Cabinet for institutions paid from the state budget: 2024, 2025, 2026."""

from datetime import date

from django.db import migrations

# the day that became free, the Saturday worked instead
MOVED = (
    (date(2024, 12, 23), date(2024, 12, 14)),
    (date(2024, 12, 30), date(2024, 12, 28)),
    (date(2025, 5, 2), date(2025, 5, 10)),
    (date(2025, 11, 17), date(2025, 11, 8)),
    (date(2026, 1, 2), date(2026, 1, 17)),
    (date(2026, 6, 22), date(2026, 6, 27)),
)


def fill(apps, schema_editor):
    model = apps.get_model("classifiers", "CalendarException")
    for free, worked in MOVED:
        reason = f"Ministru kabineta rīkojums par darba dienu pārcelšanu {free.year}. gadā"
        model.objects.create(day=free, is_working=False, reason=reason)
        model.objects.create(day=worked, is_working=True, reason=reason)


class Migration(migrations.Migration):
    dependencies = [("classifiers", "0006_what_levels_mean")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
