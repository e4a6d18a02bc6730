"""Messages between two members who keep in touch."""

from tests import factories as make
from tests.factories import NOW
from tests.scenes.stage import PRIVATE, group, message, person, scene


def pair(**changes):
    """Maria and Sam, and it is Maria's turn."""
    place = group()
    members = [make.MembershipFactory(group=place, person=person(name)) for name in ("Maria", "Sam")]
    for membership in members:
        make.KeepInTouchWishFactory(membership=membership, reach=PRIVATE)
    first, second = members
    return make.KeepInTouchFactory(first=first, second=second, **changes)


@scene("supportplans.pair_asked")
def pair_asked():
    """It comes at once to whoever is asked, and to both where an organiser suggests it."""
    row = pair(state="asked", first_agreed_at=None, second_agreed_at=NOW, started_at=None, due_on=None)
    return message(row, row.first.person)


@scene("supportplans.pair_started")
def pair_started():
    """It comes to whoever said yes first, once the other one has."""
    row = pair()
    return message(row, row.first.person)


@scene("supportplans.check_in")
def check_in():
    """It comes at ten in the morning of the day on which the two should speak again, to the one whose turn it is."""
    row = pair()
    return message(row, row.first.person, version=row.schedule_version)


@scene("supportplans.check_in_missed")
def check_in_missed():
    """It comes three days later to the same person, if they have not been in touch. Nobody else hears of it."""
    row = pair()
    return message(row, row.first.person, version=row.schedule_version)
