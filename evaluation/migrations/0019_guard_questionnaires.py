"""Questions as they were asked, and answers as they were given, stay; an answer is one that its question takes."""

from django.db import migrations

from peersupport.access.append_only import AppendOnly

_ANSWERS = """
CREATE FUNCTION refuse_answer_out_of_range() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM evaluation_instrumentitem item
        JOIN evaluation_administration administration ON administration.instrument_id = item.instrument_id
        WHERE item.id = NEW.item_id AND administration.id = NEW.administration_id
          AND (NEW.value IS NULL OR NEW.value = ANY (item.values))
    ) THEN
        RAISE EXCEPTION 'the question takes no such answer' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_response_in_range BEFORE INSERT ON evaluation_response
    FOR EACH ROW EXECUTE FUNCTION refuse_answer_out_of_range();

CREATE FUNCTION keep_administration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.occasion_id, NEW.instrument_id) = (OLD.occasion_id, OLD.instrument_id)
        AND (OLD.closed_at IS NULL OR NEW.closed_at IS NOT NULL)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'what was asked stays as it is' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER evaluation_administration_kept BEFORE UPDATE OR DELETE ON evaluation_administration
    FOR EACH ROW EXECUTE FUNCTION keep_administration();
"""
_NO_ANSWERS = """
    DROP TRIGGER evaluation_administration_kept ON evaluation_administration;
    DROP FUNCTION keep_administration();
    DROP TRIGGER evaluation_response_in_range ON evaluation_response;
    DROP FUNCTION refuse_answer_out_of_range();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0018_questionnaires")]

    operations = [
        AppendOnly("evaluation_instrumentversion"),
        AppendOnly("evaluation_instrumentitem"),
        AppendOnly("evaluation_occasion"),
        AppendOnly("evaluation_response"),
        AppendOnly("evaluation_score"),
        migrations.RunSQL(_ANSWERS, _NO_ANSWERS),
    ]
