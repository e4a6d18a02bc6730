import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("supportplans", "0012_group_plan_in_full")]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="goal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="supportplans.goal",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="personalplansection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="supportplans.personalplansection",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=Q(state="open"),
                fields=["personalplansection", "membership", "reported_by"],
                name="one_open_report_per_section_and_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=Q(goal=None, personalplansection__isnull=False)
                | Q(goal__isnull=False, personalplansection=None),
                name="report_is_of_one_item",
            ),
        ),
    ]
