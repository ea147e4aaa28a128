"""The one row of the catalogue's version."""

from django.db import migrations


def fill(apps, schema_editor):
    apps.get_model("catalog", "CatalogueVersion").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
