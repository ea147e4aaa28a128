"""The look that turns late comers away, as a function: PostgreSQL plans it once a connection, not for each of thousands.

Whoever comes when every group of their venue is taken is answered without a lock and before anything is checked
(performance.md 2). Only what nothing else stands against: a draft, an open round, no application in it yet.
"""

from django.db import migrations

MAKE = """
CREATE FUNCTION applications_places_gone(draft uuid, person uuid, today date, moment timestamptz, live text[])
RETURNS boolean LANGUAGE plpgsql STABLE AS $body$
BEGIN
  RETURN (
    SELECT count(*) > 0 AND count(*) FILTER (WHERE g.taken < g.capacity) = 0
    FROM applications_draft d
    JOIN catalog_coursegroup g ON g.programme_id = d.programme_id AND g.state = 'forming' AND g.starts_on > today
         AND g.venue_id::text = d.answers ->> 'venue'
         AND coalesce(d.answers ->> 'group', '') IN ('', g.id::text)
    WHERE d.reference = draft AND d.client_id = person
      AND EXISTS (SELECT FROM catalog_applicationround r
                  WHERE r.source_id = d.source_id AND r.opens_at <= moment AND r.closes_at > moment)
      AND NOT EXISTS (SELECT FROM applications_application a
                      WHERE a.client_id = d.client_id AND a.source_id = d.source_id AND a.state = ANY(live)));
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("applications", "0002_questions"), ("catalog", "0004_live_places")]
    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION applications_places_gone(uuid, uuid, date, timestamptz, text[]);")
    ]
