"""Which roles of this app a person holds anywhere."""

from functools import cache

from django.db import connection
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


#: Stands for the person in the statement that is made once.
_SOMEBODY = -1


def held_by(person):
    """The roles from memberships, role terms and posts, in one query."""
    sql, values = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [person.pk if value == _SOMEBODY else value for value in values])
        rows = cursor.fetchall()
    for relation, role in rows:
        match relation:
            case "member":
                yield Role.MEMBER
            case "term":
                yield ROLE_OF_TERM[role]
            case "post":
                yield Role.COORDINATOR
            case "lead":
                yield Role.SAFEGUARDING_LEAD


@cache
def _statement():
    """(SQL, values). Every request of everyone asks it, and to put it together takes longer than to answer it."""
    memberships = Membership.objects.current().filter(person=_SOMEBODY).values_list(Value("member"), Value(""))
    terms = RoleTerm.objects.current().filter(person=_SOMEBODY).values_list(Value("term"), "role")
    posts = ProgrammeStaff.objects.current().filter(person=_SOMEBODY).values_list(Value("post"), Value(""))
    leads = SafeguardingPost.objects.current().filter(person=_SOMEBODY).values_list(Value("lead"), Value(""))
    rows = memberships.order_by().union(terms.order_by(), posts.order_by(), leads.order_by())
    return rows.query.get_compiler("default").as_sql()
