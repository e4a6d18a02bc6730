import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A finished report stays as it is, whoever asks: its owner may only take it out, and what was taken out may be erased.
FIXED = """
CREATE FUNCTION keep_self_report_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.taken_out_at IS NOT NULL THEN RETURN OLD; END IF;
    ELSIF (NEW.person_id, NEW.instrument, NEW.version, NEW.started_at)
        IS NOT DISTINCT FROM (OLD.person_id, OLD.instrument, OLD.version, OLD.started_at)
        AND (OLD.finished_at IS NULL OR NEW.finished_at IS NOT DISTINCT FROM OLD.finished_at)
        AND (OLD.taken_out_at IS NULL OR NEW.taken_out_at IS NOT DISTINCT FROM OLD.taken_out_at)
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a finished self-report stays as it is' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION keep_self_report_answers_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE report supportplans_selfreport;
BEGIN
    SELECT * INTO report FROM supportplans_selfreport
    WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.report_id ELSE OLD.report_id END FOR SHARE;
    IF TG_OP = 'DELETE' AND report.taken_out_at IS NOT NULL THEN RETURN OLD; END IF;
    IF TG_OP <> 'DELETE' AND report.finished_at IS NULL AND report.taken_out_at IS NULL THEN
        IF TG_OP = 'INSERT' OR (NEW.report_id, NEW.item) = (OLD.report_id, OLD.item) THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'answers of a finished self-report stay as they are' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION keep_self_report_scores_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM supportplans_selfreport WHERE id = OLD.report_id AND taken_out_at IS NOT NULL
    ) THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'scores of a self-report stay as they are' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER selfreport_fixed BEFORE UPDATE OR DELETE ON supportplans_selfreport
    FOR EACH ROW EXECUTE FUNCTION keep_self_report_fixed();
CREATE TRIGGER selfreportanswer_fixed BEFORE INSERT OR UPDATE OR DELETE ON supportplans_selfreportanswer
    FOR EACH ROW EXECUTE FUNCTION keep_self_report_answers_fixed();
CREATE TRIGGER selfreportscore_fixed BEFORE UPDATE OR DELETE ON supportplans_selfreportscore
    FOR EACH ROW EXECUTE FUNCTION keep_self_report_scores_fixed();
"""
LOOSE = """
DROP TRIGGER selfreportscore_fixed ON supportplans_selfreportscore;
DROP TRIGGER selfreportanswer_fixed ON supportplans_selfreportanswer;
DROP TRIGGER selfreport_fixed ON supportplans_selfreport;
DROP FUNCTION keep_self_report_scores_fixed();
DROP FUNCTION keep_self_report_answers_fixed();
DROP FUNCTION keep_self_report_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supportplans", "0007_shared_plans_and_pacing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SelfReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("instrument", models.CharField(max_length=32)),
                ("version", models.PositiveSmallIntegerField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("taken_out_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="self_reports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "self-report",
            },
        ),
        migrations.CreateModel(
            name="SelfReportAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=32)),
                ("value", models.SmallIntegerField(null=True)),
                (
                    "missing",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("skipped", "Skipped"),
                            ("prefer_not", "Rather not say"),
                        ],
                        max_length=20,
                    ),
                ),
                ("answered_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="supportplans.selfreport",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SelfReportScore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=32)),
                ("value", models.DecimalField(decimal_places=1, max_digits=6, null=True)),
                ("reason", models.CharField(blank=True, help_text="Why there is no value.", max_length=20)),
                ("scorer", models.CharField(max_length=20)),
                ("scorer_version", models.PositiveSmallIntegerField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scores", to="supportplans.selfreport"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SelfReportWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_on", models.BooleanField(default=True)),
                (
                    "instruments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=32), help_text="Codes of what they chose."
                    ),
                ),
                (
                    "rhythm_weeks",
                    models.PositiveSmallIntegerField(
                        choices=[(2, "Every 2 weeks"), (4, "Every 4 weeks"), (12, "Every 12 weeks")],
                        help_text="None: never asked.",
                        null=True,
                    ),
                ),
                ("first_on", models.DateField(help_text="The first day on which they are asked.", null=True)),
                (
                    "left_out_on",
                    models.DateField(help_text="The last day asked of which they said: not this time.", null=True),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="self_report_wish",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="selfreport",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False), ("taken_out_at", None)),
                fields=["person", "instrument", "-finished_at"],
                name="selfreport_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None), ("taken_out_at", None)),
                fields=("person", "instrument"),
                name="one_open_self_report_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("finished_at", None), ("finished_at__gte", models.F("started_at")), _connector="OR"
                ),
                name="self_report_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreportanswer",
            constraint=models.UniqueConstraint(fields=("report", "item"), name="self_report_item_answered_once"),
        ),
        migrations.AddConstraint(
            model_name="selfreportanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("missing", ""), ("value__isnull", False)),
                    models.Q(("missing__in", ["skipped", "prefer_not"]), ("value", None)),
                    _connector="OR",
                ),
                name="self_report_answer_or_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreportscore",
            constraint=models.UniqueConstraint(
                fields=("report", "code", "scorer_version"), name="self_report_scored_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreportscore",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("value__isnull", False)),
                    models.Q(("reason", "answers_missing"), ("value", None)),
                    _connector="OR",
                ),
                name="self_report_score_or_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="selfreportwish",
            index=models.Index(
                condition=models.Q(("first_on__isnull", False), ("is_on", True)),
                fields=["first_on"],
                name="selfreport_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreportwish",
            constraint=models.CheckConstraint(
                condition=models.Q(("instruments__len__gt", 0)), name="self_report_wish_of_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="selfreportwish",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("first_on", None), ("rhythm_weeks", None)),
                    models.Q(
                        ("first_on__isnull", False),
                        ("rhythm_weeks__in", [2, 4, 12]),
                        ("rhythm_weeks__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="self_report_rhythm_known",
            ),
        ),
        migrations.RunSQL(FIXED, LOOSE),
    ]
