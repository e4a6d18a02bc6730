"""Two people, or one person twice, at the same moment: real transactions on two connections."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from evaluation.models import ConsentDecision, Interview, Participant, Withdrawal
from evaluation.services.consent import answer_consent, publish_form, withdraw
from evaluation.services.interview import record_interview
from evaluation.services.source import SameText, add_interview_text
from evaluation.services.study import LastLead, end_duty
from tests.factories import StudyMemberFactory

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
