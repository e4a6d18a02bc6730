"""The gentle question to role holders whether their group still goes on, once for each quiet time."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import RoleTerm, SupportGroup
from groups.models.group import QUIET
from peersupport.access.roles import ORGANISERS
from peersupport.reminders.registry import Email, Kind, register

STILL_GOING = "groups.still_going"
#: The question is of no use later than this.
LASTS = timedelta(days=14)

# The version is the minute since when the group is quiet: one question for each quiet time, whatever else changes.
_QUIET = """
    SELECT term.group_id, term.person_id, 0, floor(extract(epoch FROM quiet.quiet_since) / 60)::int,
           quiet.quiet_since + %s, quiet.quiet_since + %s
    FROM groups_supportgroup quiet
    JOIN groups_roleterm term ON term.group_id = quiet.id AND term.accepted_at IS NOT NULL AND term.ended_at IS NULL
        AND term.role = ANY (%s)
    WHERE quiet.state IN ('forming', 'active') AND quiet.quiet_since > %s AND quiet.quiet_since <= %s
    GROUP BY term.group_id, term.person_id, quiet.quiet_since
"""


def plan_still_going(since, until):
    return _QUIET, [QUIET, QUIET + LASTS, list(RoleTerm.OF_GROUP), since - QUIET, until - QUIET]


def group_rows():
    """Groups with `looked_after_by`: the keys of the people who do."""
    terms = RoleTerm.objects.current().looking_after_group().filter(group=OuterRef("pk")).order_by()
    return SupportGroup.objects.annotate(looked_after_by=ArraySubquery(terms.values("person")))


def reason_not_to_send(message, group, now):
    if not group.is_under_way:
        return "The group is having a break or has ended."
    if message.schedule_version != _version_of(group):
        return "Something was heard of the group since."
    return "" if message.recipient_id in group.looked_after_by else "They don't look after the group any more."


def compose(message, group):
    return Email(
        subject=_("Are you still going?"),
        template="emails/groups/still_going",
        context={"group": group},
        action=(_("Say how it is"), settings.BASE_URL + reverse("groups:group_still_going", args=[group.pk])),
    )


def _version_of(group):
    """Whole minutes since 1970, as in the plan."""
    return (group.quiet_since - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1)


register(
    Kind(
        name=STILL_GOING,
        label=gettext_lazy("Is your group still going, after 12 quiet weeks"),
        why=gettext_lazy("You get this because you look after this group."),
        rows=group_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        plan=plan_still_going,
        roles=ORGANISERS,
    )
)
