"""Hang what is shared on the owner's membership, let a member be chosen by name, and let it be hidden."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# The membership that was current when it was shared and still is. Any other share has ended, and says nothing more.
_OWN_MEMBERSHIP = """
    UPDATE supportplans_goalshare share SET membership_id = membership.id
    FROM groups_membership membership, supportplans_goal goal
    WHERE goal.id = share.item_id AND membership.person_id = goal.person_id AND membership.group_id = share.group_id
      AND membership.state IN ('joined', 'paused') AND membership.joined_at <= share.shared_at;
    DELETE FROM supportplans_goalshare WHERE membership_id IS NULL;
    SET CONSTRAINTS ALL IMMEDIATE;
"""
_MEMBERSHIP = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "groups.membership"}


class Migration(migrations.Migration):
    dependencies = [
        ("groups", "0010_call"),
        ("supportplans", "0002_keep_in_touch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions("goal", {"verbose_name": "goal"}),
        migrations.RemoveConstraint("goalshare", "goal_shared_once_per_group"),
        migrations.RenameField("goalshare", "goal", "item"),
        migrations.AddField("goalshare", "membership", models.ForeignKey(null=True, **_MEMBERSHIP)),
        migrations.AddField("goalshare", "chosen", models.ForeignKey(null=True, **_MEMBERSHIP)),
        migrations.AddField("goalshare", "hidden_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "goalshare",
            "hidden_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "goalshare",
            "hidden_reason",
            models.TextField(blank=True, help_text="What the owner reads about it."),
        ),
        migrations.RunSQL(_OWN_MEMBERSHIP, migrations.RunSQL.noop),
        migrations.AlterField("goalshare", "membership", models.ForeignKey(**_MEMBERSHIP)),
        migrations.RemoveField("goalshare", "group"),
        migrations.AddConstraint(
            "goalshare",
            models.UniqueConstraint(
                fields=["item", "membership", "chosen"], nulls_distinct=False, name="goalshare_once"
            ),
        ),
        migrations.AddConstraint(
            "goalshare",
            models.CheckConstraint(
                condition=Q(chosen=None) | ~Q(chosen=F("membership")), name="goalshare_not_with_oneself"
            ),
        ),
        migrations.AddConstraint(
            "goalshare",
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | (Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason="")),
                name="goalshare_hidden_with_reason",
            ),
        ),
    ]
