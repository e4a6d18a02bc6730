"""A study's questions at the same moment: two planners, two taps, an answer and a withdrawal."""

import pytest

from evaluation.models import Administration, Occasion
from evaluation.question_refusals import AnswersNotTaken
from evaluation.services.administration import Said, enter_administration, finish_administration
from evaluation.services.consent import withdraw
from evaluation.services.occasion import settle_occasions
from peersupport.reminders.models import Message
from tests.evaluation.questions import PHQ4, asked, days, one_more, plan, say, standing
from tests.evaluation.test_at_once import at_once, kinds
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_four_planners_at_once_ask_once(study, lead, willing, now):
    for _number in range(3):
        one_more(study, now - days(1), person=PersonFactory())
    plan(study, lead, now, phq4=["baseline"], pain_nrs=["baseline"])
    assert at_once(*[lambda: settle_occasions(now=now)] * 4) == [None] * 4
    assert (Occasion.objects.count(), Administration.objects.count(), Message.objects.count()) == (4, 8, 4)


def test_finishing_at_once_with_closing_closes_once(study, lead, willing, member, now):
    occasion = asked(study, lead, now)
    administration = occasion.administrations.get()
    say(administration, member, now, **PHQ4)
    at_once(
        *[lambda: finish_administration(administration=administration, by=member, now=now)] * 2,
        lambda: settle_occasions(now=occasion.closes_at),
    )
    administration.refresh_from_db()
    assert administration.state == "answered"
    assert (administration.responses.count(), administration.scores.count()) == (4, 3)


def test_answer_and_withdrawal_at_once_leave_no_answer_after_it(study, lead, willing, member, now):
    administration = asked(study, lead, now).administrations.get()
    results = at_once(
        lambda: say(administration, member, now, nervous=1),
        lambda: withdraw(participant=willing, scope="no_collection", by=member, method="own_page", now=now),
    )
    administration.refresh_from_db()
    assert administration.state == "withdrawn"
    was_first = standing(administration)["nervous"] == 1
    assert was_first != any(isinstance(result, AnswersNotTaken) for result in results)


def test_sheet_put_in_twice_at_once_is_put_in_once(study, lead, willing, interviewer, now):
    administration = asked(study, lead, now).administrations.get()
    answers = {code: Said(value=value) for code, value in PHQ4.items()}
    results = at_once(
        *[
            lambda: enter_administration(
                administration=administration, answers=answers, mode="paper", by=interviewer, now=now
            )
        ]
        * 2
    )
    assert kinds(results) == ["Administration", "AnswersClosed"]
    assert administration.responses.count() == 4
