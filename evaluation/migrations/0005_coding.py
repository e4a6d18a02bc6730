import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from peersupport.access.append_only import AppendOnly

TRUE_TO_TEXT = """
CREATE FUNCTION keep_coding_true() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed timestamptz;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a coding is taken back, not deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.taken_back_at IS NOT NULL OR (NEW.source_id, NEW.code_id, NEW.coder_id, NEW.round_id,
        NEW.guid, NEW.start, NEW."end", NEW.coded_at) IS DISTINCT FROM (OLD.source_id, OLD.code_id, OLD.coder_id,
        OLD.round_id, OLD.guid, OLD.start, OLD."end", OLD.coded_at))
    THEN
        RAISE EXCEPTION 'a coding stays as it was made' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.round_id IS NOT NULL THEN
        SELECT closed_at INTO closed FROM evaluation_codinground WHERE id = NEW.round_id FOR SHARE;
        IF closed IS NOT NULL THEN
            RAISE EXCEPTION 'the round of this coding is closed' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'INSERT' AND NOT EXISTS (
        SELECT FROM evaluation_source text JOIN evaluation_code code ON code.study_id = text.study_id
        WHERE text.id = NEW.source_id AND code.id = NEW.code_id AND NEW."end" <= char_length(text.text)
    ) THEN
        RAISE EXCEPTION 'a coding lies within its text and its study' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER evaluation_coding_true BEFORE INSERT OR UPDATE OR DELETE ON evaluation_coding
    FOR EACH ROW EXECUTE FUNCTION keep_coding_true();
"""
UNGUARDED = """
DROP TRIGGER evaluation_coding_true ON evaluation_coding;
DROP FUNCTION keep_coding_true;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0004_guard_redaction"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("definition", models.TextField(blank=True, verbose_name="definition")),
                ("position", models.PositiveIntegerField(help_text="Order among those with the same parent.")),
                (
                    "colour",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "Green, plain line"),
                            (2, "Orange, double line"),
                            (3, "Purple, dotted line"),
                            (4, "Blue, dashed line"),
                            (5, "Red, wavy line"),
                            (6, "Grey, thick line"),
                        ],
                        verbose_name="colour",
                    ),
                ),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="evaluation.code",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="evaluation.code",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CellSummary",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("text", models.TextField(blank=True, verbose_name="summary")),
                ("written_at", models.DateTimeField()),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="summaries",
                        to="evaluation.participant",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="summaries", to="evaluation.code"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="CodingRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("started_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "closed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("coders", models.ManyToManyField(related_name="coding_rounds", to=settings.AUTH_USER_MODEL)),
                ("sources", models.ManyToManyField(related_name="coding_rounds", to="evaluation.source")),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coding_rounds", to="evaluation.study"
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Coding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("guid", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("coded_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to="evaluation.code"
                    ),
                ),
                (
                    "coder",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="codings", to="evaluation.source"
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codings",
                        to="evaluation.codinground",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Memo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="memo")),
                ("written_at", models.DateTimeField()),
                (
                    "code",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memos",
                        to="evaluation.code",
                    ),
                ),
                (
                    "coding",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memos",
                        to="evaluation.coding",
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memos",
                        to="evaluation.participant",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memos",
                        to="evaluation.source",
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memos", to="evaluation.study"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-written_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(choices=[("applies", "Applies"), ("does_not", "Does Not")], max_length=10),
                ),
                ("note", models.TextField()),
                ("settled_at", models.DateTimeField()),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evaluation.code"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="evaluation.codinground",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evaluation.source"
                    ),
                ),
            ],
            options={
                "ordering": ["settled_at", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.UniqueConstraint(
                models.F("study"),
                django.db.models.functions.text.Lower("name"),
                condition=models.Q(("ended_at", None)),
                name="code_name_once_per_study",
            ),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="code_has_name"),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None), models.Q(("parent", models.F("pk")), _negated=True), _connector="OR"
                ),
                name="code_is_not_its_own_parent",
            ),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None),
                    models.Q(("ended_at__isnull", False), models.Q(("merged_into", models.F("pk")), _negated=True)),
                    _connector="OR",
                ),
                name="code_merged_is_ended_and_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(("colour__gte", 1), ("colour__lte", 6)), name="code_colour_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="cellsummary",
            constraint=models.UniqueConstraint(
                fields=("participant", "code", "number"), name="cell_summary_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="codinground",
            constraint=models.UniqueConstraint(fields=("study", "number"), name="coding_round_number_once"),
        ),
        migrations.AddConstraint(
            model_name="codinground",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("closed_by", None)),
                    models.Q(("closed_at__gte", models.F("started_at")), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="coding_round_closed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="coding_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at", None)),
                fields=("source", "code", "coder", "start", "end", "round"),
                name="coding_stands_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="coding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_at", None), ("taken_back_by", None)),
                    models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                    _connector="OR",
                ),
                name="coding_taken_back_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="memo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("code__isnull", True),
                        ("coding__isnull", True),
                        ("participant__isnull", True),
                        ("source__isnull", True),
                    ),
                    models.Q(
                        ("code__isnull", True),
                        ("coding__isnull", True),
                        ("participant__isnull", True),
                        ("source__isnull", False),
                    ),
                    models.Q(
                        ("code__isnull", False),
                        ("coding__isnull", True),
                        ("participant__isnull", True),
                        ("source__isnull", True),
                    ),
                    models.Q(
                        ("code__isnull", True),
                        ("coding__isnull", False),
                        ("participant__isnull", True),
                        ("source__isnull", True),
                    ),
                    models.Q(
                        ("code__isnull", True),
                        ("coding__isnull", True),
                        ("participant__isnull", False),
                        ("source__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="memo_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="memo",
            constraint=models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="memo_has_text"),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__gt", models.F("start"))), name="settlement_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("note", ""), _negated=True), name="settlement_has_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["applies", "does_not"])), name="settlement_outcome_known"
            ),
        ),
        migrations.RunSQL(TRUE_TO_TEXT, UNGUARDED),
        *(AppendOnly(table) for table in ("evaluation_memo", "evaluation_cellsummary", "evaluation_settlement")),
    ]
