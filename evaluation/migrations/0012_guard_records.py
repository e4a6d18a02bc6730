"""What is locked stays as it is, texts included; what was put right keeps what had been there."""

from django.db import migrations

from peersupport.access.append_only import AppendOnly

_LOCKS = """
CREATE FUNCTION refuse_change_of_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_interview bigint;
    its_observation bigint;
    last_step text;
BEGIN
    IF TG_TABLE_NAME = 'evaluation_source' THEN
        its_interview := NEW.interview_id;
        its_observation := NEW.observation_id;
    ELSIF TG_TABLE_NAME = 'evaluation_interview' THEN
        its_interview := NEW.id;
    ELSE
        its_observation := NEW.id;
    END IF;
    SELECT step INTO last_step FROM evaluation_recordlock
        WHERE interview_id = its_interview OR observation_id = its_observation ORDER BY id DESC LIMIT 1;
    IF last_step = 'locked' THEN
        RAISE EXCEPTION 'the record is locked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_source_unlocked BEFORE INSERT ON evaluation_source
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_locked();
CREATE TRIGGER evaluation_interview_unlocked BEFORE UPDATE ON evaluation_interview
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_locked();
CREATE TRIGGER evaluation_observation_unlocked BEFORE UPDATE ON evaluation_observation
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_locked();
"""
_NO_LOCKS = """
    DROP TRIGGER evaluation_observation_unlocked ON evaluation_observation;
    DROP TRIGGER evaluation_interview_unlocked ON evaluation_interview;
    DROP TRIGGER evaluation_source_unlocked ON evaluation_source;
    DROP FUNCTION refuse_change_of_locked();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0011_record_locks")]

    operations = [
        AppendOnly("evaluation_recordlock"),
        AppendOnly("evaluation_interviewcorrection"),
        migrations.RunSQL(_LOCKS, _NO_LOCKS),
    ]
