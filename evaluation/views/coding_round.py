"""Rounds of coding: started, worked in unseen, closed, compared and settled."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.coded import name_of, texts_to_code, with_names
from evaluation.forms.coding_round import SettleDisagreementForm, StartRoundForm
from evaluation.looks import record_looks
from evaluation.models import CodingRound, Source, Study, StudyMember
from evaluation.reliability import Reading
from evaluation.services.coding_round import InAnotherRound, close_round, settle_disagreement, start_round
from evaluation.views.study import rights_in
from members.models import Person
from peersupport.access import require

#: So many disagreements stand on a page; the next ones follow as these are settled.
MOST_SHOWN = 25


def round_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    rounds = study.coding_rounds.annotate(
        coder_count=Count("coders", distinct=True), text_count=Count("sources", distinct=True)
    )
    context = {"study": study, "rounds": rounds, "can": rights_in(study, request.user)}
    return render(request, "evaluation/round_list.html", context)


def round_start(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.run_round", study)
    duties = study.team.current().filter(duty__in=[StudyMember.Duty.LEAD, StudyMember.Duty.ANALYST])
    form = StartRoundForm(
        request.POST or None,
        coders=Person.objects.filter(pk__in=duties.values("person")).order_by("email"),
        sources=texts_to_code(study, request.user),
        cancel_url=reverse("evaluation:round_list", args=[study.pk]),
    )
    if form.is_valid():
        try:
            round = start_round(study=study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except InAnotherRound as taken:
            name = name_of(with_names(Source.objects.defer("text")).get(pk=taken.source.pk))
            form.add_error("sources", _("%(name)s is in a round that is open. Close it first.") % {"name": name})
        else:
            messages.success(request, _("The round has begun. Tell the coders."))
            return redirect(round)
    return render(request, "evaluation/round_start.html", {"study": study, "form": form})


def round_detail(request, pk):
    round = _round_or_404(request, pk)
    texts = Source.objects.visible_to(request.user).readable().filter(coding_rounds=round)
    context = {
        "round": round,
        "coders": round.coders.order_by("pk"),
        "texts": [(name_of(source), source) for source in with_names(texts).defer("text").order_by("pk")],
        "is_coder": round.coders.contains(request.user),
        "can": rights_in(round.study, request.user),
    }
    if round.closed_at:
        reading = Reading(round, request.user)
        record_looks(request, reading.sources.values())
        differences = reading.differences()
        waiting = [one for one in differences if not one.settled]
        context |= {
            "rows": reading.rows(),
            "waiting": waiting[:MOST_SHOWN],
            "waiting_count": len(waiting),
            "settled": [one for one in differences if one.settled],
        }
    return render(request, "evaluation/round_detail.html", context)


@require_POST
def round_close(request, pk):
    round = _round_or_404(request, pk)
    require(request.user, "evaluation.run_round", round)
    close_round(round=round, by=request.user, now=timezone.now())
    messages.success(request, _("The round is closed. Everyone who codes sees it now."))
    return redirect(round)


def disagreement_settle(request, pk, source_pk, code_pk, start, end):
    round = _round_or_404(request, pk)
    require(request.user, "evaluation.code_texts", round)
    difference = _difference_or_404(request, round, (source_pk, code_pk, start, end))
    record_looks(request, [difference.source])
    latest = difference.settled
    initial = {"outcome": latest.outcome, "note": latest.note} if latest else {}
    form = SettleDisagreementForm(request.POST or None, initial=initial, cancel_url=round.get_absolute_url())
    if form.is_valid():
        where = {"source": difference.source, "code": difference.code, "start": start, "end": end}
        settle_disagreement(round=round, **where, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("What you agreed is saved."))
        return redirect(round)
    context = {"round": round, "difference": difference, "name": name_of(difference.source), "form": form}
    return render(request, "evaluation/disagreement_settle.html", context)


def _round_or_404(request, pk):
    return get_object_or_404(CodingRound.objects.visible_to(request.user).select_related("study"), pk=pk)


def _difference_or_404(request, round, wanted):
    if round.closed_at is None:
        raise Http404
    for one in Reading(round, request.user).differences():
        if (one.source.pk, one.code.pk, one.passage.start, one.passage.end) == wanted:
            return one
    raise Http404
