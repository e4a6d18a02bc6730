"""Two people, or one person twice, at the same moment: real transactions on two connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from evaluation.frames import Criteria
from evaluation.models import (
    ApproachKey,
    ConsentDecision,
    Interview,
    Participant,
    Redaction,
    Replacement,
    Source,
    Withdrawal,
)
from evaluation.refusals import AlreadyDecided, OutcomeOutOfTurn, StepOutOfTurn
from evaluation.services.approach import decline_approach, record_outcome
from evaluation.services.consent import answer_consent, publish_form, withdraw
from evaluation.services.export import approve_export, make_download_link, refuse_export, use_download_link
from evaluation.services.frame import draw_frame
from evaluation.services.identity import answer_identity_request, request_identity
from evaluation.services.interview import record_interview
from evaluation.services.redaction import approve_redaction, finish_redaction, replace_spans, undo_redaction
from evaluation.services.source import SameText, add_interview_text
from evaluation.services.study import LastLead, end_duty
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.evaluation.exporting import StudyWorld
from tests.evaluation.redacting import places_of, ready, redact_whole
from tests.factories import MembershipFactory, StudyMemberFactory, approached

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run `calls` together; what each gave, or the exception it raised."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(timeout=10)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_answers_sent_twice_at_once_make_one_participant(form, member, now):
    answers = dict.fromkeys(form.statements.all(), True)
    results = at_once(*[lambda: answer_consent(form=form, person=member, answers=answers, now=now)] * 4)
    assert kinds(results) == ["Participant"] * 4
    assert (Participant.objects.count(), ConsentDecision.objects.count()) == (1, 3)


def test_two_forms_published_at_once_are_two_versions(study):
    def publish(number):
        return lambda: publish_form(
            study=study, text=f"Text {number}", statements=[("interview", "Yes")], now=timezone.now()
        )

    at_once(publish(1), publish(2), publish(3))
    assert sorted(study.consent_forms.values_list("version", flat=True)) == [1, 2, 3]


def test_withdrawing_twice_at_once_is_once(participant, decide, member, now):
    decide(participant, "interview")

    def stop():
        return withdraw(participant=participant, scope="remove", by=member, method="own_page", now=now)

    assert kinds(at_once(stop, stop, stop)) == ["Withdrawal"] * 3
    assert Withdrawal.objects.count() == 1
    assert list(participant.decisions.order_by("pk").values_list("decision", flat=True)) == ["given", "withdrawn"]


def test_interview_sent_twice_at_once_is_one_and_its_text_is_one_version(participant, decide, interviewer, now):
    decision = decide(participant, "interview")

    def record():
        return record_interview(
            participant=participant,
            by=interviewer,
            now=now,
            started_at=decision.decided_at,
            recording="none",
            participant_kind="member",
            mode="phone",
            length_minutes=30,
        )

    assert kinds(at_once(record, record)) == ["Interview", "Interview"]
    interview = Interview.objects.get()

    def add():
        return add_interview_text(interview=interview, kind="transcript", text="Hello", by=interviewer, now=now)

    results = at_once(add, add)
    assert kinds(results) == [SameText.__name__, "Source"]


def test_two_leads_can_not_end_each_others_duty_at_once(study, now):
    leads = StudyMemberFactory.create_batch(2, study=study)
    results = at_once(*[lambda lead=lead: end_duty(member=lead, now=now) for lead in leads])
    assert kinds(results) == [LastLead.__name__, "StudyMember"]
    assert study.team.current().filter(duty="lead").count() == 1


@pytest.fixture
def source(interview, interviewer, group, now):
    MembershipFactory(group=group, person__preferred_name="Joan")
    return ready(interview, interviewer, now)


def test_two_who_redact_the_same_words_at_once_leave_one_decision_each(source, lead, interviewer, now):
    def replace(by, mark):
        places = places_of(source, "Joan")
        return lambda: replace_spans(source=source, places=places, kind="person", mark=mark, by=by, now=now)

    results = at_once(replace(lead, "[friend]"), replace(interviewer, "[contact]"))
    assert kinds(results) == [AlreadyDecided.__name__, "NoneType"]
    marks = set(Redaction.objects.standing().values_list("mark", flat=True))
    assert (len(marks), Redaction.objects.count(), Replacement.objects.count()) == (1, 3, 1)


def test_two_who_redact_overlapping_words_at_once_do_not_both_do_so(source, lead, interviewer, now):
    def replace(by, words):
        places = places_of(source, words)
        return lambda: replace_spans(source=source, places=places, kind="other", mark="[kin]", by=by, now=now)

    results = at_once(replace(lead, "My sister Maureen"), replace(interviewer, "Maureen. We met"))
    assert kinds(results) == [AlreadyDecided.__name__, "NoneType"]
    assert Redaction.objects.count() == 1


def test_the_same_name_in_two_texts_at_once_becomes_one_thing(source, interview, lead, interviewer, now):
    other = Interview.objects.get(pk=interview.pk)
    other.pk, other.started_at = None, now - timedelta(days=3)
    other.save()
    second = ready(other, interviewer, now, "Joan was here.")

    def replace(text, by, mark):
        places = places_of(text, "Joan")[:1]
        return lambda: replace_spans(source=text, places=places, kind="person", mark=mark, by=by, now=now)

    results = at_once(replace(source, lead, "[friend]"), replace(second, interviewer, "[contact]"))
    assert kinds(results) == ["NoneType", "OtherMark"]
    assert Replacement.objects.current().count() == 1


def test_redaction_approved_twice_at_once_makes_one_version(source, study, lead, interviewer, now):
    redact_whole(source, by=interviewer, now=now)
    others = [lead, StudyMemberFactory(study=study, duty="approver").person]
    results = at_once(*[lambda by=by: approve_redaction(source=source, by=by, now=now) for by in others])
    assert kinds(results) == ["Source", StepOutOfTurn.__name__]
    assert Source.objects.filter(redacted_from=source).count() == 1


def test_nothing_is_undone_in_what_is_handed_over_at_that_moment(source, lead, interviewer, now):
    redact_whole(source, by=interviewer, now=now)
    row = Redaction.objects.replacing().first()
    approve = lambda: approve_redaction(source=source, by=lead, now=now)  # noqa: E731
    undo = lambda: undo_redaction(redaction=row, by=interviewer, now=now)  # noqa: E731
    finish = lambda: finish_redaction(source=source, by=interviewer, now=now)  # noqa: E731
    assert kinds(at_once(approve, undo, finish)) == ["Source", StepOutOfTurn.__name__, StepOutOfTurn.__name__]
    assert Redaction.objects.replacing().count() == 5


def test_two_answers_at_once_to_who_someone_is_are_one(participant, study, key_holder, lead, now):
    other = StudyMemberFactory(study=study, duty="approver").person
    request = request_identity(participant=participant, reason="To ring back", by=key_holder, now=now)
    results = at_once(
        lambda: answer_identity_request(request=request, is_granted=True, answer="", by=lead, now=now),
        lambda: answer_identity_request(request=request, is_granted=False, answer="No.", by=other, now=now),
    )
    assert kinds(results) == ["AlreadyAnswered", "IdentityRequest"]
    assert Message.objects.filter(kind="evaluation.identity_answered").count() == 1


def test_two_who_draw_at_once_draw_nobody_twice(study, group, form, lead, interviewer, now):
    MembershipFactory.create_batch(8, group=group)

    def draw(by):
        criteria = Criteria([group], ["member"], asks_again=False)
        return lambda: draw_frame(study=study, criteria=criteria, method="random", wanted=5, by=by, now=now)

    assert kinds(at_once(draw(lead), draw(interviewer))) == ["SamplingFrame", "SamplingFrame"]
    assert sorted(frame.steps.count() for frame in study.frames.all()) == [3, 5]
    assert ApproachKey.objects.values("person").distinct().count() == 8
    assert sorted(study.frames.values_list("number", flat=True)) == [1, 2]


def test_an_answer_given_twice_at_once_stands_once(study, group, member, form, interviewer, now):
    approach = approached(study=study, to=member, group=group)
    day = timezone.localdate(now)
    decline = lambda: decline_approach(approach=approach, reason="", words="", by=member, now=now)  # noqa: E731
    record = lambda: record_outcome(  # noqa: E731
        approach=approach, step="declined", way="phone", happened_on=day, by=interviewer, now=now
    )
    results = at_once(decline, record, decline)
    assert kinds(results) == ["ApproachStep", OutcomeOutOfTurn.__name__, OutcomeOutOfTurn.__name__]
    assert approach.steps.count() == 2


def test_saying_yes_and_no_at_once_ends_with_one_of_them(study, group, member, form, now):
    """Either the no came first and was thought over, or it came too late."""
    approach = approached(study=study, to=member, group=group)
    answers = dict.fromkeys(form.statements.all(), True)
    decline = lambda: decline_approach(approach=approach, reason="", words="", by=member, now=now)  # noqa: E731
    at_once(lambda: answer_consent(form=form, person=member, answers=answers, now=now), decline)
    steps = list(approach.steps.values_list("step", flat=True))
    assert steps in (["invited", "agreed"], ["invited", "declined", "agreed"])


def test_link_to_an_export_gives_its_file_once_though_many_ask(now):
    world = StudyWorld()
    export = world.export(state="ready", file_name="a.zip", sha256="ab", size_bytes=1, as_of=now)
    link, _token = make_download_link(export=export, for_whom="Dr Lee", by=world.researcher, now=now)
    results = at_once(*[lambda: use_download_link(link=link, now=now)] * 4)
    assert kinds(results) == ["Export", *["LinkNotUsable"] * 3]
    assert AccessLogEntry.objects.filter(action="downloaded").count() == 1


def test_export_is_decided_on_once_though_two_do(now):
    world = StudyWorld()
    export = world.export(state="requested")
    lead = StudyMemberFactory(study=world.study, duty="lead").person
    results = at_once(
        lambda: approve_export(export=export, reason="In the protocol.", by=world.approver, now=timezone.now()),
        lambda: refuse_export(export=export, reason="Too much.", by=lead, now=timezone.now()),
    )
    assert kinds(results) == ["Export", "ExportDecided"]
