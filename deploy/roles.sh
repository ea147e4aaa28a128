#!/bin/sh
# Run once by the database's first start, as its owner: the running role may write rows but never change what must stay (AUD-01).
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$STARS_RUN_PASSWORD" <<'SQL'
CREATE ROLE stars_run LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
SELECT format('GRANT CONNECT ON DATABASE %I TO stars_run', current_database()) \gexec
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO stars_run;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO stars_run;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO stars_run;
-- Whatever migration makes one of these tables, it is sealed the moment it is made.
CREATE FUNCTION stars_seal_audit() RETURNS event_trigger LANGUAGE plpgsql AS $body$
DECLARE made record;
BEGIN
  FOR made IN SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP
    IF made.object_identity IN ('public.kernel_auditentry', 'public.kernel_accessentry', 'public.funding_ledgerentry',
                                'public.funding_ledgertransaction') THEN
      EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM stars_run', made.object_identity);
    ELSIF made.object_identity = 'public.django_migrations' THEN
      EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON %s FROM stars_run', made.object_identity);
    END IF;
  END LOOP;
END $body$;
CREATE EVENT TRIGGER stars_seal_audit ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION stars_seal_audit();
SQL
