"""A participant's own side of a study's questions: what is asked, one question a page, and their numbers over time."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.answers_page import lines_of, numbers_over_time, standing_of
from evaluation.consent import is_askable
from evaluation.models import Administration, Occasion, Participant, Response, Study
from evaluation.services.administration import Said, answer_question, finish_administration
from evaluation.services.occasion import decline_occasion
from groups.forms.group import ConfirmForm
from peersupport.refusals import shown_on, shown_to
from supportplans.forms.self_report import AnswerItemForm

#: Reasons that the page offers, one tap each.
REASONS = (Response.Missing.SKIPPED, Response.Missing.PREFER_NOT)


def occasion_detail(request, pk):
    """Where the message leads: everything that is asked this time, and a way to leave it out."""
    occasion = _occasion_or_404(request, pk)
    rows = occasion.administrations.select_related("instrument").prefetch_related("responses__item")
    parts = [(row, row.definition, _next_number(row)) for row in rows if row.definition]
    context = {
        "occasion": occasion,
        "study": occasion.study,
        "parts": parts,
        "first": next((row for row, _definition, _number in parts if row.is_open), None),
        "is_askable": is_askable(occasion.participant, timezone.now()),
    }
    return render(request, "evaluation/occasion_detail.html", context)


@require_POST
def occasion_decline(request, pk):
    occasion = _occasion_or_404(request, pk)
    decline_occasion(occasion=occasion, by=request.user, now=timezone.now())
    messages.success(request, _("That is fine. Nothing more is asked this time."))
    return redirect("evaluation:my_study", occasion.study_id)


def question_answer(request, pk, number):
    """One question. Skipping, and rather not saying, are one tap; `?change` leads back to the end."""
    administration = _administration_or_404(request, pk)
    items = dict(enumerate(administration.definition.items, start=1))
    if number not in items:
        raise Http404
    if not administration.is_open or not is_askable(administration.occasion.participant, timezone.now()):
        return redirect(administration.occasion)
    item, answer = items[number], standing_of(administration).get(items[number].code)
    reason = request.POST.get("missing")
    said = Said(missing=reason) if reason in REASONS else None
    form = AnswerItemForm(
        request.POST if request.method == "POST" and not said else None,
        item=item,
        stem=administration.definition.stem,
        initial={"answer": answer.value if answer else None},
    )
    if said or form.is_valid():
        said = said or Said(value=form.cleaned_data["answer"])
        with shown_to(request):
            answer_question(
                administration=administration, item=item.code, said=said, by=request.user, now=timezone.now()
            )
            return _to_question(administration, None if "change" in request.GET else number + 1)
        return redirect(administration.occasion)
    context = {"administration": administration, "instrument": administration.definition, "item": item}
    context |= {"answer": answer, "form": form, "number": number, "of": len(items)}
    return render(request, "evaluation/question_answer.html", context)


def administration_finish(request, pk):
    """What was said so far, to be changed, gone on with, finished as it is, or left for later."""
    administration = _administration_or_404(request, pk)
    if not administration.is_open:
        return redirect(administration.occasion)
    form = ConfirmForm(request.POST if request.method == "POST" else None, submit_label=_("Finish"))
    if form.is_valid():
        with shown_on(form):
            finish_administration(administration=administration, by=request.user, now=timezone.now())
            messages.success(request, _("Thank you. Your answers are kept."))
            return redirect(administration.occasion)
    lines = lines_of(administration)
    context = {
        "administration": administration,
        "instrument": administration.definition,
        "lines": lines,
        "form": form,
        "next": next((line for line in lines if not line.is_given), None),
        "has_answers": any(line.is_given for line in lines),
    }
    return render(request, "evaluation/administration_finish.html", context)


def my_numbers(request, pk):
    """Numbers, ranges and directions; what they mean stands nowhere."""
    study = get_object_or_404(Study.objects.allowing(request.user, "evaluation.answer_questions"), pk=pk)
    participant = get_object_or_404(Participant, study=study, identity_key__person=request.user)
    context = {"study": study, "numbers": numbers_over_time(participant)}
    return render(request, "evaluation/my_numbers.html", context)


def _occasion_or_404(request, pk):
    occasions = Occasion.objects.visible_to(request.user).select_related("study", "participant")
    return get_object_or_404(occasions, pk=pk)


def _administration_or_404(request, pk):
    """One of the person's own whose questions are there."""
    own = Administration.objects.allowing(request.user, "evaluation.answer_questions")
    found = get_object_or_404(own.select_related("instrument", "occasion__study", "occasion__participant"), pk=pk)
    if found.definition is None:
        raise Http404
    return found


def _next_number(administration):
    """The place of the first question without an answer; None where all have one."""
    given = {response.item.code for response in administration.responses.all()}
    items = administration.definition.items if administration.definition else ()
    return next((number for number, item in enumerate(items, start=1) if item.code not in given), None)


def _to_question(administration, number):
    """The question with this number; past the last, or with none, the end."""
    if number and number <= len(administration.definition.items):
        return redirect("evaluation:question_answer", administration.pk, number)
    return redirect("evaluation:administration_finish", administration.pk)
