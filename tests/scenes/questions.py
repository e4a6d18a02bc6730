"""Messages about a study's questions."""

from datetime import timedelta

from tests import factories as make
from tests.factories import NOW
from tests.scenes.stage import message, person, scene


def occasion(days_ago=0):
    """Maria's, who said yes to questions."""
    study = make.StudyFactory(title="How groups carry on")
    who = make.IdentityKeyFactory(participant__study=study, person=person("Maria")).participant
    statement = make.ConsentStatementFactory(form__study=study, purpose="questionnaires")
    make.ConsentDecisionFactory(participant=who, statement=statement)
    row = make.OccasionFactory(study=study, participant=who, opened_at=NOW - timedelta(days=days_ago))
    make.AdministrationFactory(occasion=row)
    return row


def to_maria(row):
    return message(row, row.participant.identity_key.person)


@scene("evaluation.questions_open")
def questions_open():
    """It comes on the day on which a study has questions for someone who said yes to them."""
    return to_maria(occasion())


@scene("evaluation.questions_waiting")
def questions_waiting():
    """It comes a week later, and again two days before the end, while something is left to answer."""
    return to_maria(occasion(days_ago=7))
