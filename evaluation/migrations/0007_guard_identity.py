"""Nobody looks at who a pseudonym is without a second person's yes, and an answer stands as it was given."""

from django.db import migrations

_LOOKS = """
CREATE FUNCTION refuse_look_without_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM evaluation_identityrequest asked JOIN evaluation_identitykey key USING (participant_id)
        WHERE asked.id = NEW.request_id AND key.id = NEW.identity_key_id AND asked.asked_by_id = NEW.looked_by_id
            AND asked.is_granted AND NEW.looked_at < asked.answered_at + interval '7 days';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a second person has to agree first' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_identitylook_takes_two BEFORE INSERT ON evaluation_identitylook
    FOR EACH ROW EXECUTE FUNCTION refuse_look_without_second_person();
CREATE TRIGGER evaluation_identityrequest_only_ends BEFORE UPDATE OR DELETE ON evaluation_identityrequest
    FOR EACH ROW EXECUTE FUNCTION refuse_more_than_an_end('answered_at', 'answered_by_id', 'is_granted', 'answer');
"""
_NO_LOOKS = """
    DROP TRIGGER evaluation_identityrequest_only_ends ON evaluation_identityrequest;
    DROP TRIGGER evaluation_identitylook_takes_two ON evaluation_identitylook;
    DROP FUNCTION refuse_look_without_second_person();
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0006_identity_requests")]

    operations = [migrations.RunSQL(_LOOKS, _NO_LOOKS)]
