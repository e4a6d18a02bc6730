"""Roles come from relations, never from a flag on the account; one person may hold several."""

from collections.abc import Callable, Iterable
from enum import StrEnum


class Role(StrEnum):
    """Every role there is. `OWNER` is the person whose own content it is; `PERSON` anyone signed in."""

    PERSON = "person"
    OWNER = "owner"
    MEMBER = "member"
    ROLE_HOLDER = "role holder"
    TUTOR = "tutor"
    COORDINATOR = "coordinator"
    SAFEGUARDING_LEAD = "safeguarding lead"
    SHARED_WITH = "shared with"
    INVITED = "invited to research"
    PARTICIPANT = "participant"
    LEAD = "study lead"
    INTERVIEWER = "interviewer"
    ANALYST = "analyst"
    KEY_HOLDER = "key-holder"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"


#: Who looks after a group.
ORGANISERS = frozenset({Role.ROLE_HOLDER, Role.TUTOR})
RESEARCHERS = frozenset({Role.LEAD, Role.INTERVIEWER, Role.ANALYST, Role.KEY_HOLDER, Role.APPROVER})

# Members and a group's own role holders look after themselves and each other; everyone else who holds a role
# works with other people's records and signs in with a second factor (docs/decisions/0003).
SECOND_FACTOR_ROLES = RESEARCHERS | {Role.TUTOR, Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR}

#: The roles that whoever `held_by` doesn't find them for does not hold. The others are of single rows, and begin
#: within a request.
HELD_ANYWHERE = frozenset(Role) - {Role.OWNER, Role.SHARED_WITH, Role.INVITED, Role.PARTICIPANT}

_sources: list[Callable[[object], Iterable[Role]]] = []


def register_source(source: Callable[[object], Iterable[Role]]) -> None:
    """Let an app say which roles a person holds anywhere; called once, when the app loads."""
    if source not in _sources:
        _sources.append(source)


def held_by(person) -> frozenset[Role]:
    """The roles `person` holds anywhere, asked once per loaded person; the anonymous hold none."""
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return frozenset()
    # hasattr, since `request.user` stands before the person it loads and has a __dict__ of its own.
    if not hasattr(person, "_held_roles"):
        roles = {Role.PERSON}
        if person.is_staff:
            roles.add(Role.ADMINISTRATOR)
        for source in _sources:
            roles.update(source(person))
        person._held_roles = frozenset(roles)
    return person._held_roles


def known_roles(person) -> frozenset[Role] | None:
    """What `held_by` found for this loaded person, or None where it was not asked; every request of theirs asks it."""
    return getattr(person, "_held_roles", None)


def needs_second_factor(person) -> bool:
    return not SECOND_FACTOR_ROLES.isdisjoint(held_by(person))
