"""The transcripts of the sample study, up to those that are approved and whose records are locked."""

from datetime import timedelta

from evaluation.models import Source, Study
from evaluation.redaction.desk import Desk
from evaluation.redaction.words import folded
from evaluation.services.record import correct_interview, destroy_recording, lock_record
from evaluation.services.redaction import approve_redaction, finish_redaction, leave_spans, replace_spans
from evaluation.services.transcript import check_transcript, reopen_transcript, return_transcript
from members.models import Person
from peersupport.demo.cast import Telling, account_holder

#: Of the transcripts, oldest first: so many are checked, of these so many redacted, of these so many approved,
#: and of these so many have no recording any more and are locked.
CHECKED, REDACTED, APPROVED, LOCKED = 18, 14, 12, 8


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
            if number < LOCKED:
                _close_record(source.interview, lead, at + timedelta(days=14))
        elif number == APPROVED:
            reason = "Read the last lines once more: a friend is named there."
            reopen_transcript(source=source, reason=reason, by=second, now=at + timedelta(days=12))


def _close_record(interview, lead, now):
    """The length is put right, the recording is gone, and the record is locked."""
    facts = {"length_minutes": interview.length_minutes + 1}
    correct_interview(interview=interview, reason="The recording runs a minute longer.", by=lead, now=now, **facts)
    destroy_recording(interview=interview, destroyed_on=now.date(), by=lead, now=now)
    lock_record(record=interview, by=lead, now=now)


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
