"""The e-mails about roles: someone is asked to take one on, has taken one over, or meant to do it until soon."""

from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import RoleTerm
from peersupport.access.roles import ORGANISERS
from peersupport.reminders.registry import Email, Kind, register

KIND = "groups.role_offered"
TAKEN_OVER = "groups.role_taken_over"
ENDING = "groups.role_ending"

# Nine in the morning two weeks before, by their own clock. The version is the day itself: another day, another mail.
_ENDING = """
    SELECT soon.id, soon.person_id, 0, soon.ends_on - date '2000-01-01', soon.at, soon.at + interval '14 days'
    FROM (
        SELECT term.id, term.person_id, term.ends_on,
               (term.ends_on - 14 + time '09:00') AT TIME ZONE person.time_zone AS at
        FROM groups_roleterm term
        JOIN members_person person ON person.id = term.person_id
        WHERE term.ended_at IS NULL AND term.accepted_at IS NOT NULL
          AND term.ends_on BETWEEN (%s AT TIME ZONE 'UTC')::date + 13 AND (%s AT TIME ZONE 'UTC')::date + 15
    ) soon
    WHERE soon.at > %s AND soon.at <= %s
"""


def term_rows():
    return RoleTerm.objects.select_related("group", "programme", "person", "offered_by")


def reason_not_to_send(message, term, now):
    if term.ended_at:
        return "The role is not on offer any more."
    return "It has been accepted already." if term.accepted_at else ""


def compose(message, term):
    asker = term.offered_by.preferred_name
    return Email(
        subject=_("%(name)s asks for your help") % {"name": asker},
        template="emails/groups/role_offered",
        context={"term": term, "asker": asker},
        action=(_("Say yes or no"), settings.BASE_URL + reverse("groups:role_list")),
    )


def reason_not_to_tell(message, term, now):
    return "The role has ended." if term.ended_at else ""


def compose_taken_over(message, term):
    return Email(
        subject=_("You have taken over a role"),
        template="emails/groups/role_taken_over",
        context={"term": term},
        action=(_("Look at your group"), settings.BASE_URL + term.place.get_absolute_url()),
    )


def plan_ending(since, until):
    return _ENDING, [since, until, since, until]


def reason_not_to_ask(message, term, now):
    if term.ended_at:
        return "The role has ended."
    return "" if term.ends_on and _version_of(term) == message.schedule_version else "The day was changed."


def compose_ending(message, term):
    return Email(
        subject=_("Is it someone else's turn?"),
        template="emails/groups/role_ending",
        context={"term": term},
        action=(_("Your roles"), settings.BASE_URL + reverse("groups:role_list")),
    )


def _version_of(term):
    return (term.ends_on - date(2000, 1, 1)).days


register(
    Kind(
        name=KIND,
        label=gettext_lazy("Someone asks you to take on a role"),
        why=gettext_lazy("You get this because someone asked you to take on a role."),
        rows=term_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        can_turn_off=False,
    )
)
register(
    Kind(
        name=TAKEN_OVER,
        label=gettext_lazy("A role is handed over to you"),
        why=gettext_lazy("You get this because you said that you would step in."),
        rows=term_rows,
        reason_not_to_send=reason_not_to_tell,
        compose=compose_taken_over,
        can_turn_off=False,
    )
)
register(
    Kind(
        name=ENDING,
        label=gettext_lazy("The day until which you meant to do a role is near"),
        why=gettext_lazy("You get this because you said until when you would do it."),
        rows=term_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_ending,
        plan=plan_ending,
        roles=ORGANISERS,
    )
)
