"""The groups of a person, the page of one, changing and leaving it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.group import EditGroupForm, LeaveGroupForm
from groups.models import ChecklistStep, Meeting, Membership, RoleTerm, SupportGroup, Venue
from groups.services.group import edit_group
from groups.services.membership import leave_group
from peersupport.access import require
from peersupport.refusals import shown_on

#: Groups that someone left long ago are of no use on the page.
MOST_BEFORE = 10


def group_list(request):
    groups = SupportGroup.objects.visible_to(request.user).with_meeting_counts(now=timezone.now())
    ended = Membership.objects.filter(person=request.user).exclude(state__in=Membership.CURRENT)
    before = ended.select_related("group").order_by("-ended_at")[:MOST_BEFORE]
    return render(request, "groups/group_list.html", {"groups": groups, "before": before})


def group_detail(request, pk):
    groups = SupportGroup.objects.visible_to(request.user).select_related("venue", "programme", "merged_into")
    group = get_object_or_404(groups, pk=pk)
    members = list(Membership.objects.current().filter(group=group).ordered_by_name())
    terms = list(RoleTerm.objects.open().filter(group=group).select_related("person").order_by("accepted_at", "pk"))
    now = timezone.now()
    meetings = Meeting.objects.going_ahead().upcoming(now=now).filter(group=group)
    context = {
        "group": group,
        "members": members,
        "my_membership": next((member for member in members if member.person_id == request.user.pk), None),
        "roles": [term for term in terms if term.accepted_at],
        "offers": [term for term in terms if not term.accepted_at],
        "meeting": meetings.select_related("venue").first(),
        "is_member": request.user.has_perm("groups.leave_group", group),
        "is_organiser": request.user.has_perm("groups.change_group", group),
    }
    if context["is_organiser"] and group.state == SupportGroup.State.FORMING:
        context["steps"] = list(group.checklist_steps.all())
        context["settled"] = sum(step.state != ChecklistStep.State.OPEN for step in context["steps"])
    return render(request, "groups/group_detail.html", context)


def group_edit(request, pk):
    group = get_object_or_404(
        SupportGroup.objects.visible_to(request.user).select_related("site", "online_venue"), pk=pk
    )
    require(request.user, "groups.change_group", group)
    initial = {field: getattr(group, field) for field in EditGroupForm.DETAILS}
    form = EditGroupForm(
        request.POST or None,
        venues=Venue.objects.to_choose_from(site=group.site, group=group),
        initial=initial
        | {
            "venue": str(group.venue_id or EditGroupForm.LATER),
            "online_link": group.online_venue.join_link if group.online_venue else "",
        },
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            edit_group(group=group, by=request.user, now=timezone.now(), **form.group_details())
            messages.success(request, _("Saved."))
            return redirect(group)
    return render(request, "groups/group_edit.html", {"group": group, "form": form})


def group_leave(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.leave_group", group)
    form = LeaveGroupForm(request.POST if request.method == "POST" else None, cancel_url=group.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            leave_group(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("You have left %(group)s.") % {"group": group})
            return redirect("home")
    own_terms = RoleTerm.objects.open().filter(group=group, person=request.user)
    return render(request, "groups/group_leave.html", {"group": group, "form": form, "terms": own_terms})
