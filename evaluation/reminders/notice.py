"""The e-mail that someone in an export has withdrawn, to those who have it. It names nobody."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.models import StudyMember, WithdrawalNotice
from peersupport.access.policy import PERMISSIONS
from peersupport.reminders.registry import Email, Kind, register

TO_GIVE = "evaluation.notice_to_give"
GIVE = "evaluation.give_notice"


def people_to_give(notice):
    """The keys of whoever asked for the export, if they may still tell its users; otherwise of the leads."""
    team = StudyMember.objects.who_may(GIVE).filter(study=notice.study_id)
    asked = team.filter(person=notice.export.requested_by_id)
    chosen = asked if asked.exists() else team.filter(duty=StudyMember.Duty.LEAD)
    return set(chosen.values_list("person", flat=True))


def notice_rows():
    return WithdrawalNotice.objects.select_related("study", "export")


def reason_not_to_send(message, notice, now):
    if notice.given_at:
        return "It has been done already."
    return "" if message.recipient_id in people_to_give(notice) else "They are not the one to tell any more."


def compose(message, notice):
    return Email(
        subject=_("Someone has left a study"),
        template="emails/evaluation/notice_to_give",
        context={"export": notice.export},
        action=(_("See whom to tell, and what"), settings.BASE_URL + notice.get_absolute_url()),
    )


register(
    Kind(
        name=TO_GIVE,
        label=gettext_lazy("Someone in an export has withdrawn, and its users have to be told"),
        why=gettext_lazy("You get this because you asked for an export, or lead its study."),
        rows=notice_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        roles=PERMISSIONS[GIVE],
    )
)
