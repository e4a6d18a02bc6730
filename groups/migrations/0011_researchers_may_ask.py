from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0010_call"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="researchers_may_ask",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Researchers may ask them about it, now that they are out of it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("researchers_may_ask", False),
                    models.Q(("person__isnull", False), ("state__in", ("left", "removed", "never_attended"))),
                    _connector="OR",
                ),
                name="researchers_ask_by_leave_of_those_out_of_it",
            ),
        ),
    ]
