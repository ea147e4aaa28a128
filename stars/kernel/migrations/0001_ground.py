"""Extensions and the Latvian collation, before any table of ours is made.

`lv` comes from ICU where the server has it, else from libc (the server needs LOCPATH), else from C with a notice:
a portal that sorts badly still runs.
"""

from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

COLLATION = """
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'lv') THEN RETURN; END IF;
  IF EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'lv-LV-x-icu') THEN
    CREATE COLLATION lv (provider = icu, locale = 'lv-LV');
  ELSE
    BEGIN
      CREATE COLLATION lv (provider = libc, locale = 'lv_LV.utf8');
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE 'no Latvian locale on this server: names will sort by code point';
      CREATE COLLATION lv (provider = libc, locale = 'C');
    END;
  END IF;
END
$$;
"""

# unaccent() is only STABLE; an index needs IMMUTABLE, and our dictionary never changes.
FOLD = """
CREATE OR REPLACE FUNCTION stars_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$;
"""


class Migration(migrations.Migration):
    initial = True
    run_before = [
        ("accounts", "0001_initial"),
        ("classifiers", "0001_initial"),
        ("catalog", "0001_initial"),
    ]
    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(COLLATION, "DROP COLLATION IF EXISTS lv"),
        migrations.RunSQL(FOLD, "DROP FUNCTION IF EXISTS stars_fold(text)"),
    ]
