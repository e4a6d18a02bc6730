"""Exports are approved by a second person, can be passed on by a link or to a program, and recalled."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_UNAPPROVED = """
UPDATE evaluation_export SET state = 'failed', lease_until = NULL, finished_at = coalesce(finished_at, now()),
    failure = 'A second person has to approve exports from now on. Please ask for it again.'
    WHERE state IN ('requested', 'running');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("evaluation", "0016_guard_steps"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="what it is for")),
                (
                    "scope",
                    models.CharField(
                        choices=[("list", "See which exports there are"), ("fetch", "See them and fetch their files")],
                        max_length=10,
                        verbose_name="what it may do",
                    ),
                ),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "token for programs",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DownloadLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64, unique=True)),
                ("for_whom", models.CharField(max_length=200, verbose_name="who gets it")),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="export",
            name="one_export_at_a_time_per_study",
        ),
        migrations.RemoveConstraint(
            model_name="export",
            name="export_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="export",
            name="ready_export_has_file",
        ),
        migrations.AddField(
            model_name="export",
            name="counted",
            field=models.JSONField(
                help_text="What the tables in its report/ are made of, small numbers too; none where it has no report.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="decided_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="decision_reason",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="export",
            name="profile",
            field=models.CharField(
                choices=[
                    ("quantitative", "Numbers"),
                    ("qualitative", "Texts and codings"),
                    ("everything", "Everything"),
                ],
                default="quantitative",
                max_length=20,
                verbose_name="what goes in",
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="recall_reason",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="export",
            name="recalled_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="export",
            name="recalled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="salt",
            field=models.CharField(
                blank=True,
                help_text="Random, where its identifiers are to be like those of no other export.",
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="export",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Waiting for a second person"),
                    ("refused", "Not approved"),
                    ("approved", "Waiting to start"),
                    ("running", "Being made"),
                    ("ready", "Ready"),
                    ("failed", "Could not be made"),
                    ("recalled", "Recalled"),
                ],
                default="requested",
                max_length=20,
            ),
        ),
        migrations.RunSQL(_UNAPPROVED, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("approved", "running"))),
                fields=("study",),
                name="one_export_at_a_time_per_study",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["requested", "refused", "approved", "running", "ready", "failed", "recalled"])
                ),
                name="export_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("profile__in", ["quantitative", "qualitative", "everything"])),
                name="export_profile_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", None), ("decision_reason", "")),
                    models.Q(
                        ("decided_at__gte", models.F("requested_at")),
                        ("decided_by__isnull", False),
                        ("decision_reason__gt", ""),
                    ),
                    _connector="OR",
                ),
                name="export_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by", None),
                    models.Q(("decided_by", models.F("requested_by")), _negated=True),
                    _connector="OR",
                ),
                name="export_decided_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("state", "requested")),
                    models.Q(("decided_at__isnull", False), ("state__in", ["refused", "approved", "running"])),
                    ("state__in", ["ready", "failed", "recalled"]),
                    _connector="OR",
                ),
                name="export_goes_on_once_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["ready", "recalled"]), _negated=True),
                    models.Q(
                        models.Q(("file_name", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                        ("as_of__isnull", False),
                        ("size_bytes__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="ready_export_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state", "recalled"), _negated=True),
                        ("recall_reason", ""),
                        ("recalled_at", None),
                        ("recalled_by", None),
                    ),
                    models.Q(
                        ("recall_reason__gt", ""),
                        ("recalled_at__isnull", False),
                        ("recalled_by__isnull", False),
                        ("state", "recalled"),
                    ),
                    _connector="OR",
                ),
                name="export_recalled_whole",
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="api_tokens", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="revoked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="study",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="api_tokens", to="evaluation.study"
            ),
        ),
        migrations.AddField(
            model_name="downloadlink",
            name="export",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="download_links", to="evaluation.export"
            ),
        ),
        migrations.AddField(
            model_name="downloadlink",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="api_token_named"),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scope__in", ["list", "fetch"])), name="api_token_scope_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="api_token_runs_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at", None), ("revoked_by", None)),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                    _connector="OR",
                ),
                name="api_token_revoked_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="downloadlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="download_link_runs_out"
            ),
        ),
        migrations.AddConstraint(
            model_name="downloadlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("for_whom", ""), _negated=True), name="download_link_for_someone"
            ),
        ),
        migrations.AddConstraint(
            model_name="downloadlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("used_at", None),
                    models.Q(("used_at__gte", models.F("made_at")), ("used_at__lt", models.F("expires_at"))),
                    _connector="OR",
                ),
                name="download_link_used_in_time",
            ),
        ),
    ]
