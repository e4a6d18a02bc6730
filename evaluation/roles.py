"""Which roles of this app a person holds anywhere."""

from evaluation.models import StudyMember


def held_by(person):
    """The duties a person has in any study, in one query."""
    return {
        StudyMember.ROLE_OF_DUTY[duty]
        for duty in StudyMember.objects.current().filter(person=person).values_list("duty", flat=True)
    }
