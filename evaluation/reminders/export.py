"""What researchers hear about the exports they asked for."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.models import Export, StudyMember
from peersupport.access.roles import RESEARCHERS
from peersupport.reminders.registry import Email, Kind, register

SETTLED = "evaluation.export_settled"


def export_rows():
    return Export.objects.select_related("study")


def reason_not_to_send(message, export, now):
    if not export.finished_at:
        return "The export is not finished."
    in_team = StudyMember.objects.current().filter(study=export.study_id, person=message.recipient_id)
    return "" if in_team.exists() else "They have left the study."


def compose(message, export):
    is_ready = export.state == Export.State.READY
    return Email(
        subject=_("Your export is ready") if is_ready else _("Your export could not be made"),
        template="emails/evaluation/export_settled",
        context={"export": export},
        action=(_("Look at it"), settings.BASE_URL + export.get_absolute_url()),
    )


register(
    Kind(
        name=SETTLED,
        label=gettext_lazy("An export that you asked for is ready, or could not be made"),
        why=gettext_lazy("You get this because you asked for an export."),
        rows=export_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
        roles=RESEARCHERS,
    )
)
