"""Steps of a transcript come in turn, approved by a second person; what was decided on a span is only ever undone."""

from django.db import migrations

from peersupport.access.append_only import AppendOnly

_STEPS = """
CREATE FUNCTION refuse_transcript_step_out_of_turn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_interview bigint;
    made_from bigint;
    newest bigint;
    last_step text;
    last_source bigint;
BEGIN
    SELECT interview_id, redacted_from_id INTO its_interview, made_from FROM evaluation_source WHERE id = NEW.source_id;
    SELECT id INTO newest FROM evaluation_source WHERE interview_id = its_interview AND kind = 'transcript'
        ORDER BY version DESC LIMIT 1;
    SELECT taken.step, taken.source_id INTO last_step, last_source FROM evaluation_transcriptstep taken
        JOIN evaluation_source source ON source.id = taken.source_id
        WHERE source.interview_id = its_interview ORDER BY taken.id DESC LIMIT 1;
    IF NEW.step = 'approved' THEN
        IF newest IS DISTINCT FROM NEW.source_id OR last_step IS DISTINCT FROM 'deidentified'
                OR last_source IS DISTINCT FROM made_from THEN
            RAISE EXCEPTION 'a transcript can not be approved from %', last_step USING ERRCODE = 'check_violation';
        END IF;
        IF EXISTS (SELECT FROM evaluation_redaction WHERE source_id = made_from AND decided_by_id = NEW.taken_by_id)
                OR EXISTS (SELECT FROM evaluation_transcriptstep WHERE source_id = made_from
                           AND step = 'deidentified' AND taken_by_id = NEW.taken_by_id) THEN
            RAISE EXCEPTION 'a second person approves' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF last_source IS DISTINCT FROM newest THEN
        last_step := 'raw';
    END IF;
    IF newest IS DISTINCT FROM NEW.source_id OR (NEW.step, last_step) NOT IN (
            ('checked', 'raw'), ('returned', 'checked'), ('not_wished', 'checked'),
            ('deidentified', 'returned'), ('deidentified', 'not_wished'), ('deidentified', 'reopened'),
            ('reopened', 'deidentified'), ('reopened', 'approved')) THEN
        RAISE EXCEPTION 'a transcript can not be % after %', NEW.step, last_step USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_transcriptstep_in_turn BEFORE INSERT ON evaluation_transcriptstep
    FOR EACH ROW EXECUTE FUNCTION refuse_transcript_step_out_of_turn();
"""
_NO_STEPS = """
    DROP TRIGGER evaluation_transcriptstep_in_turn ON evaluation_transcriptstep;
    DROP FUNCTION refuse_transcript_step_out_of_turn();
"""
_REDACTIONS = """
CREATE FUNCTION refuse_redaction_outside_of_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluation_source WHERE id = NEW.source_id AND char_length(text) >= NEW."end";
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the redaction is not in the text' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_redaction_inside BEFORE INSERT ON evaluation_redaction
    FOR EACH ROW EXECUTE FUNCTION refuse_redaction_outside_of_text();

CREATE FUNCTION refuse_more_than_an_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) ->> TG_ARGV[0] IS NULL
            AND to_jsonb(NEW) - TG_ARGV = to_jsonb(OLD) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only, but for its end', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER evaluation_redaction_only_ends BEFORE UPDATE OR DELETE ON evaluation_redaction
    FOR EACH ROW EXECUTE FUNCTION refuse_more_than_an_end('undone_at', 'undone_by_id');
CREATE TRIGGER evaluation_replacement_only_ends BEFORE UPDATE OR DELETE ON evaluation_replacement
    FOR EACH ROW EXECUTE FUNCTION refuse_more_than_an_end('retired_at');
"""
_NO_REDACTIONS = """
    DROP TRIGGER evaluation_replacement_only_ends ON evaluation_replacement;
    DROP TRIGGER evaluation_redaction_only_ends ON evaluation_redaction;
    DROP FUNCTION refuse_more_than_an_end();
    DROP TRIGGER evaluation_redaction_inside ON evaluation_redaction;
    DROP FUNCTION refuse_redaction_outside_of_text();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0003_redaction")]

    operations = [
        AppendOnly("evaluation_transcriptstep"),
        migrations.RunSQL(_STEPS, _NO_STEPS),
        migrations.RunSQL(_REDACTIONS, _NO_REDACTIONS),
    ]
