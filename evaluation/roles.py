"""Which roles of this app a person holds anywhere."""

from django.db.models import CharField, Value

from evaluation.models import IdentityKey, StudyMember
from peersupport.access.roles import Role

ROLES = StudyMember.ROLE_OF_DUTY | {"participant": Role.PARTICIPANT}


def held_by(person):
    """The duties a person has in any study, and whether they take part in one, in one query."""
    duties = StudyMember.objects.current().filter(person=person).values_list("duty", flat=True)
    takes_part = IdentityKey.objects.filter(person=person)
    found = duties.union(takes_part.values_list(Value("participant", CharField()), flat=True))
    return {ROLES[name] for name in found}
