"""Why an appointment or an interview may not be planned, changed or begun, each with what to do."""

from django.utils.translation import gettext_lazy

from evaluation.consent import Obstacle
from peersupport.refusals import Refused

SENTENCES = {
    Obstacle.NO_CONSENT: gettext_lazy("They have not agreed to be interviewed. Record their consent first."),
    Obstacle.TAKEN_BACK: gettext_lazy("They have taken their consent back. Please don't get in touch."),
    Obstacle.NO_MORE_CONTACT: gettext_lazy("They have asked for no more contact. Please don't get in touch."),
    Obstacle.GONE: gettext_lazy("They can't take part any more. Please don't get in touch."),
}


def sentence_about(obstacle: Obstacle) -> str:
    return str(SENTENCES.get(obstacle, SENTENCES[Obstacle.NO_CONSENT]))


class NotToBeAsked(Refused):
    """No interview may be planned or begun with the participant."""

    def __init__(self, obstacle: Obstacle):
        super().__init__(obstacle)
        self.sentence = sentence_about(obstacle)


class InThePast(Refused):
    sentence = gettext_lazy("Enter a day and time that are still to come")
    field = "starts_on"


class PlannedAlready(Refused):
    sentence = gettext_lazy("They have an appointment already. Move or cancel that one first.")


class NotPlanned(Refused):
    """It was held, cancelled or missed meanwhile, or the interview has begun."""

    sentence = gettext_lazy("This appointment can't be changed any more. Look below at what became of it.")


class NotOverYet(Refused):
    sentence = gettext_lazy("Wait until the appointment has begun before you say that they did not come.")
