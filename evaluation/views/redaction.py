"""The redaction desk: one place after another, then a second person; and what key-holders see of it."""

from collections import Counter

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.forms.redaction import AddWordsForm, ApproveRedactionForm, SettleSpanForm
from evaluation.looks import record_look, record_sitting
from evaluation.models import Redaction, Source, Study, TranscriptState
from evaluation.redaction.desk import Desk
from evaluation.redaction.words import Span, folded
from evaluation.refusals import StepOutOfTurn
from evaluation.services.redaction import (
    add_words,
    approve_redaction,
    finish_redaction,
    leave_spans,
    redacted_text,
    replace_spans,
    undo_redaction,
)
from evaluation.stages import redactors_of, stage_of
from evaluation.views.transcript import transcript_or_404, way_out_of
from peersupport.access import require
from peersupport.refusals import Refused, shown_on, shown_to

#: No text is so long that an offset in it has more.
MOST_DIGITS = 10


def redaction_desk(request, pk):
    source = _redactable_or_404(request, pk)
    if not _is_at(source, TranscriptState.RETURNED):
        messages.error(request, str(StepOutOfTurn()))
        return redirect(source.interview)
    record_sitting(request, source, [source.interview.participant])
    desk = Desk(source)
    span, decided = _chosen(desk, request)
    form = _settle_form(request, desk, span) if span else None
    if request.method == "POST":
        if not form:
            messages.info(request, _("That place does not wait any more."))
            return redirect(_place_url(source, None))
        if form.is_valid() and _is_settled(request, form, desk, span):
            return redirect(_place_url(source, desk.after(span.start)))
    words_form = AddWordsForm(action=reverse("evaluation:words_add", args=[pk]))
    context = {"source": source, "desk": desk, "decided": decided, "form": form, "words_form": words_form}
    return render(request, "evaluation/redaction_desk.html", context | _about(desk, span or decided))


def words_add(request, pk):
    source = _redactable_or_404(request, pk)
    form = AddWordsForm(request.POST or None, cancel_url=_place_url(source, None))
    if form.is_valid():
        with shown_on(form):
            found = add_words(source=source, by=request.user, now=timezone.now(), **form.cleaned_data)
            return redirect(_place_url(source, found))
    return render(request, "evaluation/words_add.html", {"source": source, "form": form})


@require_POST
def redaction_undo(request, pk):
    rows = Redaction.objects.standing().filter(
        source__in=Source.objects.allowing(request.user, "evaluation.redact_transcript").open()
    )
    redaction = get_object_or_404(rows.select_related("source", "entry"), pk=pk)
    with shown_to(request):
        undo_redaction(redaction=redaction, by=request.user, now=timezone.now())
        messages.success(request, _("It is undone."))
    return redirect(_place_url(redaction.source, redaction))


@require_POST
def redaction_finish(request, pk):
    source = _redactable_or_404(request, pk)
    try:
        finish_redaction(source=source, by=request.user, now=timezone.now())
    except StepOutOfTurn as refusal:
        messages.error(request, str(refusal))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_place_url(source, None))
    else:
        messages.success(request, _("The text waits for a second person to approve it."))
    return redirect(source.interview)


def redaction_list(request, pk):
    """What waits for a second person."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.approve_transcript", study)
    waiting = Source.objects.allowing(request.user, "evaluation.approve_transcript").open().awaiting_approval()
    sources = waiting.filter(study=study).select_related("interview__participant").order_by("added_at", "pk")
    return render(request, "evaluation/redaction_list.html", {"study": study, "sources": sources})


def redaction_approve(request, pk):
    source = transcript_or_404(request, "evaluation.approve_transcript", pk)
    way_out = way_out_of(source, request.user)
    if not _is_at(source, TranscriptState.DEIDENTIFIED):
        messages.error(request, str(StepOutOfTurn()))
        return redirect(way_out)
    record_look(request, source, [source.interview.participant])
    is_own = request.user.pk in redactors_of(source)
    form = ApproveRedactionForm(request.POST or None, cancel_url=way_out)
    if form.is_valid():
        with shown_on(form):
            approve_redaction(source=source, by=request.user, now=timezone.now())
            messages.success(request, _("The transcript is approved."))
            return redirect(way_out)
    rows = source.redactions.replacing()
    context = {"source": source, "text": redacted_text(source=source), "is_own": is_own, "form": form}
    return render(request, "evaluation/redaction_approve.html", context | {"replaced": _counted(source, rows)})


def _redactable_or_404(request, pk):
    source = transcript_or_404(request, "evaluation.view_source", pk)
    require(request.user, "evaluation.redact_transcript", source)
    return source


def _is_at(source, state):
    stage = stage_of(source.interview)
    return stage.source == source and stage.state == state


def _chosen(desk, request):
    """(open span, None) or (None, decision) at the place asked for; else the first open span, but not for a POST."""
    at = request.POST.get("start") or request.GET.get("at") or ""
    start = int(at) if at.isdecimal() and len(at) < MOST_DIGITS else -1
    if span := desk.open_at(start):
        return span, None
    if request.method == "POST":
        return None, None
    decided = desk.decided_at(start)
    return (None, decided) if decided or not desk.open else (desk.open[0], None)


def _settle_form(request, desk, span):
    offered = desk.offers[span.start]
    return SettleSpanForm(
        request.POST or None,
        times=len(desk.alike(span)),
        is_known=desk.labels[folded(desk.text[span.start : span.end])] is not None,
        initial={"start": span.start, "mark": offered, "offered": offered, "kind": span.kind},
    )


def _is_settled(request, form, desk, span):
    """Whether what the form says is done; if not, it says why."""
    facts = form.cleaned_data
    alike = desk.alike(span) if facts.get("is_everywhere") else [span]
    decision = {"source": desk.source, "places": [(one.start, one.end) for one in alike], "kind": facts["kind"]}
    decision |= {"by": request.user, "now": timezone.now()}
    with shown_on(form):
        if facts["decision"] == "leave":
            leave_spans(**decision)
        else:
            replace_spans(
                mark=facts["mark"],
                offered=facts["offered"],
                is_another=facts.get("is_another", False),
                **decision,
            )
    return not form.errors


def _about(desk, place):
    """What the page says of the chosen place, with the ways to the ones before and after."""
    if not place:
        return {"before_url": "", "after_url": ""}
    before, after = desk.before(place.start), desk.after(place.start)
    alike = desk.alike(place) if isinstance(place, Span) else []
    return {
        "place": place,
        "number": desk.number_of(place.start),
        "around": desk.around(place),
        "alike": [desk.around(one) for one in alike] if len(alike) > 1 else [],
        "before_url": _place_url(desk.source, before) if before else "",
        "after_url": _place_url(desk.source, after) if after else "",
    }


def _place_url(source, place):
    """The desk with this place chosen, or without one its first that is open. Its words are not in the address."""
    url = reverse("evaluation:redaction_desk", args=[source.pk])
    return f"{url}?at={place.start}#place" if place else f"{url}#place"


def _counted(source, rows):
    """(words, mark, how often), in the order in which they first come."""
    return [
        (words, mark, number)
        for (words, mark), number in Counter((source.text[row.start : row.end], row.mark) for row in rows).items()
    ]
