"""Sampling frames: choosing whom to ask, seeing how many there are, drawing, and what came of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from evaluation.forms.frame import ChooseFrameForm, DrawFrameForm
from evaluation.frames import sizes_of
from evaluation.models import Approach, ApproachStep, SamplingFrame, Study
from evaluation.services.frame import draw_frame
from evaluation.small_numbers import shown
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on

PAGE = 25


def frame_choose(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.approach_people", study)
    back = reverse("evaluation:approach_list", args=[study.pk])
    form = ChooseFrameForm(request.POST or None, study=study, cancel_url=back)
    if form.is_valid():
        chosen = {
            "groups": [group.pk for group in form.cleaned_data["groups"]],
            "kinds": form.cleaned_data["kinds"],
            "who": form.cleaned_data["who"],
        }
        return redirect(f"{reverse('evaluation:frame_draw', args=[study.pk])}?{urlencode(chosen, doseq=True)}")
    return render(request, "evaluation/frame_choose.html", {"study": study, "form": form})


def frame_draw(request, pk):
    """The criteria come in the address, so that the page can show how many there are before anyone is drawn."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.approach_people", study)
    chosen = ChooseFrameForm(request.GET, study=study)
    choose_url = reverse("evaluation:frame_choose", args=[study.pk])
    if not chosen.is_valid():
        return redirect(choose_url)
    now = timezone.now()
    form = DrawFrameForm(request.POST or None, cancel_url=choose_url)
    if form.is_valid():
        with shown_on(form):
            frame = draw_frame(study=study, criteria=chosen.criteria, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, _drawn_sentence(frame.steps.count()))
            return redirect(frame)
    sizes = sizes_of(study, chosen.criteria, now=now)
    context = {"study": study, "criteria": chosen.criteria, "sizes": sizes, "form": form, "choose_url": choose_url}
    return render(request, "evaluation/frame_draw.html", context)


def frame_detail(request, pk):
    frames = SamplingFrame.objects.visible_to(request.user).select_related("study", "drawn_by")
    frame = get_object_or_404(frames, pk=pk)
    approaches = Approach.objects.with_state().filter(steps__frame=frame)
    counts = dict(approaches.order_by().values_list("state").annotate(number=Count("pk")))
    page = page_of(approaches.select_related("group"), key="added_at", query=request.GET, size=PAGE, is_descending=True)
    context = {
        "frame": frame,
        "study": frame.study,
        "groups": frame.groups.order_by("name"),
        "size": shown(frame.size, frame.study.small_number_threshold),
        "states": [(step.label, counts.get(step.value, 0)) for step in ApproachStep.Step],
        "page": page,
    }
    return render(request, "evaluation/frame_detail.html", context)


def _drawn_sentence(number):
    return ngettext("%(number)s person is drawn and invited.", "%(number)s people are drawn and invited.", number) % {
        "number": number
    }
