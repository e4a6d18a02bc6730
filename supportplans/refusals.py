"""Why a service of plans and goals may say no: each with a sentence that a person can act on."""

from django.utils.translation import gettext_lazy as _

from peersupport.refusals import Refused


class AlreadyBeingMade(Refused):
    sentence = _("The group is working on a plan already. Look at that one.")


class GroupEnded(Refused):
    sentence = _("The group has ended, so its plan stays as it is.")


class NotADraft(Refused):
    sentence = _("This plan is no longer a draft, so it can't be changed. Look at the plan's page.")


class NothingWritten(Refused):
    sentence = _("Nothing is written yet. Write at least one part before you ask for everyone's word.")


class NotProposed(Refused):
    sentence = _("This plan is not waiting for words any more. Look at the plan's page.")


class ChangedSinceRead(Refused):
    sentence = _("The plan has changed since you opened this page. Read it again, then give your word.")


class NotInUse(Refused):
    sentence = _("This plan is not in use any more. Look at the newest version.")


class NotAMember(Refused):
    sentence = _("Only members of the group can do this.")


class GoalEnded(Refused):
    sentence = _("This goal has ended. Set a new one if you like.")


class GoalNotReady(Refused):
    sentence = _("This goal is still a draft. Start it first.")


class LevelsFixed(Refused):
    sentence = _("This goal has started, so its levels stay as they are. Set a new goal if they do not fit.")


class DayToCome(Refused):
    sentence = _("This day is still to come. Enter today or an earlier day.")
    field = "looked_back_on"


class NotYourGroup(Refused):
    sentence = _("You are not in this group any more. Look at who can see this now.")


class NotInYourGroup(Refused):
    sentence = _("Someone you chose is not in the group any more. Look at who can see this now.")


class HiddenThere(Refused):
    sentence = _("This is hidden in that group. Those who look after the group can show it again.")


class NoWish(Refused):
    sentence = _("Turn on keeping in touch in this group first.")


class WishIsOff(Refused):
    sentence = _("Keeping in touch is turned off already.")


class NotAvailable(Refused):
    sentence = _("They can't be asked just now. Ask someone else, if you like.")


class AskedBefore(Refused):
    sentence = _("These two keep in touch already, or have been asked.")


class AskedLately(Refused):
    sentence = _("That ended a short while ago. Give it some weeks, or ask someone else.")


class PairGone(Refused):
    sentence = _("This has changed in the meantime. Look at what it says now.")


class TooLateToUndo(Refused):
    sentence = _("This can't be taken back any more. It does no harm.")


class NotSharedNow(Refused):
    sentence = _("This is not shared here any more, so there is nothing to do.")


class Settled(Refused):
    sentence = _("This has been settled in the meantime. Look at what it says now.")


class ReportFinished(Refused):
    sentence = _("This is finished already, so it stays as it is. You can take it out, or start again.")


class NothingAnswered(Refused):
    sentence = _("Nothing is answered yet. Answer a question, or leave it for later.")


class TakenBack(Refused):
    sentence = _("You took that one back. If a flare-up has started, tap again.")


class ChangedMeanwhile(Refused):
    """Someone else saved the section first; `theirs` is what stands there now."""

    sentence = _(
        "Someone else changed this part while you were writing. Both texts are below. Put together what you need."
    )

    def __init__(self, theirs):
        super().__init__()
        self.theirs = theirs


class ChangedElsewhere(ChangedMeanwhile):
    """As above, on another page or device of the same person."""

    sentence = _("This was changed on another page or device while you were writing. Both texts are below.")
