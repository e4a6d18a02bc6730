"""Wanting to be kept in touch with: on, resting, off; by the member alone, and at once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from groups.services.group_state import close_group
from groups.services.membership import leave_group, pause_membership, resume_membership
from supportplans.models import KeepInTouch, KeepInTouchWish
from supportplans.refusals import NotAMember, WishIsOff
from supportplans.services.resting import settle_pairs
from supportplans.services.wish import edit_wish, end_wish, pause_wish, resume_wish
from supportplans.tasks import settle_keep_in_touch
from tests.factories import (
    NOW,
    TODAY,
    KeepInTouchFactory,
    KeepInTouchWishFactory,
    MembershipFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db

SAID = {"ways": ["call"], "rhythm_weeks": 2, "reach": "07700 900123", "best_time": "Mornings"}


def say(membership, **changes):
    return edit_wish(membership=membership, by=membership.person, now=NOW, **(SAID | changes))


def test_nobody_has_a_wish_until_they_turn_it_on():
    membership = MembershipFactory()
    assert not KeepInTouchWish.objects.exists()
    wish = say(membership)
    assert (wish.state, wish.reach, wish.best_time, wish.ways) == ("on", "07700 900123", "Mornings", ["call"])


def test_saying_it_again_changes_what_was_said():
    membership = MembershipFactory()
    say(membership)
    say(membership, reach="Knock at 4 High Street", ways=["visit"])
    wish = KeepInTouchWish.objects.get()
    assert (wish.reach, wish.ways) == ("Knock at 4 High Street", ["visit"])


def test_only_a_member_turns_it_on_and_only_for_themselves():
    with pytest.raises(NotAMember):
        say(MembershipFactory(state="left", ended_at=NOW))
    with pytest.raises(NotAMember):
        edit_wish(membership=MembershipFactory(), by=PersonFactory(), now=NOW, **SAID)
    membership = MembershipFactory()
    close_group(group=membership.group, reason="Done", by=membership.person, now=NOW)
    with pytest.raises(NotAMember):
        say(membership)


def test_pausing_rests_every_pair_and_coming_back_gives_a_new_day():
    pair = KeepInTouchFactory(due_on=TODAY)
    wish = pair.second.touch_wish
    pause_wish(wish=wish, now=NOW)
    pair.refresh_from_db()
    assert (pair.is_resting, pair.state, pair.due_on) == (True, "on", TODAY)
    assert not KeepInTouch.objects.holding().exists()
    resume_wish(wish=wish, now=NOW + timedelta(days=40))
    pair.refresh_from_db()
    assert (pair.is_resting, pair.due_on, pair.schedule_version) == (False, TODAY + timedelta(days=41), 2)
    assert KeepInTouch.objects.holding().get() == pair


def test_what_is_still_ahead_after_a_rest_keeps_its_day():
    pair = KeepInTouchFactory(due_on=TODAY + timedelta(days=9))
    pause_wish(wish=pair.first.touch_wish, now=NOW)
    resume_wish(wish=pair.first.touch_wish, now=NOW + timedelta(days=1))
    pair.refresh_from_db()
    assert (pair.is_resting, pair.due_on, pair.schedule_version) == (False, TODAY + timedelta(days=9), 1)


def test_it_wakes_only_when_both_are_back():
    pair = KeepInTouchFactory(due_on=TODAY)
    for member in (pair.first, pair.second):
        pause_wish(wish=member.touch_wish, now=NOW)
    resume_wish(wish=pair.first.touch_wish, now=NOW)
    pair.refresh_from_db()
    assert (pair.is_resting, pair.schedule_version) == (True, 1)


def test_changing_what_was_said_does_not_end_a_rest():
    wish = KeepInTouchWishFactory()
    pause_wish(wish=wish, now=NOW)
    say(wish.membership)
    wish.refresh_from_db()
    assert wish.state == "paused"


def test_turning_it_off_ends_every_pair_and_takes_out_what_was_written():
    pair = KeepInTouchFactory()
    asked = KeepInTouchFactory(is_asked=True, first=pair.first)
    wish = pair.first.touch_wish
    end_wish(wish=wish, by=pair.first.person, now=NOW)
    wish.refresh_from_db()
    assert (wish.state, wish.reach, wish.best_time) == ("off", "", "")
    for each in (pair, asked):
        each.refresh_from_db()
        assert (each.state, each.ended_at, each.ended_by) == ("ended", NOW, pair.first.person)


def test_turning_it_off_twice_is_refused_and_on_again_starts_afresh():
    pair = KeepInTouchFactory()
    end_wish(wish=pair.first.touch_wish, by=pair.first.person, now=NOW)
    for move in (pause_wish, resume_wish):
        with pytest.raises(WishIsOff):
            move(wish=pair.first.touch_wish, now=NOW)
    assert say(pair.first).state == "on"
    assert not KeepInTouch.objects.open().exists()


@pytest.mark.parametrize(("weeks", "days"), [(1, 4), (4, 18)])
def test_new_rhythm_moves_what_is_ahead_and_nobody_is_asked_more_often_than_they_want(weeks, days):
    """They spoke ten days ago; the slower of the two wishes counts, one of them is every two weeks."""
    pair = KeepInTouchFactory(due_on=TODAY + timedelta(days=2), started_at=NOW - timedelta(days=10))
    say(pair.first, rhythm_weeks=weeks)
    pair.refresh_from_db()
    assert pair.due_on == TODAY + timedelta(days=days)


def test_new_rhythm_leaves_what_is_due():
    pair = KeepInTouchFactory(due_on=TODAY)
    say(pair.first, rhythm_weeks=4)
    pair.refresh_from_db()
    assert (pair.due_on, pair.schedule_version) == (TODAY, 1)


def test_break_from_the_group_rests_it_though_nobody_says_so():
    pair = KeepInTouchFactory(due_on=TODAY)
    pause_membership(membership=pair.second, by=pair.second.person, now=NOW)
    assert not KeepInTouch.objects.holding().exists()
    settle_pairs(now=NOW)
    pair.refresh_from_db()
    assert (pair.is_resting, pair.state) == (True, "on")
    resume_membership(membership=pair.second, by=pair.second.person, now=NOW)
    settle_pairs(now=NOW)
    pair.refresh_from_db()
    assert (pair.is_resting, pair.due_on, pair.schedule_version) == (False, TODAY + timedelta(days=1), 2)


def test_leaving_ends_it_at_once_and_what_was_written_goes_after_a_week():
    pair = KeepInTouchFactory()
    leave_group(group=pair.second.group, by=pair.second.person, now=NOW)
    assert not KeepInTouch.objects.holding().exists()
    assert KeepInTouch.objects.over().get() == pair
    settle_pairs(now=NOW + timedelta(days=6))
    assert KeepInTouchWish.objects.exclude(reach="").count() == 2
    settle_pairs(now=NOW + timedelta(days=8))
    pair.refresh_from_db()
    wish = KeepInTouchWish.objects.get(membership=pair.second)
    assert (pair.state, pair.ended_by, wish.state, wish.reach) == ("ended", None, "off", "")
    assert pair.first.touch_wish.state == "on"


def test_settling_twice_changes_nothing_more():
    pair = KeepInTouchFactory(due_on=TODAY)
    for _time in range(3):
        settle_pairs(now=NOW)
    pair.refresh_from_db()
    assert (pair.is_resting, pair.due_on, pair.schedule_version) == (False, TODAY, 1)


@pytest.mark.parametrize(
    "change", [{"state": "maybe"}, {"rhythm_weeks": 3}, {"ways": []}, {"ways": ["fax"]}, {"reach": ""}]
)
def test_impossible_wishes_are_refused_by_the_database(change):
    wish = KeepInTouchWishFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        KeepInTouchWish.objects.filter(pk=wish.pk).update(**change)


def test_what_was_written_does_not_outlive_an_off():
    wish = KeepInTouchWishFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        KeepInTouchWish.objects.filter(pk=wish.pk).update(state="off")


def test_task_settles_what_nobody_told():
    pair = KeepInTouchFactory(due_on=TODAY)
    pause_membership(membership=pair.second, by=pair.second.person, now=NOW)
    settle_keep_in_touch()
    pair.refresh_from_db()
    assert pair.is_resting
