"""The e-mails between two who keep in touch: one asks, one says yes, it is time, and it was time some days ago.

They go to the two alone, and hold no word on how to reach anyone: that stands on the page behind the sign-in.
"""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.access.roles import Role
from peersupport.reminders.registry import Email, Kind, register
from supportplans.models import KeepInTouch

ABOUT = "supportplans.keep_in_touch"
ASKED, STARTED = "supportplans.pair_asked", "supportplans.pair_started"
DUE, MISSED = "supportplans.check_in", "supportplans.check_in_missed"
ABOUT_A_PAIR = (ASKED, STARTED, DUE, MISSED)
MEMBERS = frozenset({Role.MEMBER})
WHY = gettext_lazy("You get this because you turned on keeping in touch.")
#: Days from when they should have spoken to the one more reminder. There is none after that.
MISSED_AFTER_DAYS = 3

# Ten in the morning, some days after they should have spoken, by the clock of whoever's turn it is.
_CHECK_IN = """
    SELECT due.id, due.person_id, 0, due.schedule_version, due.at, due.at + interval '3 days'
    FROM (
        SELECT pair.id, turn.person_id, pair.schedule_version,
               (pair.due_on + %s + time '10:00') AT TIME ZONE person.time_zone AS at
        FROM supportplans_keepintouch pair
        JOIN groups_membership turn ON turn.id = pair.next_by_id
        JOIN members_person person ON person.id = turn.person_id
        WHERE pair.state = 'on' AND NOT pair.is_resting
          AND pair.due_on + %s BETWEEN (%s AT TIME ZONE 'UTC')::date - 1 AND (%s AT TIME ZONE 'UTC')::date + 1
    ) due
    WHERE due.at > %s AND due.at <= %s
"""


def plan_due(since, until):
    return _CHECK_IN, [0, 0, since, until, since, until]


def plan_missed(since, until):
    return _CHECK_IN, [MISSED_AFTER_DAYS, MISSED_AFTER_DAYS, since, until, since, until]


def pair_rows():
    return KeepInTouch.objects.with_truth().select_related("first__person", "second__person", "next_by")


def reason_not_to_ask(message, pair, now):
    if pair.state != KeepInTouch.State.ASKED or not pair.holds:
        return "It is not asked any more."
    return "They have said yes." if _agreed_at(message, pair) else ""


def reason_not_to_tell(message, pair, now):
    return "" if pair.state == KeepInTouch.State.ON and pair.holds else "They don't keep in touch any more."


def reason_not_to_remind(message, pair, now):
    if reason := reason_not_to_tell(message, pair, now):
        return reason
    if pair.next_by.person_id != message.recipient_id:
        return "It is not their turn."
    return "" if pair.schedule_version == message.schedule_version else "They have been in touch."


def compose_asked(message, pair):
    return _mail(message, pair, _("%(name)s and you: will you keep in touch?"), "pair_asked", _("Say yes, or not now"))


def compose_started(message, pair):
    return _mail(message, pair, _("%(name)s said yes"), "pair_started", _("See how to reach them"))


def compose_due(message, pair):
    return _mail(message, pair, _("Time to get in touch with %(name)s"), "check_in", _("How to reach them"))


def compose_missed(message, pair):
    return _mail(
        message, pair, _("Still time to get in touch with %(name)s"), "check_in_missed", _("How to reach them")
    )


def _mail(message, pair, subject, template, label):
    other = pair.second if pair.first.person_id == message.recipient_id else pair.first
    name = other.person.preferred_name
    return Email(
        subject=subject % {"name": name},
        template=f"emails/supportplans/{template}",
        context={"pair": pair, "name": name},
        action=(label, f"{settings.BASE_URL}{pair.get_absolute_url()}"),
    )


def _agreed_at(message, pair):
    return pair.first_agreed_at if pair.first.person_id == message.recipient_id else pair.second_agreed_at


register(
    Kind(
        name=ASKED,
        label=gettext_lazy("Someone asks whether you keep in touch"),
        why=WHY,
        rows=pair_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_asked,
        subject=ABOUT,
        roles=MEMBERS,
    )
)
register(
    Kind(
        name=STARTED,
        label=gettext_lazy("Someone says yes to keeping in touch"),
        why=WHY,
        rows=pair_rows,
        reason_not_to_send=reason_not_to_tell,
        compose=compose_started,
        subject=ABOUT,
        roles=MEMBERS,
    )
)
register(
    Kind(
        name=DUE,
        label=gettext_lazy("It is your turn to get in touch with someone"),
        why=WHY,
        rows=pair_rows,
        reason_not_to_send=reason_not_to_remind,
        compose=compose_due,
        plan=plan_due,
        subject=ABOUT,
        at_most_once=True,
        roles=MEMBERS,
    )
)
register(
    Kind(
        name=MISSED,
        label=gettext_lazy("One more reminder, if you have not been in touch"),
        why=WHY,
        rows=pair_rows,
        reason_not_to_send=reason_not_to_remind,
        compose=compose_missed,
        plan=plan_missed,
        subject=ABOUT,
        at_most_once=True,
        roles=MEMBERS,
    )
)
