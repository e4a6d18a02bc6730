"""The steps of setting up a group, and the template that a site keeps of them."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.checklist import ChecklistItemForm, SettleStepForm
from groups.models import ChecklistItem, ChecklistStep, Site, SupportGroup
from groups.models.checklist import Page
from groups.services.checklist import add_item, edit_item, raise_item, remove_item, settle_step
from groups.views.starting import step_shown
from peersupport.access import require

#: Where each step is done; all take the group.
PAGES = {
    Page.PURPOSE: "groups:group_edit",
    Page.VENUE: "groups:group_edit",
    Page.PEOPLE: "groups:invitation_add",
    Page.MEETING: "groups:meeting_plan",
    Page.ROLES: "groups:role_share_out",
    Page.CONTACT: "supportplans:plan_list",
    Page.GROUND_RULES: "supportplans:plan_list",
    Page.PLAN: "supportplans:plan_list",
}


def checklist_detail(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.change_group", group)
    steps = list(ChecklistStep.objects.filter(group=group).select_related("settled_by"))
    rows = [(step, reverse(PAGES[step.page], args=[pk]) if step.page else "") for step in steps]
    context = {
        "group": group,
        "rows": rows,
        "settled": sum(step.state != ChecklistStep.State.OPEN for step in steps),
        **step_shown(request, group),
    }
    return render(request, "groups/checklist_detail.html", context)


@require_POST
def checklist_step_settle(request, pk):
    step = get_object_or_404(ChecklistStep.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.change_group", step)
    form = SettleStepForm(request.POST)
    if form.is_valid():
        settle_step(step=step, by=request.user, now=timezone.now(), **form.cleaned_data)
    else:
        messages.error(request, _("Choose one of the answers."))
    return redirect("groups:checklist_detail", step.group_id)


def checklist_item_list(request, pk):
    """The site's template: groups that start from now on get a copy of it."""
    site = _site_to_change(request, pk)
    items = ChecklistItem.objects.filter(site=site)
    return render(request, "groups/checklist_item_list.html", {"site": site, "items": items})


def checklist_item_add(request, pk):
    site = _site_to_change(request, pk)
    form = ChecklistItemForm(request.POST or None, cancel_url=reverse("groups:checklist_item_list", args=[pk]))
    if form.is_valid():
        add_item(site=site, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("groups:checklist_item_list", pk)
    return render(request, "groups/checklist_item_add.html", {"site": site, "form": form})


def checklist_item_edit(request, pk):
    item = _item_to_change(request, pk)
    form = ChecklistItemForm(
        request.POST or None,
        initial={"title": item.title, "hint": item.hint},
        cancel_url=reverse("groups:checklist_item_list", args=[item.site_id]),
    )
    if form.is_valid():
        edit_item(item=item, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("groups:checklist_item_list", item.site_id)
    return render(request, "groups/checklist_item_edit.html", {"item": item, "form": form})


@require_POST
def checklist_item_raise(request, pk):
    item = _item_to_change(request, pk)
    raise_item(item=item)
    return redirect("groups:checklist_item_list", item.site_id)


@require_POST
def checklist_item_remove(request, pk):
    item = _item_to_change(request, pk)
    remove_item(item=item)
    messages.success(request, _("Taken out. Groups that have this step keep it."))
    return redirect("groups:checklist_item_list", item.site_id)


def _site_to_change(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.change_site", site)
    return site


def _item_to_change(request, pk):
    item = get_object_or_404(ChecklistItem.objects.visible_to(request.user).select_related("site"), pk=pk)
    require(request.user, "groups.change_site", item)
    return item
