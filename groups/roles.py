"""Which roles of this app a person holds anywhere."""

from django.db.models import Value

from groups.models import Membership, ProgrammeStaff, RoleTerm, SafeguardingPost
from peersupport.access.roles import Role

ROLE_OF_TERM = {
    RoleTerm.Role.CONTACT: Role.ROLE_HOLDER,
    RoleTerm.Role.HOST: Role.ROLE_HOLDER,
    RoleTerm.Role.GREETER: Role.ROLE_HOLDER,
    RoleTerm.Role.DEPUTY: Role.ROLE_HOLDER,
    RoleTerm.Role.TUTOR: Role.TUTOR,
}


def held_by(person):
    """The roles from memberships, role terms and posts, in one query."""
    memberships = Membership.objects.current().filter(person=person).values_list(Value("member"), Value(""))
    terms = RoleTerm.objects.current().filter(person=person).values_list(Value("term"), "role")
    posts = ProgrammeStaff.objects.current().filter(person=person).values_list(Value("post"), Value(""))
    leads = SafeguardingPost.objects.current().filter(person=person).values_list(Value("lead"), Value(""))
    for relation, role in memberships.order_by().union(terms.order_by(), posts.order_by(), leads.order_by()):
        match relation:
            case "member":
                yield Role.MEMBER
            case "term":
                yield ROLE_OF_TERM[role]
            case "post":
                yield Role.COORDINATOR
            case "lead":
                yield Role.SAFEGUARDING_LEAD
