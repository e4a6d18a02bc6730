"""The e-mail that a support plan waits for a member's word."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Membership
from peersupport.reminders.registry import Email, Kind, register
from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.services.plan import PROPOSED


def plan_rows():
    return MutualSupportPlan.objects.select_related("group")


def reason_not_to_propose(message, plan, now):
    if plan.state != MutualSupportPlan.State.PROPOSED or plan.proposals != message.schedule_version:
        return "The plan is not waiting for words any more."
    if not Membership.objects.current().filter(group=plan.group_id, person=message.recipient_id).exists():
        return "They have left the group."
    said = PlanWord.objects.filter(plan=plan, person=message.recipient_id, said_at__gte=plan.proposed_at)
    return "They have said their word." if said.exists() else ""


def compose_proposed(message, plan):
    return Email(
        subject=_("Your group has a plan for you to read"),
        template="emails/supportplans/plan_proposed",
        context={"plan": plan},
        action=(_("Read it and say what you think"), f"{settings.BASE_URL}{plan.get_absolute_url()}"),
    )


register(
    Kind(
        name=PROPOSED,
        label=gettext_lazy("A support plan waits for your word"),
        why=gettext_lazy("You get this because you belong to this group."),
        rows=plan_rows,
        reason_not_to_send=reason_not_to_propose,
        compose=compose_proposed,
    )
)
