"""A notice stands as it was given; whoever withdrew before there were notices gets theirs."""

from django.db import migrations

_ENDS_ONCE = """
CREATE TRIGGER evaluation_withdrawalnotice_only_ends BEFORE UPDATE OR DELETE ON evaluation_withdrawalnotice
    FOR EACH ROW EXECUTE FUNCTION refuse_more_than_an_end('given_at', 'given_by_id', 'how');
"""
_NO_END = "DROP TRIGGER evaluation_withdrawalnotice_only_ends ON evaluation_withdrawalnotice;"
_EARLIER = """
INSERT INTO evaluation_withdrawalnotice (study_id, export_id, withdrawal_id, prepared_at, how)
SELECT export.study_id, export.id, withdrawal.id, now(), ''
FROM evaluation_withdrawal withdrawal
JOIN evaluation_exportedparticipant held USING (participant_id)
JOIN evaluation_export export ON export.id = held.export_id
WHERE withdrawal.scope IN ('no_collection', 'remove') AND export.state = 'ready'
ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    dependencies = [("evaluation", "0008_withdrawal_notices")]

    operations = [
        migrations.RunSQL(_ENDS_ONCE, _NO_END),
        migrations.RunSQL(_EARLIER, migrations.RunSQL.noop),
    ]
