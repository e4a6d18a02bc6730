"""Sections of someone's own plan as others see them, and who that is."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from peersupport.refusals import shown_on
from supportplans.audience import circles_of
from supportplans.forms.sharing import ChooseAudienceForm
from supportplans.looks import record_looks
from supportplans.models import PersonalPlan, PersonalPlanSection
from supportplans.own_plan import in_order, section_of
from supportplans.services.sharing import change_audience

MOST = 200


def personal_section_share(request, kind):
    """Who can see one section: one page, for every group of its owner."""
    section = section_of(request.user, kind)
    if not section.pk:
        raise Http404
    circles = circles_of(section, request.user)
    page = reverse("supportplans:personal_plan_detail")
    form = ChooseAudienceForm(request.POST or None, circles=circles, cancel_url=page)
    if form.is_valid():
        with shown_on(form):
            change_audience(item=section, audience=form.audience(), by=request.user, now=timezone.now())
            messages.success(request, _("Saved. The page says who can see it now."))
            return redirect(page)
    context = {"section": section, "form": form, "circles": circles, "hidden": section.shares.hidden()}
    return render(request, "supportplans/personal_section_share.html", context)


def shared_plan_list(request):
    plans = PersonalPlan.objects.shared_with(request.user).select_related("person")
    plans = plans.order_by("person__preferred_name", "pk")[:MOST]
    return render(request, "supportplans/shared_plan_list.html", {"plans": plans})


def shared_plan_detail(request, pk):
    """Only what its owner shows to the person looking; a tutor's look is written down."""
    plan = get_object_or_404(PersonalPlan.objects.shared_with(request.user).select_related("person"), pk=pk)
    sections = in_order(PersonalPlanSection.objects.shared_with(request.user).filter(plan=plan))
    record_looks(request, sections)
    return render(request, "supportplans/shared_plan_detail.html", {"plan": plan, "sections": sections})
