"""Before the first meeting: what to expect, who will be there, and what one allows."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.joining import EditMembershipForm
from groups.models import RSVP, Meeting, Membership, RoleTerm, SupportGroup
from groups.services.membership import edit_membership
from peersupport.access import require
from peersupport.refusals import shown_on


def group_welcome(request, pk):
    groups = SupportGroup.objects.visible_to(request.user)
    group = get_object_or_404(groups, pk=pk)
    membership = get_object_or_404(Membership.objects.current(), group=group, person=request.user)
    meetings = Meeting.objects.filter(group=group).going_ahead().upcoming(now=timezone.now())
    meeting = meetings.select_related("group", "venue", "online_venue").with_answer_of(request.user).first()
    context = {
        "group": group,
        "membership": membership,
        "meeting": meeting,
        "answers": RSVP.Answer.choices,
        "features": meeting.venue.features.order_by("feature") if meeting and meeting.venue else [],
        "greeters": RoleTerm.objects.current().filter(group=group, role=RoleTerm.Role.GREETER).select_related("person"),
        "coming": _those_who_show_it(meeting, request.user) if meeting else [],
    }
    return render(request, "groups/group_welcome.html", context)


def membership_edit(request, pk):
    membership = get_object_or_404(Membership.objects.visible_to(request.user).select_related("group"), pk=pk)
    require(request.user, "groups.edit_membership", membership)
    parts = [name for name, _label in EditMembershipForm.CHOICES if getattr(membership, name)]
    form = EditMembershipForm(
        request.POST if request.method == "POST" else None,
        initial={"parts": parts},
        cancel_url=membership.group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            edit_membership(membership=membership, by=request.user, now=timezone.now(), **form.leaves())
            messages.success(request, _("Saved. You can change it at any time."))
            return redirect("groups:membership_detail", pk)
    return render(request, "groups/membership_edit.html", {"membership": membership, "form": form})


def _those_who_show_it(meeting, person):
    """The others who have a place and let the group see that they come."""
    rsvps = RSVP.objects.coming().filter(meeting=meeting).select_related("membership__person")[: meeting.capacity]
    return [rsvp.membership for rsvp in rsvps if rsvp.is_shown and rsvp.membership.person_id != person.pk]
