"""What the catalogue shows of other apps' rows raises its version too, whoever edits them.

The services of the catalogue raise it as their last statement. Institutions, sources and the agency's lists belong to apps
that do not know the catalogue, and rounds decide what may be applied for: there the database itself does it.
"""

from django.db import migrations

TABLES = (
    "accounts_institution",
    "funding_fundingsource",
    "classifiers_programmekind",
    "classifiers_sector",
    "classifiers_qualification",
    "classifiers_prioreducation",
    "classifiers_municipality",
    "classifiers_digcomparea",
    "classifiers_digcompcompetence",
    "classifiers_digcomplevel",
    "catalog_applicationround",
)

MAKE = """
CREATE FUNCTION catalog_raise_version() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE catalog_catalogueversion SET version = version + 1 WHERE id = 1;
  RETURN NULL;
END
$body$;
"""
WATCH = """
CREATE TRIGGER catalog_raise_version AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION catalog_raise_version();
"""
UNWATCH = "DROP TRIGGER catalog_raise_version ON {table};"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_version_row"),
        ("accounts", "0001_initial"),
        ("funding", "0001_initial"),
        ("classifiers", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION catalog_raise_version();"),
        *(migrations.RunSQL(WATCH.format(table=table), UNWATCH.format(table=table)) for table in TABLES),
    ]
