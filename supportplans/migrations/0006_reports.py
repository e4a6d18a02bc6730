import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from peersupport.access.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0010_call"),
        ("supportplans", "0005_goals_in_full"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("someone_else", "It says something about someone else"),
                            ("unkind", "It is unkind, or threatens someone"),
                            ("selling", "It sells something"),
                            ("advice", "It tells others what treatment to take or to stop"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                        verbose_name="why",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="in their own words")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waits for a look"), ("hidden", "Hidden"), ("left", "Left as it is")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("reported_at", models.DateTimeField()),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="supportplans.goal"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="groups.membership"
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ReportStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[("hid", "Hidden"), ("left", "Left as it is"), ("showed", "Shown again")], max_length=10
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="what the owner reads about it")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="supportplans.report"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["membership", "-reported_at"], name="report_newest"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("goal", "membership", "reported_by"),
                name="one_open_report_per_item_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "hidden", "left"])), name="report_state_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["someone_else", "unkind", "selling", "advice", "other"])),
                name="report_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["hid", "left", "showed"])), name="report_step_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "hid"), _negated=True), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="report_hid_with_reason",
            ),
        ),
        AppendOnly("supportplans_reportstep"),
    ]
