"""Messages about appointments for interviews: one text for whoever takes part, one for who interviews."""

from tests import factories as make
from tests.factories import NOW
from tests.scenes.stage import MEETS_AT, message, person, scene


def appointment(**changes):
    """Maria's, with Ruth."""
    study = make.StudyFactory()
    ruth = make.StudyMemberFactory(study=study, person=person("Ruth"), duty="interviewer").person
    who = make.ParticipantFactory(study=study, pseudonym="P7K3M9QX2")
    make.IdentityKeyFactory(participant=who, study=study, person=person("Maria"))
    planned = {"study": study, "participant": who, "interviewer": ruth, "starts_at": MEETS_AT, "changed_at": NOW}
    return make.AppointmentFactory(**planned | changes)


def to_maria(row):
    return message(row, row.participant.identity_key.person)


def to_ruth(row):
    return message(row, row.interviewer)


@scene("evaluation.appointment_planned")
def appointment_planned():
    """It comes at once to both sides when an appointment is made with someone who agreed to be interviewed."""
    return to_maria(appointment())


@scene("evaluation.appointment_planned", "To who interviews")
def appointment_planned_to_interviewer():
    """Interviewers read the pseudonym and no name."""
    return to_ruth(appointment())


@scene("evaluation.appointment_moved")
def appointment_moved():
    """It comes at once to both sides when the time or the place of an appointment changes."""
    return to_maria(appointment(mode="in_person", place="A room at the library"))


@scene("evaluation.appointment_moved", "To who interviews")
def appointment_moved_to_interviewer():
    """The same, to whoever interviews."""
    return to_ruth(appointment(mode="in_person", place="A room at the library"))


@scene("evaluation.appointment_cancelled")
def appointment_cancelled():
    """It comes at once to both sides when an appointment is cancelled; if someone withdrew, to who interviews alone."""
    return to_maria(appointment(state="cancelled", cancel_reason="The line is down."))


@scene("evaluation.appointment_cancelled", "To who interviews")
def appointment_cancelled_to_interviewer():
    """The participant has withdrawn."""
    why = "They have taken their consent back. Please don't get in touch."
    return to_ruth(appointment(state="cancelled", cancel_reason=why))


@scene("evaluation.appointment_coming")
def appointment_coming():
    """It comes to both sides before an appointment."""
    return to_maria(appointment())


@scene("evaluation.appointment_coming", "To who interviews")
def appointment_coming_to_interviewer():
    """The same, to whoever interviews."""
    return to_ruth(appointment())
