"""What the IMK project promised (slides [003]): 1 000 adults by 31.03.2025, 3 500 by 31.05.2026, users and skills apart."""

from datetime import date

from django.db import migrations

PROMISED = (
    ("users", 1000, date(2025, 3, 31)),
    ("users", 3500, date(2026, 5, 31)),
    ("completers", 3500, date(2026, 5, 31)),
)


def write(apps, schema_editor):
    source = apps.get_model("funding", "FundingSource").objects.filter(code="imk").first()
    if source is not None:
        Indicator = apps.get_model("pages", "Indicator")
        Indicator.objects.bulk_create(
            Indicator(source=source, measure=measure, target=target, due=due) for measure, target, due in PROMISED
        )


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial"), ("funding", "0002_sources")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
