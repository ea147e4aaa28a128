"""What was sent is never written again: the database itself refuses to change or delete a sealed version."""

from django.db import migrations

SEAL = """
CREATE FUNCTION calls_keep_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a sealed offer is kept' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (NEW.offer_id, NEW.number, NEW.content, NEW.sha256, NEW.arrived_at, NEW.submitted_at, NEW.sender_id)
        IS DISTINCT FROM
       (OLD.offer_id, OLD.number, OLD.content, OLD.sha256, OLD.arrived_at, OLD.submitted_at, OLD.sender_id)
       OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
        RAISE EXCEPTION 'a sealed offer is never changed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER calls_version_stays BEFORE UPDATE OR DELETE ON calls_offerversion
    FOR EACH ROW EXECUTE FUNCTION calls_keep_sealed();
"""
UNSEAL = """
DROP TRIGGER calls_version_stays ON calls_offerversion;
DROP FUNCTION calls_keep_sealed();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [migrations.RunSQL(SEAL, UNSEAL)]
