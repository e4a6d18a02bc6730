"""The steps of a transcript stay as they are while its record is locked, as its texts do."""

from django.db import migrations

_LOCKS = """
CREATE FUNCTION refuse_step_of_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last_step text;
BEGIN
    SELECT taken.step INTO last_step FROM evaluation_recordlock taken
        JOIN evaluation_source source ON source.interview_id = taken.interview_id
        WHERE source.id = NEW.source_id ORDER BY taken.id DESC LIMIT 1;
    IF last_step = 'locked' THEN
        RAISE EXCEPTION 'the record is locked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_transcriptstep_unlocked BEFORE INSERT ON evaluation_transcriptstep
    FOR EACH ROW EXECUTE FUNCTION refuse_step_of_locked();
"""
_NO_LOCKS = """
    DROP TRIGGER evaluation_transcriptstep_unlocked ON evaluation_transcriptstep;
    DROP FUNCTION refuse_step_of_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0015_coreq")]

    operations = [migrations.RunSQL(_LOCKS, _NO_LOCKS)]
