"""What every state of the catalogue asks of the database, as a function: PostgreSQL plans it once a connection.

Which programmes are full is kept by who asks, and mended by what has turned since: nothing is asked of all of them.

A group that becomes full, or ceases to be, is stamped with its transaction (`turned_in`), by a trigger, whoever moves the
counter. Who knows the full programmes of one snapshot asks for groups stamped by a transaction that was not over then
(`since` is that snapshot's xmin): everything older it has seen. No row is shared, so nobody waits for anybody.
A stamp of nought asks for a new one: that is how a group begins, and how its sisters are stamped when it is deleted.
Which groups one may join is the rule of `catalog.selectors.rounds.forming_groups`. (IS NULL, not NOT EXISTS: the planner
cannot know that full groups are few, and would look through all groups at once.)
"""

from django.db import migrations

STAMP = """
CREATE FUNCTION catalog_stamp_group() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF NEW.turned_in = 0 OR (NEW.state, NEW.starts_on, NEW.programme_id, NEW.taken >= NEW.capacity)
      IS DISTINCT FROM (OLD.state, OLD.starts_on, OLD.programme_id, OLD.taken >= OLD.capacity) THEN
    NEW.turned_in := pg_current_xact_id()::text::bigint;
  ELSE
    NEW.turned_in := OLD.turned_in;
  END IF;
  RETURN NEW;
END
$body$;
CREATE TRIGGER catalog_stamp_group BEFORE INSERT OR UPDATE ON catalog_coursegroup
FOR EACH ROW EXECUTE FUNCTION catalog_stamp_group();
CREATE FUNCTION catalog_stamp_sisters() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  UPDATE catalog_coursegroup SET turned_in = 0 WHERE programme_id = OLD.programme_id;
  RETURN NULL;
END
$body$;
CREATE TRIGGER catalog_stamp_sisters AFTER DELETE ON catalog_coursegroup
FOR EACH ROW EXECUTE FUNCTION catalog_stamp_sisters();
"""
UNSTAMP = """
DROP TRIGGER catalog_stamp_sisters ON catalog_coursegroup;
DROP FUNCTION catalog_stamp_sisters();
DROP TRIGGER catalog_stamp_group ON catalog_coursegroup;
DROP FUNCTION catalog_stamp_group();
"""

# `turned` are pairs of a programme and whether it is full (1, 0); all full ones, where `is_whole`: nothing was known before,
# or too much has turned. (The LIMIT tells the planner that few have: the plan is kept, and must be by the index.)
LIVE = """
CREATE FUNCTION catalog_live(today date, since bigint, wanted bigint[], OUT version bigint, OUT horizon bigint,
                             OUT is_whole boolean, OUT turned bigint[], OUT places bigint[])
LANGUAGE plpgsql STABLE AS $body$
DECLARE
  moved bigint[];
BEGIN
  SELECT coalesce((SELECT v.version FROM catalog_catalogueversion v WHERE v.id = 1), 0),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    ARRAY(SELECT t.programme_id FROM catalog_coursegroup t WHERE t.turned_in >= since ORDER BY t.turned_in DESC LIMIT 200),
    ARRAY(SELECT ARRAY[p.programme_id, sum(p.capacity - p.taken), sum(p.capacity)] FROM catalog_coursegroup p
          WHERE p.programme_id = ANY(wanted) AND p.state = 'forming' AND p.starts_on > today GROUP BY p.programme_id)
  INTO version, horizon, moved, places;
  is_whole := since IS NULL OR cardinality(moved) = 200;
  IF is_whole THEN
    turned := ARRAY(SELECT ARRAY[w.programme_id, 1] FROM (
      SELECT DISTINCT f.programme_id FROM catalog_coursegroup f
      WHERE f.state = 'forming' AND f.taken >= f.capacity AND f.starts_on > today AND (
        SELECT g.id FROM catalog_coursegroup g WHERE g.programme_id = f.programme_id
        AND g.state = 'forming' AND g.starts_on > today AND g.taken < g.capacity LIMIT 1) IS NULL) w);
  ELSIF cardinality(moved) > 0 THEN
    turned := ARRAY(SELECT ARRAY[m.id, coalesce((
      SELECT bool_and(g.taken >= g.capacity)::int FROM catalog_coursegroup g
      WHERE g.programme_id = m.id AND g.state = 'forming' AND g.starts_on > today), 0)]
      FROM (SELECT DISTINCT unnest(moved) AS id) m);
  ELSE
    turned := '{}';
  END IF;
END
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_version_triggers")]
    operations = [
        migrations.RunSQL(STAMP, UNSTAMP),
        migrations.RunSQL(LIVE, "DROP FUNCTION catalog_live(date, bigint, bigint[]);"),
    ]
