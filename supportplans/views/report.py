"""What was reported, as those who look after a group and the coordinator of its site see it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peersupport.access import require
from peersupport.access.roles import ORGANISERS
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to
from supportplans.forms.report import HideItemForm, ReportItemForm
from supportplans.looks import record_looks
from supportplans.models import Goal, PersonalPlanSection, Report
from supportplans.services.report import hide_item, leave_item, report_item, show_item

PAGE = 25


def goal_report(request, pk):
    goal = get_object_or_404(Goal.objects.visible_to(request.user).select_related("person"), pk=pk)
    require(request.user, "supportplans.report_item", goal)
    form = ReportItemForm(request.POST or None, cancel_url=goal.get_shared_url())
    if form.is_valid() and _send(request, form, goal):
        return redirect(goal.get_shared_url())
    return render(request, "supportplans/goal_report.html", _to_report(request, form, goal, goal.person))


def personal_section_report(request, pk):
    sections = PersonalPlanSection.objects.visible_to(request.user).select_related("plan__person")
    section = get_object_or_404(sections, pk=pk)
    require(request.user, "supportplans.report_item", section)
    form = ReportItemForm(request.POST or None, cancel_url=section.get_shared_url())
    if form.is_valid() and _send(request, form, section):
        return redirect(section.get_shared_url())
    context = _to_report(request, form, section, section.plan.person)
    return render(request, "supportplans/personal_section_report.html", context)


def report_list(request):
    reports = Report.objects.visible_to(request.user).with_names()
    page = page_of(reports, key="reported_at", query=request.GET, size=PAGE, is_descending=True)
    return render(request, "supportplans/report_list.html", {"page": page})


def report_detail(request, pk):
    """The item and the words about it show only to those who see the item anyway; a coordinator sees neither."""
    report = _report_for(request, pk)
    items = list(type(report.item).objects.visible_to(request.user).filter(pk=report.item.pk))
    record_looks(request, items)
    context = {
        "report": report,
        "item": items[0] if items else None,
        "sees_reasons": not ORGANISERS.isdisjoint(report.roles_of(request.user)),
        "steps": report.steps.select_related("by"),
        "is_shared": report.item.shares.holding().filter(membership=report.membership).exists(),
    }
    return render(request, "supportplans/report_detail.html", context)


def report_hide(request, pk):
    report = _report_for(request, pk)
    require(request.user, "supportplans.settle_report", report)
    form = HideItemForm(request.POST or None, cancel_url=report.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            hide_item(report=report, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is hidden. Only whoever shared it sees it in this group."))
            return redirect(report)
    return render(request, "supportplans/report_hide.html", {"report": report, "form": form})


@require_POST
def report_leave(request, pk):
    report = _report_for(request, pk)
    require(request.user, "supportplans.settle_report", report)
    with shown_to(request):
        leave_item(report=report, by=request.user, now=timezone.now())
        messages.success(request, _("It stays as it is."))
    return redirect(report)


@require_POST
def report_show(request, pk):
    report = _report_for(request, pk)
    require(request.user, "supportplans.settle_report", report)
    with shown_to(request):
        show_item(report=report, by=request.user, now=timezone.now())
        messages.success(request, _("It is shown again to those it was shared with."))
    return redirect(report)


def _send(request, form, item):
    """Whether the report is made; if not, the form says why."""
    with shown_on(form):
        report_item(item=item, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Sent to those who look after the group."))
    return not form.errors


def _to_report(request, form, item, owner):
    record_looks(request, [item])
    mine = Report.objects.open().filter(**{item._meta.model_name: item}, reported_by=request.user)
    return {"item": item, "owner": owner, "form": form, "is_sent": mine.exists()}


def _report_for(request, pk):
    return get_object_or_404(Report.objects.visible_to(request.user).with_names(), pk=pk)
