"""The steps of a transcript: in turn, each once, by whom and when, locked at the end and opened with a reason."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from evaluation.models import Interview, TranscriptStep
from evaluation.refusals import StepOutOfTurn, TranscriptApproved
from evaluation.services.redaction import approve_redaction, finish_redaction
from evaluation.services.transcript import check_transcript, reopen_transcript, return_transcript
from evaluation.stages import stage_of
from tests.evaluation.redacting import ready, transcript

pytestmark = pytest.mark.django_db

PLAIN = "P: It was good to be there."


@pytest.fixture
def take(lead, interviewer, now):
    """take(source, "check"): the step, by whoever may take it."""
    takers = {
        "check": lambda source: check_transcript(source=source, by=interviewer, now=now),
        "return": lambda source: return_transcript(source=source, is_wished=True, by=interviewer, now=now),
        "finish": lambda source: finish_redaction(source=source, by=interviewer, now=now),
        "approve": lambda source: approve_redaction(source=source, by=lead, now=now),
        "reopen": lambda source: reopen_transcript(source=source, reason="A name is left.", by=lead, now=now),
    }
    return lambda source, step: takers[step](source)


def states(interview):
    listed = Interview.objects.with_transcript_steps().get(pk=interview.pk)
    return listed.transcript_state.value, stage_of(interview).state.value


def test_transcript_goes_through_all_states_and_each_step_says_who(interview, lead, interviewer, take, now):
    assert states(interview) == ("none", "none")
    source = transcript(interview, interviewer, now, PLAIN)
    seen = [states(interview)]
    for step in ("check", "return", "finish", "approve"):
        take(source, step)
        seen.append(states(interview))
    assert seen == [(state, state) for state in ("raw", "checked", "returned", "deidentified", "approved")]
    rows = TranscriptStep.objects.values_list("step", "taken_by", "taken_at")
    people = [interviewer.pk, interviewer.pk, interviewer.pk, lead.pk]
    steps = ["checked", "returned", "deidentified", "approved"]
    assert list(rows) == [(step, person, now) for step, person in zip(steps, people, strict=True)]


WAYS = {
    "none": [],
    "checked": ["check"],
    "returned": ["check", "return"],
    "deidentified": ["check", "return", "finish"],
    "reopened": ["check", "return", "finish", "reopen"],
}
NEXT = {
    "none": {"check"},
    "checked": {"return"},
    "returned": {"finish"},
    "deidentified": {"approve", "reopen"},
    "reopened": {"finish"},
}


@pytest.mark.parametrize("way", WAYS)
def test_no_state_can_be_skipped_or_taken_twice(interview, interviewer, take, now, way):
    source = transcript(interview, interviewer, now, PLAIN)
    for step in WAYS[way]:
        take(source, step)
    taken = set()
    for step in ("check", "return", "finish", "approve", "reopen"):
        with transaction.atomic():
            try:
                take(source, step)
            except StepOutOfTurn:
                continue
            taken.add(step)
            transaction.set_rollback(True)
    assert taken == NEXT[way]


@pytest.mark.parametrize("way", WAYS)
def test_database_holds_the_order_too(interview, interviewer, take, now, way):
    source = transcript(interview, interviewer, now, PLAIN)
    for step in WAYS[way]:
        take(source, step)
    names = {"check": "checked", "return": "returned", "finish": "deidentified", "reopen": "reopened"}
    for step, name in names.items():
        reason = "Why" if name == "reopened" else ""
        row = TranscriptStep(source=source, step=name, reason=reason, taken_by=interviewer, taken_at=now)
        if step in NEXT[way]:
            continue
        with pytest.raises(IntegrityError, match="can not be"), transaction.atomic():
            row.save()


def test_steps_are_never_changed(interview, interviewer, now):
    ready(interview, interviewer, now, PLAIN)
    for change in (TranscriptStep.objects.all().delete, lambda: TranscriptStep.objects.update(step="approved")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_reason_belongs_to_opening_again_and_to_nothing_else(interview, interviewer, take, now):
    source = ready(interview, interviewer, now, PLAIN)
    take(source, "finish")
    facts = {"source": source, "taken_by": interviewer, "taken_at": now}
    with pytest.raises(IntegrityError, match="reopened_transcript_has_reason"), transaction.atomic():
        TranscriptStep.objects.create(step="reopened", **facts)


def test_new_version_begins_anew(interview, interviewer, take, now):
    first = ready(interview, interviewer, now, PLAIN)
    second = transcript(interview, interviewer, now, PLAIN + " Really.")
    assert states(interview) == ("raw", "raw")
    with pytest.raises(StepOutOfTurn):
        take(first, "finish")
    take(second, "check")
    assert states(interview) == ("checked", "checked")


def test_approved_transcript_takes_no_new_version_until_it_is_opened_with_a_reason(interview, interviewer, take, now):
    source = ready(interview, interviewer, now, PLAIN)
    take(source, "finish")
    approved = take(source, "approve")
    with pytest.raises(TranscriptApproved, match="Open it again first"):
        transcript(interview, interviewer, now, "Another text.")
    take(approved, "reopen")
    assert states(interview) == ("returned", "returned")
    assert TranscriptStep.objects.last().reason == "A name is left."
    transcript(interview, interviewer, now, "Another text.")
    assert states(interview) == ("raw", "raw")


def test_field_notes_are_not_locked(interview, interviewer, take, now):
    source = ready(interview, interviewer, now, PLAIN)
    take(source, "finish")
    take(source, "approve")
    assert interview.sources.filter(kind="field_note").count() == 1
    note = interview.sources.model.objects
    assert note.readable().filter(kind="field_note").exists()
    with pytest.raises(TranscriptApproved):
        transcript(interview, interviewer, now, "More.")


def test_interviews_to_redact_are_those_that_were_returned_or_opened(interview, interviewer, take, now):
    source = transcript(interview, interviewer, now, PLAIN)
    waiting = []
    for step in ("check", "return", "finish", "reopen", "finish", "approve"):
        take(source, step)
        waiting.append(Interview.objects.to_redact().exists())
    assert waiting == [False, True, False, True, False, False]
