"""Two members keep in touch once both said yes, and until one of them ends it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from groups.services.death import mark_died, undo_died
from peersupport.reminders.models import Message
from supportplans.models import KeepInTouch, KeepInTouchWish
from supportplans.refusals import AskedBefore, AskedLately, NotAvailable, NoWish, PairGone
from supportplans.services.pair import agree_pair, arrange_pairs, ask_buddy, end_pair
from supportplans.services.wish import end_wish, pause_wish
from tests.factories import (
    NOW,
    TODAY,
    KeepInTouchFactory,
    KeepInTouchWishFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def wishes():
    group = SupportGroupFactory()
    return [
        KeepInTouchWishFactory(membership__group=group, membership__person__preferred_name=name)
        for name in ("Ana", "Ben", "Cal", "Dee")
    ]


@pytest.fixture
def joan(wishes):
    return RoleTermFactory(group=wishes[0].membership.group, person__preferred_name="Joan").person


def person(wish):
    return wish.membership.person


def ask(own, theirs, turn="turns", now=NOW):
    return ask_buddy(wish=theirs, turn=turn, by=person(own), now=now)


def arrange(joan, wishes):
    members = [wish.membership for wish in wishes]
    return arrange_pairs(group=members[0].group, memberships=members, by=joan, now=NOW)


def asked_people():
    return set(Message.objects.filter(kind="supportplans.pair_asked").values_list("recipient", flat=True))


def test_asking_is_half_a_yes_and_the_other_half_begins_it(wishes):
    ana, ben, *_others = wishes
    pair = ask(ana, ben)
    assert (pair.state, pair.first_agreed_at, pair.second_agreed_at) == ("asked", NOW, None)
    assert asked_people() == {person(ben).pk}
    pair = agree_pair(pair=pair, by=person(ben), now=NOW)
    assert (pair.state, pair.started_at, pair.due_on) == ("on", NOW, TODAY + timedelta(days=7))
    assert pair.next_by == ana.membership
    told = Message.objects.get(kind="supportplans.pair_started")
    assert told.recipient == person(ana)


@pytest.mark.parametrize(("turn", "begins", "takes_turns"), [("turns", 0, True), ("me", 0, False), ("them", 1, False)])
def test_who_gets_in_touch_is_what_was_asked(wishes, turn, begins, takes_turns):
    pair = ask(wishes[0], wishes[1], turn)
    assert (pair.next_by, pair.takes_turns) == (wishes[begins].membership, takes_turns)


def test_order_of_joining_does_not_matter(wishes):
    pair = ask(wishes[1], wishes[0])
    assert (pair.first, pair.first_agreed_at, pair.second_agreed_at) == (wishes[0].membership, None, NOW)
    assert agree_pair(pair=pair, by=person(wishes[0]), now=NOW).state == "on"


def test_own_yes_twice_begins_nothing(wishes):
    pair = ask(wishes[0], wishes[1])
    assert agree_pair(pair=pair, by=person(wishes[0]), now=NOW).state == "asked"


def test_asking_needs_a_wish_on_both_sides_in_one_group(wishes):
    ana, ben, *_others = wishes
    with pytest.raises(NoWish):
        ask_buddy(wish=ben, turn="turns", by=MembershipFactory(group=ben.membership.group).person, now=NOW)
    with pytest.raises(NoWish):
        ask(KeepInTouchWishFactory(), ben)
    with pytest.raises(NotAvailable):
        ask(ana, ana)
    pause_wish(wish=ben, now=NOW)
    with pytest.raises(NotAvailable):
        ask(ana, ben)


def test_two_are_asked_once_whoever_asks(wishes):
    ask(wishes[0], wishes[1])
    for one, other in ((0, 1), (1, 0)):
        with pytest.raises(AskedBefore):
            ask(wishes[one], wishes[other])
    assert KeepInTouch.objects.count() == 1


def test_not_now_is_an_answer_and_needs_no_reason(wishes):
    ana, ben, *_others = wishes
    pair = end_pair(pair=ask(ana, ben), by=person(ben), now=NOW)
    assert (pair.state, pair.ended_by) == ("declined", person(ben))
    with pytest.raises(PairGone):
        agree_pair(pair=pair, by=person(ben), now=NOW)


def test_who_said_not_now_is_left_alone_for_a_month_but_may_ask(wishes):
    ana, ben, *_others = wishes
    end_pair(pair=ask(ana, ben), by=person(ben), now=NOW)
    with pytest.raises(AskedLately):
        ask(ana, ben, now=NOW + timedelta(days=29))
    assert ask(ben, ana).state == "asked"


def test_a_month_later_they_may_be_asked_again(wishes):
    ana, ben, *_others = wishes
    end_pair(pair=ask(ana, ben), by=person(ben), now=NOW)
    assert ask(ana, ben, now=NOW + timedelta(days=31)).state == "asked"


def test_question_is_taken_back(wishes):
    ana, ben, *_others = wishes
    pair = end_pair(pair=ask(ana, ben), by=person(ana), now=NOW)
    assert pair.state == "ended"
    assert Message.objects.get().state == "dropped"


@pytest.mark.parametrize("who", ["first", "second"])
def test_either_ends_it_at_once_and_twice_does_no_harm(who):
    pair = KeepInTouchFactory()
    by = getattr(pair, who).person
    end_pair(pair=pair, by=by, now=NOW)
    pair = end_pair(pair=pair, by=pair.second.person, now=NOW + timedelta(days=1))
    assert (pair.state, pair.ended_at, pair.ended_by, pair.due_on) == ("ended", NOW, by, None)


def test_organiser_proposes_two_and_both_say_yes_themselves(wishes, joan):
    [pair] = arrange(joan, wishes[:2])
    assert (pair.takes_turns, pair.first_agreed_at, pair.second_agreed_at) == (True, None, None)
    assert asked_people() == {person(wishes[0]).pk, person(wishes[1]).pk}
    assert agree_pair(pair=pair, by=person(wishes[0]), now=NOW).state == "asked"
    assert agree_pair(pair=pair, by=person(wishes[1]), now=NOW).state == "on"


def test_round_has_each_get_in_touch_with_the_next(wishes, joan):
    pairs = arrange(joan, wishes)
    begins = {pair.next_by_id: {pair.first_id, pair.second_id} - {pair.next_by_id} for pair in pairs}
    keys = [wish.membership_id for wish in wishes]
    assert begins == {key: {after} for key, after in zip(keys, [*keys[1:], keys[0]], strict=True)}
    assert not any(pair.takes_turns for pair in pairs)
    assert Message.objects.count() == 8


def test_organiser_who_takes_part_has_said_yes_with_it(wishes):
    joan = RoleTermFactory(group=wishes[0].membership.group, person=person(wishes[0])).person
    [pair] = arrange(joan, wishes[:2])
    assert (pair.first_agreed_at, pair.second_agreed_at) == (NOW, None)
    assert asked_people() == {person(wishes[1]).pk}


def test_round_leaves_those_who_keep_in_touch_already(wishes, joan):
    before = KeepInTouchFactory(first=wishes[0].membership, second=wishes[1].membership)
    assert len(arrange(joan, wishes[:3])) == 2
    before.refresh_from_db()
    assert before.takes_turns
    assert arrange(joan, wishes[:2]) == []


def test_only_those_who_want_it_are_arranged(wishes, joan):
    pause_wish(wish=wishes[2], now=NOW)
    for chosen in (wishes[:3], [wishes[0], KeepInTouchWishFactory()], wishes[:1]):
        with pytest.raises(NotAvailable):
            arrange(joan, chosen)
    assert not KeepInTouch.objects.exists()


def test_yes_counts_for_nothing_while_one_of_them_is_out_of_it(wishes):
    ana, ben, *_others = wishes
    pair = ask(ana, ben)
    pause_wish(wish=ana, now=NOW)
    with pytest.raises(PairGone):
        agree_pair(pair=pair, by=person(ben), now=NOW)


def test_death_ends_it_without_a_word_and_a_mistake_brings_it_back():
    pair = KeepInTouchFactory()
    mark_died(membership=pair.second, by=pair.first.person, now=NOW)
    assert not KeepInTouch.objects.holding().exists()
    assert KeepInTouch.objects.over().get() == pair
    undo_died(membership=pair.second, by=pair.first.person, now=NOW)
    assert KeepInTouch.objects.holding().get() == pair


def test_closed_account_ends_it():
    pair = KeepInTouchFactory()
    type(pair.second.person).objects.filter(pk=pair.second.person_id).update(is_active=False)
    assert KeepInTouch.objects.over().get() == pair


def test_who_has_somebody_and_who_waits(wishes):
    ana, ben, cal, _dee = wishes
    KeepInTouchFactory(first=ana.membership, second=ben.membership)
    KeepInTouchFactory(is_asked=True, first=ana.membership, second=cal.membership)
    rows = KeepInTouchWish.objects.taking_part().with_whether_someone().ordered_by_name()
    assert [(wish.has_someone, wish.is_waiting) for wish in rows] == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    ]
    end_wish(wish=ana, by=person(ana), now=NOW)
    assert [(wish.has_someone, wish.is_waiting) for wish in rows.all()] == [(False, False)] * 3


@pytest.mark.parametrize("who", ["first", "second"])
def test_both_see_their_own_side(who):
    pair = KeepInTouchFactory()
    other = "second" if who == "first" else "first"
    seen = KeepInTouch.objects.seen_by(getattr(pair, who).person).get()
    assert (seen.other_name, seen.other_key) == (
        getattr(pair, other).person.preferred_name,
        getattr(pair, f"{other}_id"),
    )
    assert (seen.is_own_turn, seen.has_agreed, seen.holds, seen.is_over) == (who == "first", True, True, False)


def test_only_the_two_see_a_pair(wishes, joan):
    ana, ben, cal, _dee = wishes
    [pair] = arrange(joan, [ana, ben])
    for each in (ana, ben):
        assert KeepInTouch.objects.visible_to(person(each)).get() == pair
    for other in (joan, person(cal), PersonFactory()):
        assert not KeepInTouch.objects.visible_to(other).exists()


def test_how_to_reach_someone_is_theirs_until_both_said_yes(wishes, joan):
    ana, ben, cal, _dee = wishes
    assert KeepInTouchWish.objects.visible_to(person(ana)).get() == ana
    pair = ask(ana, ben)
    assert KeepInTouchWish.objects.visible_to(person(ana)).get() == ana
    agree_pair(pair=pair, by=person(ben), now=NOW)
    assert set(KeepInTouchWish.objects.visible_to(person(ana))) == {ana, ben}
    assert set(KeepInTouchWish.objects.visible_to(person(ben))) == {ana, ben}
    assert KeepInTouchWish.objects.visible_to(person(cal)).get() == cal
    assert not KeepInTouchWish.objects.visible_to(joan).exists()
    pause_wish(wish=ben, now=NOW)
    assert KeepInTouchWish.objects.visible_to(person(ana)).get() == ana


def test_who_may_be_asked_is_seen_by_those_who_opted_in_alone(wishes, joan):
    group = wishes[0].membership.group
    may_ask, may_arrange = "supportplans.ask_buddy", "supportplans.arrange_pairs"
    assert KeepInTouchWish.objects.allowing(person(wishes[0]), may_ask).count() == 4
    assert not KeepInTouchWish.objects.allowing(MembershipFactory(group=group).person, may_ask).exists()
    assert not KeepInTouchWish.objects.allowing(joan, may_ask).exists()
    assert KeepInTouchWish.objects.allowing(joan, may_arrange).count() == 4
    assert not KeepInTouchWish.objects.allowing(person(wishes[0]), may_arrange).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "asked"},
        {"due_on": None},
        {"second_agreed_at": None},
        {"ended_at": NOW},
        {"state": "ended"},
        {"state": "declined", "ended_at": NOW, "due_on": None},
    ],
)
def test_impossible_pairs_are_refused_by_the_database(change):
    pair = KeepInTouchFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        KeepInTouch.objects.filter(pk=pair.pk).update(**change)


def test_nobody_is_their_own_buddy_and_no_third_person_has_a_turn():
    pair = KeepInTouchFactory()
    for change in ({"second": pair.first}, {"next_by": MembershipFactory()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            KeepInTouch.objects.filter(pk=pair.pk).update(**change)


def test_one_open_pair_of_two_members():
    pair = KeepInTouchFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        KeepInTouchFactory(first=pair.first, second=pair.second)
    end_pair(pair=pair, by=pair.first.person, now=NOW)
    assert KeepInTouchFactory(first=pair.first, second=pair.second).pk
