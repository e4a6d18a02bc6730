"""Drafts, levels, goals that came from another, and reviews that nobody changes."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from peersupport.access.append_only import AppendOnly

_TWICE = {"help_text": "Made with the form, so that a form sent twice is one entry."}
_FILL = """
    UPDATE supportplans_goal SET client_id = gen_random_uuid(), started_at = CASE WHEN state <> 'draft' THEN created_at END;
    UPDATE supportplans_goalreview SET client_id = gen_random_uuid(), recorded_at = reviewed_at;
    SET CONSTRAINTS ALL IMMEDIATE;
"""
# A level belongs to a draft, before and after the change; a goal that was started is never a draft again.
_FIXED_LEVELS = """
CREATE FUNCTION refuse_level_of_started_goal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_goal bigint;
BEGIN
    FOREACH its_goal IN ARRAY
        CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.goal_id] WHEN 'DELETE' THEN ARRAY[OLD.goal_id]
        ELSE ARRAY[OLD.goal_id, NEW.goal_id] END
    LOOP
        PERFORM 1 FROM supportplans_goal WHERE id = its_goal AND state = 'draft' FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'levels are fixed once a goal is started' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER supportplans_goallevel_fixed BEFORE INSERT OR UPDATE OR DELETE ON supportplans_goallevel
    FOR EACH ROW EXECUTE FUNCTION refuse_level_of_started_goal();

CREATE FUNCTION refuse_draft_of_started_goal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a goal that was started is no draft again' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER supportplans_goal_stays_started BEFORE UPDATE ON supportplans_goal
    FOR EACH ROW WHEN (OLD.started_at IS NOT NULL AND NEW.started_at IS DISTINCT FROM OLD.started_at)
    EXECUTE FUNCTION refuse_draft_of_started_goal();
"""
_NO_FIXED_LEVELS = """
    DROP TRIGGER supportplans_goallevel_fixed ON supportplans_goallevel;
    DROP FUNCTION refuse_level_of_started_goal();
    DROP TRIGGER supportplans_goal_stays_started ON supportplans_goal;
    DROP FUNCTION refuse_draft_of_started_goal();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supportplans", "0004_personal_plan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("goal", "client_id", models.UUIDField(null=True, **_TWICE)),
        migrations.AddField(
            "goal",
            "changed_from",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="changed_into",
                to="supportplans.goal",
                help_text="The goal it was before.",
            ),
        ),
        migrations.AddField(
            "goal",
            "is_step_kept",
            models.BooleanField(default=False, help_text="Not sure of the step, and wants no smaller one."),
        ),
        migrations.AddField(
            "goal",
            "revision",
            models.PositiveIntegerField(default=0, help_text="Rises with each saving: nothing is overwritten unseen."),
        ),
        migrations.AddField(
            "goal",
            "started_at",
            models.DateTimeField(null=True, help_text="When it was a draft no more; its levels are fixed since."),
        ),
        migrations.AddField("goalreview", "client_id", models.UUIDField(null=True, **_TWICE)),
        migrations.AddField("goalreview", "recorded_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AlterField("goal", "client_id", models.UUIDField(default=uuid.uuid4, **_TWICE)),
        migrations.AlterField("goalreview", "client_id", models.UUIDField(default=uuid.uuid4, **_TWICE)),
        migrations.AlterField("goalreview", "recorded_at", models.DateTimeField()),
        migrations.AddConstraint(
            "goal", models.UniqueConstraint(fields=["person", "client_id"], name="goal_sent_twice_is_one")
        ),
        migrations.AddConstraint(
            "goal",
            models.CheckConstraint(
                condition=Q(state="draft", started_at=None) | (~Q(state="draft") & Q(started_at__isnull=False)),
                name="goal_started_unless_draft",
            ),
        ),
        migrations.AddConstraint(
            "goal",
            models.CheckConstraint(
                condition=Q(changed_from=None) | ~Q(changed_from=F("pk")), name="goal_not_changed_from_itself"
            ),
        ),
        migrations.AddIndex("goal", models.Index(fields=["person", "-created_at", "-id"], name="goal_newest")),
        migrations.AddConstraint(
            "goalreview",
            models.UniqueConstraint(fields=["goal", "client_id"], name="goalreview_sent_twice_is_one"),
        ),
        migrations.AddConstraint(
            "goalreview",
            models.CheckConstraint(condition=Q(reviewed_at__lte=F("recorded_at")), name="review_of_the_past"),
        ),
        migrations.CreateModel(
            "GoalLevel",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.SmallIntegerField(
                        choices=[
                            (2, "Much more than I hope for"),
                            (1, "A bit more than I hope for"),
                            (0, "What I hope for"),
                            (-1, "A bit less than I hope for"),
                            (-2, "Much less, or as it is now"),
                        ]
                    ),
                ),
                ("text", models.TextField(verbose_name="what it looks like")),
                (
                    "goal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levels",
                        to="supportplans.goal",
                    ),
                ),
            ],
            {
                "ordering": ["-level"],
                "constraints": [
                    models.UniqueConstraint(fields=("goal", "level"), name="one_text_per_level_of_a_goal"),
                    models.CheckConstraint(condition=Q(level__range=(-2, 2)), name="goal_level_known"),
                    models.CheckConstraint(condition=~Q(text=""), name="goal_level_says_something"),
                ],
            },
        ),
        migrations.RunSQL(_FIXED_LEVELS, _NO_FIXED_LEVELS),
        AppendOnly("supportplans_goalreview"),
    ]
