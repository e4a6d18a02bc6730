"""Answering questions about oneself, one a page; what was said, and the numbers over time. For one's own eyes."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from peersupport.access import require
from peersupport.instruments.catalogue import instrument_of
from peersupport.instruments.definition import Missing
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to
from supportplans.forms.self_report import AnswerItemForm
from supportplans.models import SelfReport, SelfReportWish
from supportplans.self_report_page import (
    lines_over_time,
    number_rules,
    numbers_in,
    said_in,
    waiting_for,
    words_over_time,
)
from supportplans.services.self_report import answer_item, finish_report, start_report, take_out_report

#: Rows of a page over time: two years at the fastest rhythm.
PAGE = 52


@require_POST
def self_report_start(request, code):
    wish = get_object_or_404(SelfReportWish, person=request.user, is_on=True, instruments__contains=[code])
    instrument = next((one for one in wish.chosen() if one.code == code), None)
    if instrument is None:
        raise Http404
    report = start_report(instrument=instrument, by=request.user, now=timezone.now())
    given = set(report.answers.values_list("item", flat=True))
    return _to_question(report, next((n for n, item in _numbered(instrument) if item.code not in given), None))


def self_report_answer(request, pk, number):
    """One question. Skipping, and rather not saying, are one tap; `?change` leads back to the end."""
    report = _own_report(request, pk)
    items = dict(_numbered(report.definition))
    if number not in items:
        raise Http404
    if report.finished_at:
        return redirect(report)
    item, answer = items[number], report.answers.filter(item=items[number].code).first()
    reason = request.POST.get("missing")
    form = AnswerItemForm(
        request.POST if request.method == "POST" and not reason else None,
        item=item,
        stem=report.definition.stem,
        initial={"answer": answer.value if answer else None},
    )
    said = {"missing": Missing(reason)} if reason in list(Missing) else {}
    if said or form.is_valid():
        with shown_to(request):
            answer_item(
                report=report, item=item.code, now=timezone.now(), **(said or {"value": form.cleaned_data["answer"]})
            )
            return _to_question(report, None if "change" in request.GET else number + 1)
        return redirect(report)
    context = {"report": report, "instrument": report.definition, "item": item, "answer": answer, "form": form}
    return render(request, "supportplans/self_report_answer.html", context | {"number": number, "of": len(items)})


def self_report_finish(request, pk):
    """What was said so far, to be changed, gone on with, finished as it is, or left for later."""
    report = _own_report(request, pk)
    if report.finished_at:
        return redirect(report)
    form = ConfirmForm(request.POST if request.method == "POST" else None, submit_label=_("Finish"))
    if form.is_valid():
        with shown_on(form):
            finish_report(report=report, now=timezone.now())
            messages.success(request, _("It is kept, for you alone."))
            return redirect(report)
    given = set(report.answers.values_list("item", flat=True))
    said = said_in(report)
    context = {
        "report": report,
        "instrument": report.definition,
        "said": said,
        "form": form,
        "next": next((one for one in said if one.item.code not in given), None),
        "has_answers": bool(given),
    }
    return render(request, "supportplans/self_report_finish.html", context)


def self_report_detail(request, pk):
    report = _standing(request, pk)
    if not report.finished_at:
        return redirect("supportplans:self_report_finish", report.pk)
    numbers = numbers_in(report)
    context = {
        "report": report,
        "instrument": report.definition,
        "said": said_in(report),
        "numbers": numbers,
        "has_numbers": any(number.value for number in numbers),
        "next": next(iter(waiting_for(request.user, now=timezone.now())), None),
    }
    return render(request, "supportplans/self_report_detail.html", context)


def self_report_take_out(request, pk):
    report = _own_report(request, pk)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=_("Take it out"),
        cancel_url=report.get_absolute_url(),
    )
    if form.is_valid():
        take_out_report(report=report, now=timezone.now())
        messages.success(request, _("It is taken out."))
        return redirect("supportplans:self_report_list")
    context = {"report": report, "instrument": report.definition, "form": form}
    return render(request, "supportplans/self_report_take_out.html", context)


def self_report_over_time(request, code):
    instrument = instrument_of(code)
    if instrument is None:
        raise Http404
    own = SelfReport.objects.visible_to(request.user).finished().filter(instrument=code).prefetch_related("scores")
    page = page_of(own, key="finished_at", query=request.GET, size=PAGE, is_descending=True)
    reports, rules = page.rows[::-1], number_rules(instrument)
    context = {
        "instrument": instrument,
        "page": page,
        "rules": rules,
        "lines": lines_over_time(reports, rules),
        "words": words_over_time(reports, instrument),
        "top": max(rule.highest for rule in rules),
    }
    return render(request, "supportplans/self_report_over_time.html", context)


def _own_report(request, pk):
    report = _standing(request, pk)
    require(request.user, "supportplans.change_self_report", report)
    return report


def _standing(request, pk):
    """One that was not taken out, of a version that is still there."""
    report = get_object_or_404(SelfReport.objects.visible_to(request.user).standing(), pk=pk)
    if report.definition is None:
        raise Http404
    return report


def _numbered(instrument):
    return enumerate(instrument.items, start=1)


def _to_question(report, number):
    """The question with this number; past the last, or with none, the end."""
    if number and number <= len(report.definition.items):
        return redirect("supportplans:self_report_answer", report.pk, number)
    return redirect("supportplans:self_report_finish", report.pk)
