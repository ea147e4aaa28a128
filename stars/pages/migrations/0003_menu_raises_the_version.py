"""The menus stand on every public page that is kept under the catalogue's version: their pages raise it too."""

from django.db import migrations

WATCH = """
CREATE TRIGGER catalog_raise_version AFTER INSERT OR UPDATE OR DELETE ON pages_contentpage
FOR EACH STATEMENT EXECUTE FUNCTION catalog_raise_version();
"""
UNWATCH = "DROP TRIGGER catalog_raise_version ON pages_contentpage;"


class Migration(migrations.Migration):
    dependencies = [("pages", "0002_first_indicators"), ("catalog", "0003_version_triggers")]
    operations = [migrations.RunSQL(WATCH, UNWATCH)]
