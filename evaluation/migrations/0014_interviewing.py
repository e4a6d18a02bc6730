"""Topic guides, appointments, and interviews while they are held. Guides and what is noted only grow."""

import datetime
import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from peersupport.access.append_only import AppendOnly

_OF_ITS_GUIDE = """
CREATE FUNCTION refuse_prompt_of_another_guide() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.prompt_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM evaluation_topicprompt prompt JOIN evaluation_talk talk ON talk.topic_guide_id = prompt.guide_id
            WHERE prompt.id = NEW.prompt_id AND talk.id = NEW.talk_id) THEN
        RAISE EXCEPTION 'the question is not of this guide' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_talkentry_of_its_guide BEFORE INSERT ON evaluation_talkentry
    FOR EACH ROW EXECUTE FUNCTION refuse_prompt_of_another_guide();
"""
_OF_OPEN_RECORD = """
CREATE FUNCTION refuse_entry_of_locked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_step text;
BEGIN
    SELECT lock.step INTO last_step
        FROM evaluation_talk talk JOIN evaluation_recordlock lock ON lock.interview_id = talk.interview_id
        WHERE talk.id = NEW.talk_id ORDER BY lock.id DESC LIMIT 1;
    IF last_step = 'locked' THEN
        RAISE EXCEPTION 'the record is locked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evaluation_talkentry_unlocked BEFORE INSERT ON evaluation_talkentry
    FOR EACH ROW EXECUTE FUNCTION refuse_entry_of_locked();
"""
_OF_ANY_RECORD = """
    DROP TRIGGER evaluation_talkentry_unlocked ON evaluation_talkentry;
    DROP FUNCTION refuse_entry_of_locked();
"""
_OF_ANY = """
    DROP TRIGGER evaluation_talkentry_of_its_guide ON evaluation_talkentry;
    DROP FUNCTION refuse_prompt_of_another_guide();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0013_approaches"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TopicPrompt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("question", models.TextField()),
                ("probes", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="interview",
            name="second_interviewer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="study",
            name="distress_protocol",
            field=models.TextField(
                blank=True, db_default="", help_text="Blank: the one to start from.", verbose_name="distress protocol"
            ),
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("time_zone", models.CharField(max_length=64)),
                (
                    "mode",
                    models.CharField(
                        choices=[("in_person", "In person"), ("phone", "By phone"), ("video", "By video")],
                        max_length=20,
                        verbose_name="how",
                    ),
                ),
                ("place", models.CharField(max_length=300, verbose_name="where, or how to join")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("held", "Held"),
                            ("cancelled", "Cancelled"),
                            ("missed", "Did not come"),
                        ],
                        default="planned",
                        max_length=20,
                    ),
                ),
                ("cancel_reason", models.CharField(blank=True, max_length=300)),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sequence", models.PositiveIntegerField(default=0)),
                ("changed_at", models.DateTimeField(help_text="When its time, place or state last changed.")),
                ("created_at", models.DateTimeField()),
                (
                    "interview",
                    models.OneToOneField(
                        help_text="What it came to.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointment",
                        to="evaluation.interview",
                    ),
                ),
                (
                    "interviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="evaluation.participant",
                    ),
                ),
                (
                    "planned_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "second_interviewer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="appointments", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Talk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "appointment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talk",
                        to="evaluation.appointment",
                    ),
                ),
                (
                    "interview",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talk",
                        to="evaluation.interview",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talks", to="evaluation.participant"
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="talks", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "verbose_name": "notes of an interview",
                "ordering": ["-started_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="TalkEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guid", models.UUIDField(default=uuid.uuid4, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("note", "Note"),
                            ("covered", "Covered"),
                            ("uncovered", "Not covered after all"),
                            ("paused", "Distress protocol used"),
                            ("cared", "What was done"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text", models.TextField(blank=True)),
                (
                    "at",
                    models.DateTimeField(
                        help_text="When it happened; it may have come later, from a tablet without a connection."
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "talk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="evaluation.talk"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="TopicGuide",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("member", "Member"),
                            ("left", "Left the group"),
                            ("never_attended", "Never attended"),
                            ("tutor", "Patient tutor"),
                            ("clinician", "Clinician"),
                            ("coordinator", "Coordinator"),
                        ],
                        max_length=20,
                        verbose_name="who it is for",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("checksum", models.CharField(help_text="SHA-256 over questions and probes.", max_length=64)),
                ("published_at", models.DateTimeField()),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="topic_guides", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "-version"],
            },
        ),
        migrations.AddField(
            model_name="talk",
            name="topic_guide",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="talks", to="evaluation.topicguide"
            ),
        ),
        migrations.AddField(
            model_name="interview",
            name="topic_guide",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="interviews",
                to="evaluation.topicguide",
            ),
        ),
        migrations.AddConstraint(
            model_name="interview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_interviewer", None),
                    models.Q(("second_interviewer", models.F("interviewer")), _negated=True),
                    _connector="OR",
                ),
                name="interviewers_differ",
            ),
        ),
        migrations.AddField(
            model_name="topicprompt",
            name="guide",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="prompts", to="evaluation.topicguide"
            ),
        ),
        migrations.AddField(
            model_name="talkentry",
            name="prompt",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evaluation.topicprompt"
            ),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("state", "planned")), fields=["starts_at"], name="appointment_coming"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "planned")),
                fields=("participant",),
                name="one_planned_appointment_per_participant",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "held", "cancelled", "missed"])),
                name="appointment_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["in_person", "phone", "video"])), name="appointment_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "cancelled"), models.Q(("cancel_reason", ""), _negated=True)),
                    models.Q(models.Q(("state", "cancelled"), _negated=True), ("cancel_reason", "")),
                    _connector="OR",
                ),
                name="cancelled_appointment_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("starts_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_at"), "+", models.Value(datetime.timedelta(seconds=36000))
                        ),
                    ),
                ),
                name="appointment_takes_a_while",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("place", ""), _negated=True), name="appointment_has_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_interviewer", None),
                    models.Q(("second_interviewer", models.F("interviewer")), _negated=True),
                    _connector="OR",
                ),
                name="appointment_interviewers_differ",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("interview__isnull", False), ("state", "held")),
                    models.Q(models.Q(("state", "held"), _negated=True), ("interview", None)),
                    _connector="OR",
                ),
                name="held_appointment_has_interview",
            ),
        ),
        migrations.AddConstraint(
            model_name="topicguide",
            constraint=models.UniqueConstraint(
                fields=("study", "kind", "version"), name="guide_version_once_per_study_and_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="topicguide",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["", "member", "left", "never_attended", "tutor", "clinician", "coordinator"])
                ),
                name="guide_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="talk",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("participant",), name="one_open_talk_per_participant"
            ),
        ),
        migrations.AddConstraint(
            model_name="talk",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"),
                name="talk_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="talk",
            constraint=models.CheckConstraint(
                condition=models.Q(("interview", None), ("ended_at__isnull", False), _connector="OR"),
                name="recorded_talk_has_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="topicprompt",
            constraint=models.UniqueConstraint(fields=("guide", "number"), name="prompt_number_once_per_guide"),
        ),
        migrations.AddConstraint(
            model_name="topicprompt",
            constraint=models.CheckConstraint(
                condition=models.Q(("question", ""), _negated=True), name="prompt_asks_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="talkentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["note", "covered", "uncovered", "paused", "cared"])),
                name="talk_entry_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "note"), models.Q(("text", ""), _negated=True)),
                    models.Q(("kind__in", ["covered", "uncovered"]), ("prompt__isnull", False), ("text", "")),
                    models.Q(
                        ("kind__in", ["paused", "cared"]), ("prompt", None), models.Q(("text", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="talk_entry_says_what_its_kind_says",
            ),
        ),
        migrations.AddConstraint(
            model_name="talkentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("received_at__gte", models.F("at"))), name="talk_entry_received_after"
            ),
        ),
        migrations.RunSQL(_OF_ITS_GUIDE, _OF_ANY),
        migrations.RunSQL(_OF_OPEN_RECORD, _OF_ANY_RECORD),
        *(AppendOnly(table) for table in ("evaluation_topicguide", "evaluation_topicprompt", "evaluation_talkentry")),
    ]
