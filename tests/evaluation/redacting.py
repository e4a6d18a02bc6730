"""A transcript that can be redacted, and what tests of it do again and again."""

from evaluation.models import Source
from evaluation.services.redaction import approve_redaction, finish_redaction, leave_spans, replace_spans
from evaluation.services.source import add_interview_text
from evaluation.services.transcript import check_transcript, return_transcript

TEXT = (
    "Int: Who came?\nP: My sister Maureen. We met Joan in Bath. Joan rang me on 0117 496 0123.\n"
    "Int: And then?\nP: 🙂 Joan."
)


def transcript(interview, by, now, text=TEXT) -> Source:
    """A new version, as it is: raw."""
    return add_interview_text(interview=interview, kind="transcript", text=text, by=by, now=now)


def ready(interview, by, now, text=TEXT) -> Source:
    """One that is checked and was given back, so that it can be redacted."""
    source = transcript(interview, by, now, text)
    check_transcript(source=source, by=by, now=now)
    return_transcript(source=source, is_wished=False, by=by, now=now)
    return source


def places_of(source, words):
    """Where `words` stand, as (start, end)."""
    found, at = [], source.text.find(words)
    while at >= 0:
        found.append((at, at + len(words)))
        at = source.text.find(words, at + 1)
    return found


def replace(source, words, mark, *, by, now, kind="person", **more):
    replace_spans(source=source, places=places_of(source, words), kind=kind, mark=mark, by=by, now=now, **more)


def redact_whole(source, *, by, now):
    """Every suggestion of TEXT decided on, and handed over."""
    replace(source, "Maureen", "[sister]", by=by, now=now)
    replace(source, "Joan", "[person A]", by=by, now=now)
    replace(source, "0117 496 0123", "[phone number]", kind="phone", by=by, now=now)
    leave_spans(source=source, places=places_of(source, "Bath"), kind="place", by=by, now=now)
    return finish_redaction(source=source, by=by, now=now)


def approved(source, *, by, second, now) -> Source:
    """The version that stands for a raw `source` in which nothing is suggested."""
    check_transcript(source=source, by=by, now=now)
    return_transcript(source=source, is_wished=False, by=by, now=now)
    finish_redaction(source=source, by=by, now=now)
    return approve_redaction(source=source, by=second, now=now)
