"""What every state of the catalogue asks of the database, as a function: PostgreSQL plans it once a connection.

Which groups one may join is the rule of `catalog.selectors.rounds.forming_groups`.
`full_ones` are the programmes whose every group is full, found by the index of full groups: mostly few. (IS NULL, not
NOT EXISTS: the planner cannot know that they are few, and would look through all groups at once.)
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION catalog_live(today date, wanted bigint[], OUT version bigint, OUT full_ones bigint[], OUT places bigint[])
LANGUAGE plpgsql STABLE AS $body$
BEGIN
  SELECT coalesce((SELECT v.version FROM catalog_catalogueversion v WHERE v.id = 1), 0),
    ARRAY(SELECT DISTINCT f.programme_id FROM catalog_coursegroup f
          WHERE f.state = 'forming' AND f.taken >= f.capacity AND f.starts_on > today AND (
            SELECT g.id FROM catalog_coursegroup g WHERE g.programme_id = f.programme_id
            AND g.state = 'forming' AND g.starts_on > today AND g.taken < g.capacity LIMIT 1) IS NULL),
    ARRAY(SELECT ARRAY[p.programme_id, sum(p.capacity - p.taken), sum(p.capacity)] FROM catalog_coursegroup p
          WHERE p.programme_id = ANY(wanted) AND p.state = 'forming' AND p.starts_on > today GROUP BY p.programme_id)
  INTO version, full_ones, places;
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_version_triggers")]
    operations = [migrations.RunSQL(MAKE, "DROP FUNCTION catalog_live(date, bigint[]);")]
