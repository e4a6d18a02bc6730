import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0004_answers_to_memberships"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attendance",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="groups.membership"
            ),
        ),
        migrations.AlterField(
            model_name="rsvp",
            name="membership",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rsvps", to="groups.membership"
            ),
        ),
        migrations.AlterField(
            model_name="supportgroup",
            name="quiet_since",
            field=models.DateTimeField(help_text="The last meeting, or when an organiser last said that it goes on."),
        ),
        migrations.RemoveField(
            model_name="attendance",
            name="person",
        ),
        migrations.RemoveField(
            model_name="rsvp",
            name="person",
        ),
        migrations.AddConstraint(
            model_name="attendance",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("meeting", "membership"),
                name="one_standing_attendance",
            ),
        ),
        migrations.AddConstraint(
            model_name="rsvp",
            constraint=models.UniqueConstraint(
                fields=("meeting", "membership"), name="one_rsvp_per_meeting_and_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="rsvp",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "coming"), ("coming_since__isnull", False)),
                    models.Q(models.Q(("answer", "coming"), _negated=True), ("coming_since", None)),
                    _connector="OR",
                ),
                name="coming_has_a_since",
            ),
        ),
    ]
