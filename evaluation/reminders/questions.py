"""What a participant hears of a study's questions: once when they open, and at most twice while they wait."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.consent import askable
from evaluation.models import Administration, Occasion
from evaluation.services.occasion import OPEN, WAITING
from peersupport.access.roles import Role
from peersupport.reminders import clock
from peersupport.reminders.registry import Email, Kind, register
from peersupport.spoken import spoken_date

WHY = gettext_lazy("You get this because you said that a study may ask you questions.")
ABOUT = "evaluation.occasion"

# A week after they opened, where that is well before the end; and two days before the end. The schedule version tells
# the two apart.
_WAITING = """
    SELECT waiting.id, key.person_id, 0, waiting.version, waiting.at, waiting.closes_at
    FROM (
        SELECT id, participant_id, closes_at, 1 AS version, opened_at + interval '7 days' AS at
        FROM evaluation_occasion
        WHERE opened_at > %s - interval '7 days' AND opened_at <= %s - interval '7 days'
          AND closes_at > opened_at + interval '11 days'
        UNION ALL
        SELECT id, participant_id, closes_at, 2, closes_at - interval '2 days'
        FROM evaluation_occasion
        WHERE closes_at > %s + interval '2 days' AND closes_at <= %s + interval '2 days'
          AND closes_at > opened_at + interval '4 days'
    ) waiting
    JOIN evaluation_identitykey key ON key.participant_id = waiting.participant_id AND key.person_id IS NOT NULL
    WHERE EXISTS (
        SELECT FROM evaluation_administration administration
        WHERE administration.occasion_id = waiting.id AND administration.closed_at IS NULL
    )
"""


def plan_waiting(since, until):
    return _WAITING, [since, until, since, until]


def occasion_rows():
    """With what has to be true as a message goes out."""
    return Occasion.objects.select_related("study", "participant__identity_key").annotate(
        is_open=Exists(Administration.objects.open().filter(occasion=OuterRef("pk"))),
        is_askable=Exists(askable(clock.now()).filter(pk=OuterRef("participant"))),
    )


def reason_not_to_send(message, occasion, now):
    if not occasion.is_open:
        return "It is answered, or closed."
    if occasion.participant.identity_key.person_id != message.recipient_id:
        return "They are not the one who is asked."
    return "" if occasion.is_askable else "They may not be asked any more."


def compose_open(message, occasion):
    return _mail(occasion, _("A study has some questions for you"))


def compose_waiting(message, occasion):
    return _mail(occasion, _("A study's questions wait for you until %(day)s") % {"day": _last_day(occasion)})


def _mail(occasion, subject):
    return Email(
        subject=subject,
        template="emails/evaluation/questions",
        context={"study": occasion.study, "last_day": _last_day(occasion)},
        action=(_("See the questions, or say: not this time"), settings.BASE_URL + occasion.get_absolute_url()),
    )


def _last_day(occasion):
    return spoken_date(timezone.localdate(occasion.closes_at))


register(
    Kind(
        name=OPEN,
        label=gettext_lazy("A study has questions for you"),
        why=WHY,
        rows=occasion_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_open,
        subject=ABOUT,
        roles=frozenset({Role.PARTICIPANT}),
    )
)
register(
    Kind(
        name=WAITING,
        label=gettext_lazy("A study's questions still wait for you"),
        why=WHY,
        rows=occasion_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_waiting,
        plan=plan_waiting,
        subject=ABOUT,
        at_most_once=True,
        roles=frozenset({Role.PARTICIPANT}),
    )
)
