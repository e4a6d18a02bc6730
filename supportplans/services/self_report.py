"""Answering questions about oneself: each answer is kept as it is given, and stays as it is once all is finished."""

from datetime import datetime

from django.db import transaction

from members.models import Person
from peersupport.instruments.definition import Instrument, Missing
from peersupport.instruments.scoring import check, score
from supportplans.models import SelfReport, SelfReportAnswer, SelfReportScore
from supportplans.refusals import NothingAnswered, ReportFinished


@transaction.atomic
def start_report(*, instrument: Instrument, by: Person, now: datetime) -> SelfReport:
    """The report that `by` has open for this instrument, or a new one: tapping twice begins one.

    One that was left open for long, or begun with an earlier version, is finished as it is.
    """
    left = SelfReport.objects.open().filter(person=by, instrument=instrument.code).select_for_update().first()
    if left and (left.is_old(now) or left.version != instrument.version):
        _close(left, now)
    report, _is_new = SelfReport.objects.get_or_create(
        person=by,
        instrument=instrument.code,
        finished_at=None,
        taken_out_at=None,
        defaults={"version": instrument.version, "started_at": now},
    )
    return report


@transaction.atomic
def answer_item(
    *, report: SelfReport, item: str, now: datetime, value: int | None = None, missing: Missing | None = None
) -> SelfReportAnswer:
    """Keep what was said to one question: a number, or why there is none. Said again, the last counts."""
    report = _locked(report)
    if report.definition is None or report.finished_at or report.taken_out_at:
        raise ReportFinished
    check(report.definition, {item: value})
    answer = SelfReportAnswer(report=report, item=item, value=value, missing=missing or "", answered_at=now)
    SelfReportAnswer.objects.bulk_create(
        [answer],
        update_conflicts=True,
        unique_fields=["report", "item"],
        update_fields=["value", "missing", "answered_at"],
    )
    return answer


@transaction.atomic
def finish_report(*, report: SelfReport, now: datetime) -> SelfReport:
    """Nothing changes any more, and the scores are worked out. Finishing twice is finishing once."""
    report = _locked(report)
    if report.finished_at or report.taken_out_at:
        return report
    if not report.answers.exists():
        raise NothingAnswered
    _finish(report, now)
    return report


@transaction.atomic
def take_out_report(*, report: SelfReport, now: datetime) -> None:
    """Its owner wants it gone from every page; twice does no harm."""
    SelfReport.objects.standing().filter(pk=report.pk).update(taken_out_at=now)


def _locked(report):
    return SelfReport.objects.select_for_update().get(pk=report.pk)


def _finish(report, at):
    scores = score(report.definition, dict(report.answers.values_list("item", "value")))
    SelfReportScore.objects.bulk_create(
        SelfReportScore(
            report=report,
            code=one.code,
            value=one.value,
            reason=one.reason,
            scorer=one.scorer,
            scorer_version=one.scorer_version,
        )
        for one in scores
    )
    report.finished_at = at
    report.save(update_fields=["finished_at"])


def _close(report, now):
    """What holds answers was finished when the last was given; what holds none, or is of a version that is gone,
    leaves every page."""
    last = report.answers.order_by("answered_at").last()
    if report.definition and last:
        _finish(report, last.answered_at)
    else:
        take_out_report(report=report, now=now)
