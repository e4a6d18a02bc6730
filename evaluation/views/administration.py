"""One participant's answers, under their pseudonym: which there are, what they hold, and putting in from paper."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.answers_page import lines_of, standing_of
from evaluation.forms.questionnaire import CorrectAdministrationForm, EnterAdministrationForm
from evaluation.looks import record_look
from evaluation.models import Administration
from evaluation.services.administration import Said, correct_administration, enter_administration
from evaluation.views.participant import participant_or_404
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.refusals import shown_on


def administration_list(request, pk):
    participant = participant_or_404(request, pk)
    require(request.user, "evaluation.view_administration", participant.study)
    rows = Administration.objects.visible_to(request.user).filter(occasion__participant=participant)
    context = {
        "participant": participant,
        "administrations": rows.select_related("occasion", "instrument").order_by("occasion__due_on", "pk"),
        "can": rights_in(participant.study, request.user),
    }
    return render(request, "evaluation/administration_list.html", context)


def administration_detail(request, pk):
    administration = _administration_or_404(request, pk)
    record_look(request, administration, [administration.occasion.participant])
    context = {
        "administration": administration,
        "participant": administration.occasion.participant,
        "instrument": administration.definition,
        "lines": lines_of(administration),
        "can": rights_in(administration.occasion.study, request.user),
    }
    return render(request, "evaluation/administration_detail.html", context)


def administration_enter(request, pk):
    administration = _administration_or_404(request, pk)
    require(request.user, "evaluation.enter_answers", administration)
    form = EnterAdministrationForm(
        request.POST or None, instrument=administration.definition, cancel_url=administration.get_absolute_url()
    )
    if form.is_valid():
        with shown_on(form):
            enter_administration(
                administration=administration,
                answers=form.answers,
                mode=form.cleaned_data["mode"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("Their answers are saved."))
            return redirect(administration)
    context = {"administration": administration, "instrument": administration.definition, "form": form}
    return render(request, "evaluation/administration_enter.html", context)


def administration_correct(request, pk):
    administration = _administration_or_404(request, pk)
    require(request.user, "evaluation.enter_answers", administration)
    if not administration.can_be_corrected:
        return redirect(administration)
    known = {code: Said(row.value, row.missing) for code, row in standing_of(administration).items()}
    form = CorrectAdministrationForm(
        request.POST or None,
        instrument=administration.definition,
        known=known,
        cancel_url=administration.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            correct_administration(
                administration=administration,
                answers=form.answers,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("What is right is saved. What stood before is kept."))
            return redirect(administration)
    context = {"administration": administration, "instrument": administration.definition, "form": form}
    return render(request, "evaluation/administration_correct.html", context)


def _administration_or_404(request, pk):
    """One whose questions are there as they were asked."""
    rows = Administration.objects.visible_to(request.user)
    found = get_object_or_404(rows.select_related("instrument", "occasion__study", "occasion__participant"), pk=pk)
    if found.definition is None:
        raise Http404
    return found
