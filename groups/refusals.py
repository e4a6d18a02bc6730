"""Why a service of groups may say no: each with a sentence that a person can act on."""

from django.utils.translation import gettext_lazy as _

from peersupport.refusals import Refused


class NameTaken(Refused):
    sentence = _("This name is taken. Choose another, perhaps with the town or the month.")
    field = "name"


class VenueNameTaken(Refused):
    sentence = _("There is a place with this name already. Choose it from the list, or use another name.")
    field = "venue_name"


class WrongState(Refused):
    sentence = _("The group has changed in the meantime, so this can't be done now. Look at its page.")


class GroupHasEnded(Refused):
    sentence = _("This group has ended. Nobody new can join it or take on a role.")


class LastContact(Refused):
    sentence = _("You are the group's only contact. Hand over to a deputy first, or pause the group.")


class OnlyContactLeft(Refused):
    """As `LastContact`, said to someone other than the contact."""

    sentence = _("This is the group's only contact. A deputy must take over first, or the group pause.")


class NotAMember(Refused):
    sentence = _("This person is not a member of the group any more. Choose someone else.")


class AlreadyOffered(Refused):
    sentence = _("They have this role already, or have been asked and have not answered yet.")


class OfferGone(Refused):
    sentence = _("This role is not on offer any more.")


class NotADeputy(Refused):
    sentence = _("Choose one of the group's deputies.")


class NotUsable(Refused):
    sentence = _("This invitation can't be used any more.")


class AlreadyMember(Refused):
    sentence = _("You are a member of this group already.")


class NotOpen(Refused):
    sentence = _("This group takes nobody in this way just now. Look for another one, or ask someone in it.")


class AlreadyAsked(Refused):
    sentence = _("You have asked this group already. You get an email when they answer.")


class TakenOutBefore(Refused):
    sentence = _("You were taken out of this group. Ask the programme's coordinator if you want to come back.")


class JoinRequestGone(Refused):
    sentence = _("This request has been answered or taken back already.")


class SentOften(Refused):
    sentence = _(
        "This invitation has been sent five times. Ask the person in another way, or give them a printed code."
    )


class MembershipEnded(Refused):
    sentence = _("This has changed in the meantime. Look at the members of the group.")


class HasCome(Refused):
    sentence = _("This member is noted as having come, so “never came” is not true. They can leave themselves.")


class HasAccount(Refused):
    sentence = _("This member has an account already, so no code is needed.")


class NotMarked(Refused):
    sentence = _("Nobody is marked as having died here. Look at the members of the group.")


class NothingToHandOver(Refused):
    sentence = _("You have no role to hand over in this group.")


class AnswersThemselves(Refused):
    sentence = _("This member has an account, and answers for themselves.")


class ListFull(Refused):
    sentence = _("The list is full. Take something off it first.")


class TakenByOther(Refused):
    sentence = _("Someone else has just taken this on. Look at the list.")


class NoteChanged(Refused):
    """Someone else wrote first; `theirs` is the note that stands now."""

    sentence = _("Someone else wrote while you did. Both texts are below. Put together what you need.")

    def __init__(self, theirs):
        super().__init__()
        self.theirs = theirs


class NothingDecided(Refused):
    sentence = _("This meeting was cancelled, so nothing was decided there. Write it down at another meeting.")


class MeetingOver(Refused):
    sentence = _("This meeting is over or cancelled, so it can't be changed any more.")


class EveryoneHasAnswered(Refused):
    sentence = _("Everyone has answered, was asked already, or does not want to be asked.")


class ReachedByMail(Refused):
    sentence = _("Emails reach this member, so nobody needs to ring.")


class SomeoneElseRings(Refused):
    sentence = _("Someone else has said that they will ring.")


class NotOverYet(Refused):
    sentence = _("This meeting is not over yet, or it was cancelled. Say how it went once it is over.")


class InThePast(Refused):
    sentence = _("This time is over already. Enter a later one.")
    field = "start_time"


class MeetingCancelled(Refused):
    sentence = _("This meeting was cancelled, so nobody can have been there.")


class NotBegun(Refused):
    sentence = _("This meeting has not begun. Come back when it has.")


class NobodyToAsk(Refused):
    sentence = _("There is nobody in this role at the moment. Choose the other one, or come back later.")
    field = "to"


class RequestSettled(Refused):
    sentence = _("This has been answered or closed in the meantime. Look at it again.")


class NobodyReadsConcerns(Refused):
    sentence = _("Nobody is there to read this at the moment, so it was not sent. Turn to the people named above.")


class ConcernClosed(Refused):
    sentence = _("This concern has been closed in the meantime.")


class HoldsOtherPost(Refused):
    sentence = _("This person is the other of the two already. Choose someone else, so that one can stand in.")
    field = "email"


class NotMergeable(Refused):
    sentence = _("Only two different places of one site can become one. Choose again.")
    field = "into"


class NeverHappens(Refused):
    sentence = _("With these dates no meeting would take place. Choose a later last day.")
    field = "last_on"
