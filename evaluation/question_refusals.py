"""Why answers to a study's questions are not taken, each with what to do."""

from django.utils.translation import gettext_lazy

from peersupport.refusals import Refused


class AnswersNotTaken(Refused):
    """No yes to questionnaires holds now, or the participant wants no more contact."""

    sentence = gettext_lazy("Nothing is saved: there is no yes to answering questions that holds now.")


class AnswersClosed(Refused):
    sentence = gettext_lazy("These questions are closed. What was answered stays as it is.")


class NothingAnswered(Refused):
    sentence = gettext_lazy("Answer at least one question first. Or go back and choose “Not this time”.")


class AnsweredThemselves(Refused):
    """On their own page, so that answers from paper would stand against theirs."""

    sentence = gettext_lazy("They have begun to answer on their own page. Nothing else can be put in beside that.")


class QuestionsGone(Refused):
    """The file of an instrument is not there any more, or says something else than when it was first used."""

    sentence = gettext_lazy("These questions are not as they were when you planned them. Ask whoever runs the service.")
