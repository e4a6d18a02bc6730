"""The e-mails about finding out who a pseudonym is: that someone asks to, and the answer. Neither says about whom."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.models import IdentityRequest, StudyMember
from peersupport.access.policy import PERMISSIONS
from peersupport.access.roles import Role
from peersupport.reminders.registry import Email, Kind, register

REQUESTED, ANSWERED = "evaluation.identity_requested", "evaluation.identity_answered"
#: Whoever may do this can be the second person.
ANSWER = "evaluation.answer_identity_request"


def people_asked(request):
    """The keys of those who can be the second person, as things stand."""
    team = StudyMember.objects.who_may(ANSWER).filter(study=request.study_id)
    return set(team.exclude(person=request.asked_by_id).values_list("person", flat=True))


def request_rows():
    return IdentityRequest.objects.select_related("study", "asked_by", "participant")


def reason_not_to_ask(message, request, now):
    if request.is_granted is not None:
        return "It has been answered already."
    return "" if message.recipient_id in people_asked(request) else "They are not one to ask any more."


def reason_not_to_tell(message, request, now):
    holders = StudyMember.objects.current().filter(study=request.study_id, duty=StudyMember.Duty.KEY_HOLDER)
    return "" if holders.filter(person=message.recipient_id).exists() else "They hold no key any more."


def compose_requested(message, request):
    return Email(
        subject=_("%(name)s needs your yes or no") % {"name": request.asked_by.preferred_name},
        template="emails/evaluation/identity_requested",
        context={"asker": request.asked_by.preferred_name},
        action=(_("Read why"), settings.BASE_URL + request.get_absolute_url()),
    )


def compose_answered(message, request):
    return Email(
        subject=_("You have an answer"),
        template="emails/evaluation/identity_answered",
        context={"is_granted": request.is_granted},
        action=(_("Read it"), settings.BASE_URL + request.get_key_url()),
    )


register(
    Kind(
        name=REQUESTED,
        label=gettext_lazy("A colleague asks to find out who a participant is"),
        why=gettext_lazy("You get this because you can be the second person in a study."),
        rows=request_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_requested,
        roles=PERMISSIONS[ANSWER],
    )
)
register(
    Kind(
        name=ANSWERED,
        label=gettext_lazy("What was said when you asked who a participant is"),
        why=gettext_lazy("You get this because you asked to open a key."),
        rows=request_rows,
        reason_not_to_send=reason_not_to_tell,
        compose=compose_answered,
        roles=frozenset({Role.KEY_HOLDER}),
    )
)
