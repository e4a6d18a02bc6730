"""What researchers hear about exports: that one waits for them, what became of theirs, and that one is recalled."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.models import Export, StudyMember
from peersupport.access.policy import PERMISSIONS
from peersupport.access.roles import RESEARCHERS
from peersupport.reminders.registry import Email, Kind, register

REQUESTED, SETTLED, RECALLED = (
    "evaluation.export_requested",
    "evaluation.export_settled",
    "evaluation.export_recalled",
)
#: Whoever may do this can be the second person.
APPROVE = "evaluation.approve_export"
State = Export.State


def people_to_approve(export):
    """The keys of those who can be the second person, as things stand."""
    team = StudyMember.objects.who_may(APPROVE).filter(study=export.study_id)
    return set(team.exclude(person=export.requested_by_id).values_list("person", flat=True))


def export_rows():
    return Export.objects.select_related("study", "requested_by", "recalled_by")


def reason_not_to_ask(message, export, now):
    if export.state != State.REQUESTED:
        return "It has been decided on already."
    return "" if message.recipient_id in people_to_approve(export) else "They are not one to ask any more."


def reason_not_to_send(message, export, now):
    if export.state not in (State.READY, State.FAILED, State.REFUSED):
        return "There is nothing to tell of it any more."
    return _reason_for_outsiders(message, export)


def reason_not_to_recall(message, export, now):
    return "" if export.state == State.RECALLED else "It is not recalled."


def _reason_for_outsiders(message, export):
    in_team = StudyMember.objects.current().filter(study=export.study_id, person=message.recipient_id)
    return "" if in_team.exists() else "They have left the study."


def compose_requested(message, export):
    name = export.requested_by.preferred_name
    return Email(
        subject=_("%(name)s asks for an export") % {"name": name},
        template="emails/evaluation/export_requested",
        context={"asker": name},
        action=(_("Read what it is for"), _address_of(export)),
    )


def compose_settled(message, export):
    subjects = {State.READY: _("Your export is ready"), State.REFUSED: _("Your export was not approved")}
    return Email(
        subject=subjects.get(export.state, _("Your export could not be made")),
        template="emails/evaluation/export_settled",
        context={"export": export},
        action=(_("Look at it"), _address_of(export)),
    )


def compose_recalled(message, export):
    return Email(
        subject=_("An export is recalled: please delete it"),
        template="emails/evaluation/export_recalled",
        context={"export": export},
        action=(_("Read why"), _address_of(export)),
    )


def _address_of(export):
    return settings.BASE_URL + export.get_absolute_url()


register(
    Kind(
        name=REQUESTED,
        label=gettext_lazy("A colleague asks for an export, and you can approve it"),
        why=gettext_lazy("You get this because you can be the second person in a study."),
        rows=export_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_requested,
        roles=PERMISSIONS[APPROVE],
    )
)
register(
    Kind(
        name=SETTLED,
        label=gettext_lazy("An export that you asked for is ready, not approved, or could not be made"),
        why=gettext_lazy("You get this because you asked for an export."),
        rows=export_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose_settled,
        roles=RESEARCHERS,
    )
)
register(
    Kind(
        name=RECALLED,
        label=gettext_lazy("An export that you asked for or took is recalled"),
        why=gettext_lazy("You get this because you asked for an export, or took its file."),
        rows=export_rows,
        reason_not_to_send=reason_not_to_recall,
        compose=compose_recalled,
        roles=RESEARCHERS,
    )
)
