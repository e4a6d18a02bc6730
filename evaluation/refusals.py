"""Why something in a study may not be done, each with what to do."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

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
