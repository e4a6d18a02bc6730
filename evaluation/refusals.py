"""Why something in a study may not be done, each with what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from evaluation.consent import Obstacle
from peersupport.refusals import Refused


class StepOutOfTurn(Refused):
    """The transcript is further on, or not as far, or there is a newer version."""

    sentence = gettext_lazy("This step can't be taken now. Look below at how far the transcript is.")


class TranscriptApproved(Refused):
    sentence = gettext_lazy("The transcript is approved. Open it again first, and say why.")
    field = "text"


class OutsideText(Refused):
    sentence = gettext_lazy("That place is not in this text. Choose one of the marked places.")


class AlreadyDecided(Refused):
    """On this very place, or one that shares a part of it; perhaps by someone else at the same time."""

    sentence = gettext_lazy("Someone has decided on these words, or a part of them. Undo that first.")


class OtherMark(Refused):
    """The same words become something else in this study."""

    field = "mark"

    def __init__(self, mark: str):
        super().__init__(mark)
        self.sentence = _("In this study these words become %(mark)s. Use that, or tick that this is someone else.") % {
            "mark": mark
        }


class MarkTaken(Refused):
    """It was offered as a new one, and has meanwhile been used for other words."""

    field = "mark"

    def __init__(self, fresh: str):
        super().__init__(fresh)
        self.sentence = _("This was just used for someone else. You can use %(fresh)s.") % {"fresh": fresh}


class MarkGivesAway(Refused):
    sentence = gettext_lazy("Leave the words themselves out of what takes their place.")
    field = "mark"


class WordsNotThere(Refused):
    sentence = gettext_lazy("These words are not in the text. Copy whole words from it.")
    field = "words"


class SuggestionsLeft(Refused):
    def __init__(self, number: int):
        super().__init__(number)
        self.sentence = ngettext(
            "%(number)s place still waits for you to decide.",
            "%(number)s places still wait for you to decide.",
            number,
        ) % {"number": number}


class OwnRedaction(Refused):
    sentence = gettext_lazy("You took part in the redaction. Someone else has to approve it.")


class AlreadyAsked(Refused):
    sentence = gettext_lazy("You have asked already. It waits for a second person.")


class NeedsSecondPerson(Refused):
    """Nobody has agreed, or their yes has run out."""

    sentence = gettext_lazy("A second person has to agree first: a lead, a key-holder or an approver of this study.")


class NobodyToAsk(Refused):
    sentence = gettext_lazy("Nobody else in this study can agree. Ask a lead to make someone an approver first.")


class OwnRequest(Refused):
    sentence = gettext_lazy("You asked for this yourself. Someone else has to answer it.")


class AlreadyAnswered(Refused):
    sentence = gettext_lazy("Someone has answered this already.")


class LinkedAlready(Refused):
    sentence = gettext_lazy("This participant has an account already.")


class TakesPartAlready(Refused):
    """Under another pseudonym, so that they would be counted twice."""

    sentence = gettext_lazy("Whoever has this address is in this study under another pseudonym. Check the address.")
    field = "email"


class NoticeGiven(Refused):
    sentence = gettext_lazy("Someone has done this already. It is written down below.")


class StudyIsSettled(Refused):
    """People are already asked under a published form: what they are asked about can't change."""

    sentence = gettext_lazy("A consent form is published, so this can't be changed any more.")


class StudyNotSetUp(Refused):
    def __init__(self, steps: list[str]):
        super().__init__(steps)
        self.sentence = _("Set the study up first. These steps are left: %(steps)s.") % {"steps": ", ".join(steps)}


class SameForm(Refused):
    sentence = gettext_lazy("This is word for word the version in force. There is nothing to publish.")


class RecordLocked(Refused):
    """An interview or observation."""

    sentence = gettext_lazy("This record is locked. A lead of the study can open it again, with a reason.")


class RecordingNotHeld(Refused):
    sentence = gettext_lazy("No recording is held any more. Someone may have written this down already.")


class LockedAlready(Refused):
    sentence = gettext_lazy("Someone has locked this already.")


class NotLocked(Refused):
    sentence = gettext_lazy("Someone has opened this already.")


class NothingToCorrect(Refused):
    sentence = gettext_lazy("Everything is as it was. Change what is wrong, or cancel.")


class NotToBeRecorded(Refused):
    """The participant had not agreed to a recording when the interview started."""

    sentence = gettext_lazy("They had not agreed to a recording when this started. Record their consent first.")
    field = "recording"


class WrittenSince(Refused):
    sentence = gettext_lazy("Somebody has written here since. Read theirs, then save what should stand.")
    field = "text"


class OutcomeOutOfTurn(Refused):
    sentence = gettext_lazy("This was answered meanwhile. Go back to see what stands.")


class OnlyTheySay(Refused):
    """Whoever the service wrote to agrees on their own page: nobody else knows who they are."""

    sentence = gettext_lazy("They agree on their own page. Ask them to sign in and answer there.")
    field = "step"


class TooSoon(Refused):
    sentence = gettext_lazy("They have three weeks to answer. Note this after that.")
    field = "step"


class BeforeInvited(Refused):
    sentence = gettext_lazy("Enter a day that is not before they were asked.")
    field = "happened_on"


class NotAgreed(Refused):
    """They did not agree, or are a participant already."""

    sentence = gettext_lazy("They are in the study already, or have not agreed. Look at what stands.")


class NobodyToDraw(Refused):
    sentence = gettext_lazy("There is nobody to ask. Choose other groups or kinds.")


class StudyNotOpen(Refused):
    """It has no consent form yet, has not begun, or is over."""

    sentence = gettext_lazy(
        "People can be asked between the first and the last day of the study, once it has a consent form."
    )


class NothingMoreKept(Refused):
    sentence = gettext_lazy("They have taken their consent back. Nothing more can be kept about them.")


class NumberTaken(Refused):
    """The browser's number for this entry belongs to something else."""

    sentence = gettext_lazy("This could not be saved. Reload the page and write it again.")


class SameGuide(Refused):
    sentence = gettext_lazy("The version in use asks the very same. Change something first, or leave it as it is.")
    field = "text"


WHY_NO_INTERVIEW = {
    Obstacle.NO_CONSENT: gettext_lazy("They have not agreed to be interviewed. Record their consent first."),
    Obstacle.TAKEN_BACK: gettext_lazy("They have taken their consent back. Please don't get in touch."),
    Obstacle.NO_MORE_CONTACT: gettext_lazy("They have asked for no more contact. Please don't get in touch."),
    Obstacle.GONE: gettext_lazy("They can't take part any more. Please don't get in touch."),
}


def sentence_about(obstacle: Obstacle) -> str:
    return str(WHY_NO_INTERVIEW.get(obstacle, WHY_NO_INTERVIEW[Obstacle.NO_CONSENT]))


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


class ExportUnderWay(Refused):
    sentence = gettext_lazy(
        "Another export of this study is being made. Wait until it is ready, then approve this one."
    )


class ExportDecided(Refused):
    sentence = gettext_lazy("Someone else has decided on this export meanwhile.")


class OwnExport(Refused):
    sentence = gettext_lazy("You asked for this export yourself. Someone else has to approve it.")


class NobodyToApprove(Refused):
    sentence = gettext_lazy("Nobody else in this study can approve it. Ask a lead to make someone an approver first.")


class ExportNotReady(Refused):
    sentence = gettext_lazy("This file is not there any more, or not yet. Look at the state of the export.")


class LinkNotUsable(Refused):
    sentence = gettext_lazy("This link was used or has run out. Ask whoever sent it for a new one.")
