"""What tests of a study's questions do again and again."""

from datetime import timedelta

from evaluation.models import ConsentStatement, Occasion, Response
from evaluation.services.administration import Said, answer_question
from evaluation.services.occasion import settle_occasions
from evaluation.services.questionnaire import plan_questionnaires
from tests.factories import ConsentDecisionFactory, IdentityKeyFactory, ParticipantFactory

PHQ4 = {"nervous": 1, "worrying": 2, "interest": 0, "down": 3}


def plan(study, by, now, *, window_days=14, **chosen):
    """plan(study, lead, now, phq4=["baseline"])"""
    return plan_questionnaires(study=study, chosen=chosen, window_days=window_days, by=by, now=now)


def asked(study, by, now, **chosen):
    """The occasion that opens now for the one participant who is willing."""
    plan(study, by, now, **(chosen or {"phq4": ["baseline"]}))
    settle_occasions(now=now)
    return Occasion.objects.get()


def one_more(study, joined_at, *, person=None):
    """Another participant who said yes to questions as they joined; without an account if no `person` is given."""
    key = {"person": person} if person else {"person": None, "name": "Dr Shah"}
    participant = ParticipantFactory(study=study, created_at=joined_at)
    IdentityKeyFactory(participant=participant, **key)
    statement = ConsentStatement.objects.get(form__study=study, purpose="questionnaires")
    ConsentDecisionFactory(participant=participant, statement=statement, decided_at=joined_at)
    return participant


def say(administration, by, now, **said):
    """Answers on one's own page: numbers, or reasons as text."""
    for item, what in said.items():
        what = Said(missing=what) if isinstance(what, str) else Said(value=what)
        answer_question(administration=administration, item=item, said=what, by=by, now=now)


def standing(administration):
    """What stands, by item: a number, or a reason."""
    rows = Response.objects.filter(administration=administration).standing().select_related("item")
    return {row.item.code: row.missing or row.value for row in rows}


def scores_of(administration):
    """The last of each, by code."""
    rows = administration.scores.order_by("pk")
    return {row.code: row.value if row.value is None else float(row.value) for row in rows}


def days(number):
    return timedelta(days=number)
