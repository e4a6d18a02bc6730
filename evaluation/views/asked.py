"""A person's own side of being asked: answering a study, and saying whether any may ask."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.consent import current_form
from evaluation.forms.approach import DeclineApproachForm
from evaluation.forms.asking import EditAskingForm
from evaluation.models import Approach, ApproachStep, ResearchWish
from evaluation.services.approach import decline_approach
from evaluation.services.asking import choose_asking
from groups.models import Membership
from peersupport.refusals import shown_on


def approach_answer(request, pk):
    """What someone is asked. Saying yes is the consent form."""
    approach = _approach_or_404(request, pk)
    now = timezone.now()
    context = {
        "approach": approach,
        "study": approach.study,
        "consent_form": current_form(approach.study, now).first(),
        "is_open": _is_open(approach, now),
    }
    return render(request, "evaluation/approach_answer.html", context)


def approach_decline(request, pk):
    approach = _approach_or_404(request, pk)
    form = DeclineApproachForm(
        request.POST if request.method == "POST" else None,
        cancel_url=reverse("evaluation:approach_answer", args=[approach.pk]),
    )
    if form.is_valid():
        with shown_on(form):
            decline_approach(approach=approach, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Thank you for saying so. Nobody asks you again for this study."))
            return redirect("evaluation:my_research")
    return render(request, "evaluation/approach_decline.html", {"approach": approach, "form": form})


def asking_edit(request):
    memberships = Membership.objects.filter(person=request.user, state__in=Membership.OUT_OF_IT)
    memberships = memberships.select_related("group").order_by("-ended_at")
    wish = ResearchWish.objects.filter(person=request.user).first()
    form = EditAskingForm(
        request.POST or None,
        memberships=memberships,
        initial={
            "may_be_asked": wish.may_be_asked if wish else True,
            "groups_left": memberships.filter(researchers_may_ask=True),
        },
        cancel_url=reverse("evaluation:my_research"),
    )
    if form.is_valid():
        chosen = {"groups_left": [], **form.cleaned_data}
        choose_asking(person=request.user, now=timezone.now(), **chosen)
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("evaluation:my_research")
    return render(request, "evaluation/asking_edit.html", {"form": form})


def _approach_or_404(request, pk):
    approaches = Approach.objects.allowing(request.user, "evaluation.answer_approach").with_state()
    return get_object_or_404(approaches.select_related("study"), pk=pk)


def _is_open(approach, now):
    is_on = approach.study.starts_on <= timezone.localdate(now) <= approach.study.ends_on
    return is_on and approach.state in (ApproachStep.Step.INVITED, ApproachStep.Step.NOT_REACHED)
