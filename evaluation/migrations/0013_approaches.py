import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import evaluation.models.approach
from peersupport.access.append_only import AppendOnly

# Steps come in turn; an approach gets its participant once; whoever is named belongs to the same study.
GUARDED = """
CREATE FUNCTION refuse_approach_step_out_of_turn() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_step text;
BEGIN
    PERFORM FROM evaluation_approach WHERE id = NEW.approach_id FOR UPDATE;
    SELECT step INTO last_step FROM evaluation_approachstep WHERE approach_id = NEW.approach_id ORDER BY id DESC LIMIT 1;
    IF (NEW.step, coalesce(last_step, 'new')) NOT IN (
            ('invited', 'new'), ('agreed', 'invited'), ('declined', 'invited'), ('not_reached', 'invited'),
            ('agreed', 'not_reached'), ('declined', 'not_reached'), ('invited', 'not_reached'),
            ('agreed', 'declined'), ('invited', 'agreed')) THEN
        RAISE EXCEPTION 'an approach can not be % after %', NEW.step, last_step USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_approachstep_in_turn BEFORE INSERT ON evaluation_approachstep
    FOR EACH ROW EXECUTE FUNCTION refuse_approach_step_out_of_turn();

CREATE FUNCTION refuse_approach_across_studies() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE its_study bigint;
BEGIN
    IF TG_TABLE_NAME = 'evaluation_approachkey' THEN
        SELECT study_id INTO its_study FROM evaluation_approach WHERE id = NEW.approach_id;
    ELSE
        SELECT study_id INTO its_study FROM evaluation_participant WHERE id = NEW.participant_id;
    END IF;
    IF its_study IS DISTINCT FROM NEW.study_id THEN
        RAISE EXCEPTION 'an approach stays within its study' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_approachkey_in_study BEFORE INSERT ON evaluation_approachkey
    FOR EACH ROW EXECUTE FUNCTION refuse_approach_across_studies();
CREATE TRIGGER evaluation_approach_in_study BEFORE INSERT OR UPDATE ON evaluation_approach
    FOR EACH ROW WHEN (NEW.participant_id IS NOT NULL) EXECUTE FUNCTION refuse_approach_across_studies();
CREATE TRIGGER evaluation_approach_only_ends BEFORE UPDATE OR DELETE ON evaluation_approach
    FOR EACH ROW EXECUTE FUNCTION refuse_more_than_an_end('participant_id');
"""
UNGUARDED = """
DROP TRIGGER evaluation_approach_only_ends ON evaluation_approach;
DROP TRIGGER evaluation_approach_in_study ON evaluation_approach;
DROP TRIGGER evaluation_approachkey_in_study ON evaluation_approachkey;
DROP FUNCTION refuse_approach_across_studies();
DROP TRIGGER evaluation_approachstep_in_turn ON evaluation_approachstep;
DROP FUNCTION refuse_approach_step_out_of_turn();
"""
TABLES_THAT_GROW = (
    "evaluation_samplingframe",
    "evaluation_samplingframe_groups",
    "evaluation_approachkey",
    "evaluation_approachstep",
)


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0012_guard_records"),
        ("groups", "0011_researchers_may_ask"),
        ("members", "0004_language"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResearchWish",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="research_wish",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("may_be_asked", models.BooleanField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Approach",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=evaluation.models.approach.new_approach_code, max_length=12)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("tutor", "Patient tutor"),
                            ("role_holder", "Member who looks after a group"),
                            ("member", "Member"),
                            ("left", "Left the group"),
                            ("never_attended", "Never attended"),
                            ("clinician", "Clinician"),
                            ("coordinator", "Coordinator"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "is_by_service",
                    models.BooleanField(help_text="The service writes to them; else a researcher asked them."),
                ),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="groups.supportgroup",
                    ),
                ),
                (
                    "participant",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approach",
                        to="evaluation.participant",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="approaches", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "verbose_name": "being asked to take part in a study",
                "verbose_name_plural": "approaches",
                "ordering": ["-added_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="ApproachKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "approach",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="key", to="evaluation.approach"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approach_keys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evaluation.study"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SamplingFrame",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("kinds", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20))),
                (
                    "asks_again",
                    models.BooleanField(help_text="Of people in the study; else of people not asked yet."),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("random", "Some of them, drawn at random"), ("whole", "All of them")], max_length=10
                    ),
                ),
                ("wanted", models.PositiveSmallIntegerField(null=True)),
                ("seed", models.CharField(blank=True, max_length=40)),
                ("algorithm", models.PositiveSmallIntegerField()),
                ("size", models.PositiveIntegerField(help_text="How many people were in it.")),
                ("drawn_at", models.DateTimeField()),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("groups", models.ManyToManyField(related_name="+", to="groups.supportgroup")),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="frames", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="ApproachStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "step",
                    models.CharField(
                        choices=[
                            ("invited", "Invited"),
                            ("agreed", "Agreed"),
                            ("declined", "Declined"),
                            ("not_reached", "Not reached"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("service", "By this service"),
                            ("in_person", "In person"),
                            ("phone", "By phone"),
                            ("post", "By post"),
                            ("email", "By email"),
                        ],
                        max_length=20,
                        verbose_name="how",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_time", "No time"),
                            ("not_well", "Not well enough"),
                            ("not_for_them", "It is not for them"),
                            ("private", "Rather keep it to themselves"),
                            ("moved_on", "Rather leave that time behind"),
                            ("no_research", "Don’t want to be asked about research"),
                            ("other", "Something else"),
                            ("not_said", "Did not say"),
                        ],
                        max_length=20,
                        verbose_name="why they declined",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="in their words")),
                ("happened_on", models.DateField()),
                ("taken_at", models.DateTimeField()),
                (
                    "approach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="evaluation.approach"
                    ),
                ),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "frame",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="evaluation.samplingframe",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="approach",
            constraint=models.UniqueConstraint(fields=("study", "code"), name="approach_code_once_per_study"),
        ),
        migrations.AddConstraint(
            model_name="approach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["tutor", "role_holder", "member", "left", "never_attended", "clinician", "coordinator"],
                    )
                ),
                name="approach_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approach",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_by_service", False),
                    models.Q(
                        ("group__isnull", False), models.Q(("kind__in", ["clinician", "coordinator"]), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="service_writes_to_people_of_groups",
            ),
        ),
        migrations.AddConstraint(
            model_name="approachkey",
            constraint=models.UniqueConstraint(fields=("study", "person"), name="one_approach_per_study_and_person"),
        ),
        migrations.AddConstraint(
            model_name="samplingframe",
            constraint=models.UniqueConstraint(fields=("study", "number"), name="frame_number_once_per_study"),
        ),
        migrations.AddConstraint(
            model_name="samplingframe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kinds__contained_by", ["member", "role_holder", "tutor", "left", "never_attended"]),
                    ("kinds__len__gt", 0),
                ),
                name="frame_of_known_kinds",
            ),
        ),
        migrations.AddConstraint(
            model_name="samplingframe",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("method", "random"),
                        ("wanted__gte", 1),
                        ("wanted__isnull", False),
                        models.Q(("seed", ""), _negated=True),
                    ),
                    models.Q(("method", "whole"), ("seed", ""), ("wanted", None)),
                    _connector="OR",
                ),
                name="frame_drawn_by_a_seed_or_whole",
            ),
        ),
        migrations.AddIndex(
            model_name="approachstep",
            index=models.Index(fields=["approach", "-id"], name="approach_step_latest"),
        ),
        migrations.AddConstraint(
            model_name="approachstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["invited", "agreed", "declined", "not_reached"])),
                name="approach_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approachstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["service", "in_person", "phone", "post", "email"])),
                name="approach_way_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="approachstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "reason__in",
                            [
                                "no_time",
                                "not_well",
                                "not_for_them",
                                "private",
                                "moved_on",
                                "no_research",
                                "other",
                                "not_said",
                            ],
                        ),
                        ("step", "declined"),
                    ),
                    models.Q(models.Q(("step", "declined"), _negated=True), ("reason", ""), ("words", "")),
                    _connector="OR",
                ),
                name="declined_for_a_known_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="approachstep",
            constraint=models.CheckConstraint(
                condition=models.Q(("frame", None), models.Q(("step", "invited"), ("way", "service")), _connector="OR"),
                name="frame_invites",
            ),
        ),
        migrations.RunSQL(GUARDED, UNGUARDED),
        *(AppendOnly(table) for table in TABLES_THAT_GROW),
    ]
