"""Both of two at the same moment: one tap counts, one question stands, and a stop is a stop."""

import pytest

from supportplans.models import CheckIn, KeepInTouch
from supportplans.services.check_in import note_check_in, undo_check_in
from supportplans.services.pair import agree_pair, ask_buddy, end_pair
from supportplans.services.wish import end_wish
from tests.factories import NOW, KeepInTouchFactory, KeepInTouchWishFactory
from tests.groups.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_say_that_they_spoke():
    pair = KeepInTouchFactory()
    people = [pair.first.person, pair.second.person]
    actions = [
        lambda person=person: note_check_in(pair=pair, outcome="spoke", schedule_version=1, by=person, now=NOW)
        for person in people * 2
    ]
    assert at_once(*actions) == ["done"] * 4
    pair.refresh_from_db()
    assert (CheckIn.objects.count(), pair.next_by, pair.schedule_version) == (1, pair.second, 2)
    check_in = CheckIn.objects.get()
    assert at_once(*[lambda: undo_check_in(check_in=check_in, now=NOW)] * 3) == ["done"] * 3
    pair.refresh_from_db()
    assert (pair.next_by, pair.schedule_version) == (pair.first, 1)


def test_each_asks_the_other():
    ana = KeepInTouchWishFactory()
    ben = KeepInTouchWishFactory(membership__group=ana.membership.group)
    sides = [(ana, ben), (ben, ana)]
    actions = [
        lambda own=own, wish=wish: ask_buddy(wish=wish, turn="turns", by=own.membership.person, now=NOW)
        for own, wish in sides
    ]
    assert at_once(*actions) == ["AskedBefore", "done"]
    assert KeepInTouch.objects.open().count() == 1


def test_both_say_yes_to_what_was_suggested():
    pair = KeepInTouchFactory(is_asked=True, first_agreed_at=None)
    people = [pair.first.person, pair.second.person]
    assert at_once(*[lambda by=by: agree_pair(pair=pair, by=by, now=NOW) for by in people]) == ["done"] * 2
    pair.refresh_from_db()
    assert (pair.state, pair.schedule_version) == ("on", 1)


@pytest.mark.parametrize("how", ["ends it", "turns it off"])
def test_yes_and_a_stop_at_once_is_a_stop(how):
    pair = KeepInTouchFactory(is_asked=True)
    ana, ben = pair.first.person, pair.second.person
    stop = {
        "ends it": lambda: end_pair(pair=pair, by=ana, now=NOW),
        "turns it off": lambda: end_wish(wish=pair.first.touch_wish, by=ana, now=NOW),
    }[how]
    at_once(lambda: agree_pair(pair=pair, by=ben, now=NOW), stop)
    pair.refresh_from_db()
    assert pair.state == "ended"
