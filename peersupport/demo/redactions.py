"""The sample study's transcripts: some raw, some on the redaction desk, some approved by the second person."""

from datetime import timedelta

from evaluation.models import Source, Study
from evaluation.redaction.desk import Desk
from evaluation.redaction.words import folded
from evaluation.services.redaction import approve_redaction, finish_redaction, leave_spans, replace_spans
from evaluation.services.transcript import check_transcript, reopen_transcript, return_transcript
from members.models import Person
from peersupport.demo.cast import Telling, account_holder

#: Of the transcripts, oldest first: so many are checked, of these so many redacted, and of these so many approved.
CHECKED, REDACTED, APPROVED = 10, 7, 5


def tell_redactions(telling: Telling, study: Study, lead: Person):
    second = account_holder("keyholder@example.org", telling.now)
    sources = study.sources.filter(kind=Source.Kind.TRANSCRIPT).order_by("added_at", "pk")
    for number, source in enumerate(sources[:CHECKED]):
        at = source.added_at + timedelta(days=2)
        check_transcript(source=source, by=lead, now=at)
        return_transcript(source=source, is_wished=number % 3 != 0, by=lead, now=at + timedelta(days=9))
        if number < REDACTED:
            _redact(source, lead, at + timedelta(days=10))
        if number < APPROVED:
            approve_redaction(source=source, by=second, now=at + timedelta(days=12))
        elif number == APPROVED:
            reason = "Read the last lines once more: a friend is named there."
            reopen_transcript(source=source, reason=reason, by=second, now=at + timedelta(days=12))


def _redact(source, by, now):
    """Each place as it is offered, but for towns: the study says that it is about Bristol."""
    desk = Desk(source)
    by_words: dict = {}
    for span in desk.open:
        by_words.setdefault((folded(desk.text[span.start : span.end]), span.kind), []).append(span)
    for spans in by_words.values():
        decision = {"source": source, "places": [(span.start, span.end) for span in spans], "by": by, "now": now}
        if spans[0].kind == "place":
            leave_spans(kind="place", **decision)
        else:
            replace_spans(kind=spans[0].kind, mark=desk.offers[spans[0].start], **decision)
    finish_redaction(source=source, by=by, now=now)
