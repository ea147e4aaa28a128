"""What was given or agreed on is never written again: the database itself refuses."""

from django.db import migrations

FINAL = """
CREATE FUNCTION calls_keep_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'calls_scoresheet' AND OLD.given_at IS NULL THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'given scores are final' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER calls_sheet_stays BEFORE UPDATE OR DELETE ON calls_scoresheet
    FOR EACH ROW EXECUTE FUNCTION calls_keep_given();
CREATE TRIGGER calls_points_stay BEFORE UPDATE OR DELETE ON calls_points
    FOR EACH ROW EXECUTE FUNCTION calls_keep_given();
CREATE TRIGGER calls_answers_stay BEFORE UPDATE OR DELETE ON calls_conditionanswer
    FOR EACH ROW EXECUTE FUNCTION calls_keep_given();
CREATE TRIGGER calls_consensus_stays BEFORE UPDATE OR DELETE ON calls_consensus
    FOR EACH ROW EXECUTE FUNCTION calls_keep_given();
"""
UNDONE = """
DROP TRIGGER calls_consensus_stays ON calls_consensus;
DROP TRIGGER calls_answers_stay ON calls_conditionanswer;
DROP TRIGGER calls_points_stay ON calls_points;
DROP TRIGGER calls_sheet_stays ON calls_scoresheet;
DROP FUNCTION calls_keep_given();
"""


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_sealed")]
    operations = [migrations.RunSQL(FINAL, UNDONE)]
