"""The e-mails about requests for support: that one was made, and that it is answered. Neither holds any of it."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import ProgrammeStaff, RoleTerm, SupportRequest
from peersupport.access.roles import ORGANISERS, Role
from peersupport.reminders.registry import Email, Kind, register

MADE, ANSWERED = "groups.request_made", "groups.request_answered"


def people_asked(request):
    """The keys of those whom a request is put to, as things stand."""
    if request.to == SupportRequest.To.TUTOR:
        posts = RoleTerm.objects.current().tutors().filter(group=request.group_id)
    else:
        posts = ProgrammeStaff.objects.current().filter(site=request.group.site_id)
    return list(posts.order_by("pk").values_list("person_id", flat=True))


def request_rows():
    return SupportRequest.objects.select_related("group", "asked_by")


def reason_not_to_ask(message, request, now):
    if not request.is_open:
        return "It has been settled already."
    return "" if message.recipient_id in people_asked(request) else "They are not the one to ask any more."


def reason_not_to_tell(message, request, now):
    return "" if request.state == SupportRequest.State.ANSWERED else "It has been closed already."


def compose_made(message, request):
    return _email(request, _("%(name)s asks for your help") % {"name": request.asked_by.preferred_name}, "request_made")


def compose_answered(message, request):
    return _email(request, _("You have an answer"), "request_answered")


def _email(request, subject, template):
    return Email(
        subject=subject,
        template=f"emails/groups/{template}",
        context={"asker": request.asked_by.preferred_name, "group": request.group},
        action=(_("Read it"), settings.BASE_URL + request.get_absolute_url()),
    )


register(
    Kind(
        name=MADE,
        label=gettext_lazy("A group asks you for help"),
        why=gettext_lazy("You get this because you support groups."),
        rows=request_rows,
        reason_not_to_send=reason_not_to_ask,
        compose=compose_made,
        roles=frozenset({Role.TUTOR, Role.COORDINATOR}),
    )
)
register(
    Kind(
        name=ANSWERED,
        label=gettext_lazy("Help that you asked for has an answer"),
        why=gettext_lazy("You get this because you asked for help for your group."),
        rows=request_rows,
        reason_not_to_send=reason_not_to_tell,
        compose=compose_answered,
        roles=ORGANISERS,
    )
)
