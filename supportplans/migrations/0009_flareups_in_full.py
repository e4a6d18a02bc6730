import datetime

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from peersupport.access.append_only import AppendOnly


def own_word(name):
    return migrations.CreateModel(
        name=name,
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=80, verbose_name="in your own words")),
            ("folded", models.CharField(max_length=240)),
            (
                "person",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                ),
            ),
        ],
        options={
            "abstract": False,
            "constraints": [
                models.UniqueConstraint(fields=("person", "folded"), name=f"{name.lower()}_once_per_person"),
                models.CheckConstraint(condition=~Q(folded=""), name=f"{name.lower()}_says_something"),
            ],
        },
    )


def of_flareup(name, related_name, fields, constraints, on_delete=django.db.models.deletion.CASCADE):
    return migrations.CreateModel(
        name=name,
        fields=[
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            *fields,
            (
                "flareup",
                models.ForeignKey(
                    db_index=False, on_delete=on_delete, related_name=related_name, to="supportplans.flareup"
                ),
            ),
        ],
        options={"constraints": constraints},
    )


def use_of(word):
    return (
        "word",
        models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="uses", to=f"supportplans.{word}"),
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("supportplans", "0008_self_reports"),
    ]

    operations = [
        own_word("Trigger"),
        own_word("Remedy"),
        of_flareup(
            "FlareUpTrigger",
            "triggers",
            [use_of("trigger")],
            [models.UniqueConstraint(fields=("flareup", "word"), name="trigger_once_per_flareup")],
        ),
        of_flareup(
            "FlareUpRemedy",
            "remedies",
            [
                (
                    "helped",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("yes", "Yes"),
                            ("a_little", "A little"),
                            ("no", "No"),
                            ("worse", "It made it worse"),
                        ],
                        max_length=10,
                        verbose_name="did it help",
                    ),
                ),
                use_of("remedy"),
            ],
            [
                models.UniqueConstraint(fields=("flareup", "word"), name="remedy_once_per_flareup"),
                models.CheckConstraint(
                    condition=Q(helped__in=["", "yes", "a_little", "no", "worse"]), name="remedy_helped_known"
                ),
            ],
        ),
        of_flareup(
            "FlareUpChange",
            "changes",
            [
                ("revision", models.PositiveIntegerField()),
                ("before", models.JSONField()),
                ("changed_at", models.DateTimeField()),
            ],
            [models.UniqueConstraint(fields=("flareup", "revision"), name="one_change_per_flareup_and_revision")],
            on_delete=django.db.models.deletion.PROTECT,
        ),
        AppendOnly("supportplans_flareupchange"),
        migrations.AddField(
            model_name="flareup",
            name="still_going_on",
            field=models.DateField(
                blank=True, help_text="The last day on which its owner said that it was still going on.", null=True
            ),
        ),
        migrations.AddField(
            model_name="flareup",
            name="known_until_on",
            field=models.GeneratedField(
                db_persist=True,
                expression=Coalesce("ended_on", "still_going_on", "started_on"),
                help_text="The last day known to be part of it; while it is open, more may follow.",
                output_field=models.DateField(),
            ),
        ),
        migrations.AddField(
            model_name="flareup",
            name="note",
            field=models.TextField(blank=True, verbose_name="anything to remember"),
        ),
        migrations.AddField(
            model_name="flareup",
            name="revision",
            field=models.PositiveIntegerField(
                default=0, help_text="Rises with each correction: nothing is lost unseen."
            ),
        ),
        migrations.AddField(
            model_name="flareup", name="taken_back_at", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField(
            model_name="flareup",
            name="kind",
            field=models.CharField(
                choices=[("flare_up", "Flare-up"), ("setback", "Setback"), ("not_sure", "Not sure")],
                default="not_sure",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="flareup",
            index=models.Index(
                condition=Q(known_until_on__gt=F("started_on") + datetime.timedelta(days=31)),
                fields=["person", "known_until_on"],
                name="flareup_long",
            ),
        ),
        migrations.AddConstraint(
            model_name="flareup",
            constraint=models.CheckConstraint(
                condition=Q(still_going_on=None) | Q(ended_on=None, still_going_on__gte=F("started_on")),
                name="flareup_still_going_while_open",
            ),
        ),
    ]
