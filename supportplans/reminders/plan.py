"""The messages about a group's plan: it waits for a word, time is short, it is to be looked at again."""

from datetime import date

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Membership, RoleTerm
from peersupport.access.roles import Role
from peersupport.reminders.registry import Email, Kind, register
from supportplans.models import MutualSupportPlan, PlanWord

ABOUT = "supportplans.plan"
PROPOSED, WORD_DUE, REVIEW = "supportplans.plan_proposed", "supportplans.word_due", "supportplans.plan_review"
ABOUT_WORDS = (PROPOSED, WORD_DUE)
GROUP_ROLES = frozenset({Role.MEMBER, Role.ROLE_HOLDER})
WHY = gettext_lazy("You get this because you belong to this group.")
_NO_PART = "They take no part in the group now."

# At once to whoever joins while a plan waits for words. The others were asked when it was proposed.
_JOINED_SINCE = """
    SELECT plan.id, membership.person_id, 0, plan.proposals, membership.joined_at,
           COALESCE(plan.words_until, membership.joined_at + interval '14 days')
    FROM supportplans_mutualsupportplan plan
    JOIN groups_membership membership ON membership.group_id = plan.group_id
    WHERE plan.state = 'proposed' AND membership.state = 'joined' AND membership.person_id IS NOT NULL
      AND membership.joined_at > plan.proposed_at AND membership.joined_at > %s AND membership.joined_at <= %s
"""

# Nine in the morning, by their own clock, two days before the last day for words; not where all had only some days.
_WORD_DUE = """
    SELECT due.id, due.person_id, 0, due.proposals, due.at, due.words_until
    FROM (
        SELECT plan.id, membership.person_id, plan.proposals, plan.words_until,
               ((plan.words_until AT TIME ZONE place.time_zone)::date - 3 + time '09:00') AT TIME ZONE person.time_zone
               AS at
        FROM supportplans_mutualsupportplan plan
        JOIN groups_supportgroup place ON place.id = plan.group_id
        JOIN groups_membership membership ON membership.group_id = plan.group_id AND membership.state = 'joined'
        JOIN members_person person ON person.id = membership.person_id
        WHERE plan.state = 'proposed' AND plan.words_until - plan.proposed_at > interval '5 days'
          AND plan.words_until BETWEEN %s + interval '1 day' AND %s + interval '5 days'
          AND NOT EXISTS (
              SELECT 1 FROM supportplans_planword word
              WHERE word.plan_id = plan.id AND word.person_id = person.id AND word.said_at >= plan.proposed_at
          )
    ) due
    WHERE due.at > %s AND due.at <= %s
"""

# Nine in the morning of the day, by their own clock: to those who look after the group, or to all where nobody does.
# The version is the day itself: another day, another mail.
_REVIEW = """
    SELECT due.id, due.person_id, 0, due.version, due.at, due.at + interval '7 days'
    FROM (
        SELECT plan.id, membership.person_id, plan.review_on - date '2000-01-01' AS version,
               (plan.review_on + time '09:00') AT TIME ZONE person.time_zone AS at
        FROM supportplans_mutualsupportplan plan
        JOIN groups_supportgroup place ON place.id = plan.group_id AND place.state NOT IN ('paused', 'closed')
        JOIN groups_membership membership ON membership.group_id = plan.group_id AND membership.state = 'joined'
        JOIN members_person person ON person.id = membership.person_id
        WHERE plan.state = 'in_use'
          AND plan.review_on BETWEEN (%s AT TIME ZONE 'UTC')::date - 1 AND (%s AT TIME ZONE 'UTC')::date + 1
          AND NOT EXISTS (
              SELECT 1 FROM supportplans_mutualsupportplan newer
              WHERE newer.group_id = plan.group_id AND newer.state IN ('draft', 'proposed')
          )
          AND (membership.person_id IN {holders} OR NOT EXISTS {holders})
    ) due
    WHERE due.at > %s AND due.at <= %s
""".replace(
    "{holders}",
    """(
              SELECT term.person_id FROM groups_roleterm term
              JOIN groups_membership holder ON holder.group_id = term.group_id AND holder.person_id = term.person_id
              WHERE term.group_id = plan.group_id AND term.role = ANY (%s)
                AND term.accepted_at IS NOT NULL AND term.ended_at IS NULL AND holder.state = 'joined'
          )""",
)


def plan_proposed(since, until):
    return _JOINED_SINCE, [since, until]


def plan_words_due(since, until):
    return _WORD_DUE, [since, until, since, until]


def plan_reviews(since, until):
    roles = list(RoleTerm.OF_GROUP)
    return _REVIEW, [since, until, roles, roles, since, until]


def plan_rows():
    """Plans with what is asked of them for many members at once.

    `members` are the keys of those who take part in the group now, `heard` of those whose word counts already.
    """
    being_made = MutualSupportPlan.objects.being_made().filter(group=OuterRef("group"))
    joined = Membership.objects.joined().filter(group=OuterRef("group"), person__isnull=False).order_by()
    words = PlanWord.objects.counting().filter(plan=OuterRef("pk")).order_by()
    return MutualSupportPlan.objects.select_related("group").annotate(
        has_newer=Exists(being_made),
        members=ArraySubquery(joined.values("person")),
        heard=ArraySubquery(words.values("person")),
    )


def reason_not_to_ask(message, plan, now):
    if plan.state != MutualSupportPlan.State.PROPOSED or plan.proposals != message.schedule_version:
        return "The plan is not waiting for words any more."
    if message.recipient_id not in plan.members:
        return _NO_PART
    return "They have said their word." if message.recipient_id in plan.heard else ""


def reason_not_to_remind(message, plan, now):
    if plan.state != MutualSupportPlan.State.IN_USE or plan.has_newer:
        return "The group is working on a new version, or has one."
    if not plan.review_on or _version_of(plan.review_on) != message.schedule_version:
        return "The day was changed."
    return "" if message.recipient_id in plan.members else _NO_PART


def compose_proposed(message, plan):
    return _mail(plan, _("Your group has a plan for you to read"), "plan_proposed", _("Read it and say what you think"))


def compose_word_due(message, plan):
    return _mail(plan, _("There is still time to say what you think"), "word_due", _("Read it and say what you think"))


def compose_review(message, plan):
    return _mail(plan, _("Time to look at something again"), "plan_review", _("Look at it"))


def _mail(plan, subject, template, label):
    return Email(
        subject=subject,
        template=f"emails/supportplans/{template}",
        context={"plan": plan},
        action=(label, f"{settings.BASE_URL}{plan.get_absolute_url()}"),
    )


def _version_of(day):
    return (day - date(2000, 1, 1)).days


register(
    Kind(
        name=PROPOSED,
        label=gettext_lazy("A support plan waits for your word"),
        why=WHY,
        rows=plan_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_proposed,
        plan=plan_proposed,
        subject=ABOUT,
    )
)
register(
    Kind(
        name=WORD_DUE,
        label=gettext_lazy("The time to give your word on a support plan is nearly over"),
        why=WHY,
        rows=plan_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_word_due,
        plan=plan_words_due,
        subject=ABOUT,
        at_most_once=True,
        roles=frozenset({Role.MEMBER}),
    )
)
register(
    Kind(
        name=REVIEW,
        label=gettext_lazy("It is time to look at your group's support plan again"),
        why=gettext_lazy("You get this because your group chose a day to look at its plan again."),
        rows=plan_rows,
        reason_not_to_send=reason_not_to_remind,
        compose=compose_review,
        plan=plan_reviews,
        subject=ABOUT,
        at_most_once=True,
        roles=GROUP_ROLES,
    )
)
