"""Starting a group: from a programme or from nothing, then step by step.

The group in state forming is what is started with: each step saves, so it goes on later or on another device. The
steps are the ordinary pages, opened with `?setup`: that shows how far it is and leads on to the next.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.group import StartGroupForm
from groups.forms.role import ShareOutRolesForm
from groups.models import Invitation, Membership, Programme, Site, SupportGroup, Venue
from groups.services.group import start_group
from groups.services.sharing_out import share_out_roles
from peersupport.access import require
from peersupport.refusals import shown_on

#: The steps after the group itself, in their order.
STEPS = ("groups:invitation_add", "groups:meeting_plan", "groups:role_share_out", "groups:checklist_detail")


def group_start(request, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user).select_related("site"), pk=pk)
    require(request.user, "groups.start_group", programme)
    return _start(request, programme.site, programme, "groups/group_start.html", programme.get_absolute_url())


def site_group_start(request, pk):
    """Without a programme: people who know each other in another way."""
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.start_at_site", site)
    return _start(request, site, None, "groups/site_group_start.html", reverse("groups:programme_list"))


def role_share_out(request, pk):
    """Who might do what: a member is asked at once, someone invited when they join."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.offer_role", group)
    now = timezone.now()
    form = ShareOutRolesForm(
        request.POST if request.method == "POST" else None,
        memberships=Membership.objects.with_account().current().filter(group=group).ordered_by_name(),
        invitations=Invitation.objects.usable(now=now).filter(group=group, kind="email").order_by("name", "pk"),
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            share_out_roles(group=group, chosen=form.chosen(), by=request.user, now=now)
            messages.success(request, _("Saved. Members are asked now, the others when they join."))
            return redirect(after_step(request, group) or group)
    context = {"group": group, "form": form, **step_shown(request, group)}
    return render(request, "groups/role_share_out.html", context)


def after_step(request, group):
    """The address of the next step for someone who is setting `group` up; None for everyone else."""
    if "setup" not in request.GET:
        return None
    return _address(group, STEPS.index(request.resolver_match.view_name) + 1)


def step_shown(request, group):
    """What templates/groups/_setup_step.html shows: which step this is, and where skipping it leads."""
    if "setup" not in request.GET:
        return {}
    number = STEPS.index(request.resolver_match.view_name)
    skip_url = _address(group, number + 1) if number + 1 < len(STEPS) else ""
    return {"step": number + 2, "steps": len(STEPS) + 1, "skip_url": skip_url}


def _address(group, number):
    return reverse(STEPS[number], args=[group.pk]) + "?setup"


def _start(request, site, programme, template, cancel_url):
    form = StartGroupForm(request.POST or None, venues=Venue.objects.to_choose_from(site=site), cancel_url=cancel_url)
    if form.is_valid():
        with shown_on(form):
            details = form.group_details()
            group = start_group(site=site, programme=programme, by=request.user, now=timezone.now(), **details)
            messages.success(request, _("%(group)s is started. Now invite the people.") % {"group": group})
            return redirect(_address(group, 0))
    return render(request, template, {"site": site, "programme": programme, "form": form})
