"""What two who keep in touch hear: whoever's turn it is, once, once more when it was missed, and no third person."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from groups.services.death import mark_died
from groups.services.membership import leave_group, pause_membership
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_all
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from peersupport.reminders.services import choose_reminders
from supportplans.models import KeepInTouch, KeepInTouchWish
from supportplans.services.check_in import note_check_in, undo_check_in
from supportplans.services.pair import agree_pair, arrange_pairs, ask_buddy, end_pair
from supportplans.services.wish import end_wish, pause_wish, resume_wish
from tests.factories import KeepInTouchFactory, KeepInTouchWishFactory, PersonFactory, RoleTermFactory
from tests.messages import html_of, letter_of, reason_against

pytestmark = pytest.mark.django_db

DUE, MISSED = "supportplans.check_in", "supportplans.check_in_missed"
DAY = date(2026, 11, 24)
TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


def plan_around(moment):
    plan_all(moment - timedelta(minutes=6))
    plan_all(moment)
    plan_all(moment + timedelta(minutes=2))


def planned(kind=DUE):
    return list(Message.objects.filter(kind=kind).values_list("recipient", "due_at"))


def send_now():
    now = timezone.now()
    Message.objects.update(due_at=now, next_attempt_at=now, expires_at=now + timedelta(days=1))
    return send_all_due()


@pytest.fixture
def pair():
    """Ana's turn to get in touch with Ben, today."""
    ana = KeepInTouchWishFactory(membership__person__preferred_name="Ana").membership
    ben = KeepInTouchWishFactory(membership__group=ana.group, membership__person__preferred_name="Ben").membership
    return KeepInTouchFactory(first=ana, second=ben, due_on=DAY)


@pytest.mark.parametrize(
    ("zone", "day", "due"),
    [
        ("Europe/London", date(2026, 3, 28), datetime(2026, 3, 28, 10, tzinfo=UTC)),
        ("Europe/London", date(2026, 3, 29), datetime(2026, 3, 29, 9, tzinfo=UTC)),
        ("Europe/London", date(2026, 10, 25), datetime(2026, 10, 25, 10, tzinfo=UTC)),
        ("America/New_York", date(2026, 6, 1), datetime(2026, 6, 1, 14, tzinfo=UTC)),
        ("Pacific/Auckland", date(2026, 6, 1), datetime(2026, 5, 31, 22, tzinfo=UTC)),
    ],
)
def test_it_is_due_at_ten_by_the_clock_of_whoevers_turn_it_is(pair, zone, day, due):
    type(pair.first.person).objects.filter(pk=pair.first.person_id).update(time_zone=zone)
    KeepInTouch.objects.update(due_on=day)
    plan_around(due)
    assert planned() == [(pair.first.person_id, due)]


def test_it_goes_to_whoevers_turn_it_is_and_after_speaking_to_the_other(pair):
    plan_around(TEN)
    assert planned() == [(pair.first.person_id, TEN)]
    note_check_in(pair=pair, outcome="spoke", schedule_version=1, by=pair.first.person, now=TEN)
    plan_around(TEN + timedelta(weeks=2))
    assert planned() == [(pair.first.person_id, TEN), (pair.second.person_id, TEN + timedelta(weeks=2))]


def test_missed_one_is_said_once_more_to_the_same_person_and_never_again(pair):
    for days in range(10):
        plan_around(TEN + timedelta(days=days))
    assert planned() == [(pair.first.person_id, TEN)]
    assert planned(MISSED) == [(pair.first.person_id, TEN + timedelta(days=3))]
    assert Message.objects.count() == 2


def test_no_organiser_hears_of_a_missed_one(pair):
    RoleTermFactory(group=pair.first.group)
    RoleTermFactory(group=pair.first.group, role="tutor")
    plan_around(TEN)
    plan_around(TEN + timedelta(days=3))
    assert send_now() == 2
    assert {letter.to[0] for letter in mail.outbox} == {pair.first.person.email}


def test_having_tried_puts_both_off(pair):
    note_check_in(pair=pair, outcome="tried", schedule_version=1, by=pair.first.person, now=TEN - timedelta(hours=2))
    for days in range(4):
        plan_around(TEN + timedelta(days=days))
    assert planned() == [(pair.first.person_id, TEN + timedelta(days=3))]
    assert planned(MISSED) == []


def test_an_hour_without_planning_is_caught_up(pair):
    plan_all(TEN - timedelta(minutes=30))
    plan_all(TEN + timedelta(hours=1))
    assert planned() == [(pair.first.person_id, TEN)]


@pytest.mark.parametrize("state", ["asked", "declined", "ended"])
def test_only_what_is_on_is_reminded_of(pair, state):
    ended_at = None if state == "asked" else TEN
    started_at = pair.started_at if state == "ended" else None
    KeepInTouch.objects.update(state=state, due_on=None, ended_at=ended_at, started_at=started_at)
    plan_around(TEN)
    assert planned() == []


def test_resting_pair_is_not_planned_and_is_reminded_of_the_day_after_it_wakes(pair):
    pause_wish(wish=pair.second.touch_wish, now=TEN - timedelta(days=1))
    for days in (0, 3):
        plan_around(TEN + timedelta(days=days))
    assert not Message.objects.exists()
    resume_wish(wish=pair.second.touch_wish, now=TEN + timedelta(days=5))
    for days in (5, 6):
        plan_around(TEN + timedelta(days=days))
    assert planned() == [(pair.first.person_id, TEN + timedelta(days=6))]


STOPPED = {
    "paused by the one who is called": lambda pair: pause_wish(wish=pair.second.touch_wish, now=TEN),
    "paused by the one who calls": lambda pair: pause_wish(wish=pair.first.touch_wish, now=TEN),
    "opted out": lambda pair: end_wish(wish=pair.second.touch_wish, by=pair.second.person, now=TEN),
    "ended": lambda pair: end_pair(pair=pair, by=pair.second.person, now=TEN),
    "left": lambda pair: leave_group(group=pair.second.group, by=pair.second.person, now=TEN),
    "a break": lambda pair: pause_membership(membership=pair.second, by=pair.second.person, now=TEN),
    "died": lambda pair: mark_died(membership=pair.second, by=pair.first.person, now=TEN),
    "closed account": lambda pair: type(pair.second.person).objects.update(is_active=False),
    "spoken": lambda pair: note_check_in(
        pair=pair, outcome="spoke", schedule_version=1, by=pair.second.person, now=timezone.now()
    ),
    "not their turn": lambda pair: KeepInTouch.objects.update(next_by=pair.second),
}


@pytest.mark.parametrize("what", STOPPED)
@pytest.mark.parametrize("kind", [DUE, MISSED])
def test_what_is_not_true_any_more_is_not_sent(pair, what, kind):
    plan_around(TEN + timedelta(days=3 if kind == MISSED else 0))
    assert planned(kind)
    STOPPED[what](pair)
    assert send_now() == 0
    assert Message.objects.get(kind=kind).state == "dropped"


def test_slip_that_was_taken_back_is_not_reminded_of_twice(pair):
    plan_around(TEN)
    assert send_now() == 1
    check_in = note_check_in(pair=pair, outcome="spoke", schedule_version=1, by=pair.first.person, now=TEN)
    undo_check_in(check_in=check_in, now=TEN)
    plan_around(TEN + timedelta(minutes=5))
    assert len(planned()) == 1
    plan_around(TEN + timedelta(days=3))
    assert len(planned(MISSED)) == 1


def test_each_kind_can_be_turned_off_where_it_is_received(pair):
    choose_reminders(person_id=pair.first.person_id, wanted={DUE: False, MISSED: True}, now=TEN)
    plan_around(TEN)
    plan_around(TEN + timedelta(days=3))
    assert (planned(), len(planned(MISSED))) == ([], 1)


@pytest.mark.parametrize("kind", [DUE, MISSED])
def test_neither_is_sent_again_when_nobody_knows_whether_it_went(kind):
    assert kind_named(kind).at_most_once


@pytest.mark.parametrize(
    ("kind", "subject"),
    [(DUE, "Time to get in touch with Ben"), (MISSED, "Still time to get in touch with Ben")],
)
def test_reminder_names_the_other_and_neither_health_nor_how_to_reach_them(pair, kind, subject):
    plan_around(TEN + timedelta(days=3 if kind == MISSED else 0))
    letter = letter_of(Message.objects.get(kind=kind))
    assert letter.subject == subject
    for text in (letter.body, html_of(letter)):
        assert pair.get_absolute_url() in text
        assert pair.second.touch_wish.reach not in text
    said = letter.subject + letter.body.partition("--")[0]
    assert not [word for word in ("pain", "flare", "health", "ill") if word in said.casefold().split()]


def test_reminder_says_when_they_last_spoke(pair):
    note_check_in(pair=pair, outcome="spoke", schedule_version=1, by=pair.first.person, now=TEN)
    plan_around(TEN + timedelta(weeks=2))
    body = letter_of(Message.objects.get(recipient=pair.second.person)).body
    assert "You and Ana last spoke on Tuesday 24 November 2026." in body


def test_first_time_is_said_as_such(pair):
    plan_around(TEN)
    assert "for the first time" in letter_of(Message.objects.get()).body


def ask(pair):
    """Cal asks Ana."""
    cal = KeepInTouchWishFactory(membership__group=pair.first.group, membership__person__preferred_name="Cal")
    now = timezone.now()
    return ask_buddy(wish=pair.first.touch_wish, turn="turns", by=cal.membership.person, now=now)


def test_question_goes_to_whom_it_is_for_and_the_yes_back(pair):
    asked = ask(pair)
    assert send_all_due() == 1
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (
        [pair.first.person.email],
        "Cal and you: will you keep in touch?",
    )
    agree_pair(pair=asked, by=pair.first.person, now=timezone.now())
    assert send_all_due() == 1
    assert mail.outbox[1].subject == "Ana said yes"
    assert not any(wish.reach in letter.body for letter in mail.outbox for wish in KeepInTouchWish.objects.all())


@pytest.mark.parametrize("what", ["agreed", "paused", "taken back"])
def test_question_that_is_answered_or_gone_is_not_sent(pair, what):
    asked = ask(pair)
    match what:
        case "agreed":
            agree_pair(pair=asked, by=pair.first.person, now=timezone.now())
            expected = "It is not asked any more."
        case "paused":
            pause_wish(wish=pair.first.touch_wish, now=timezone.now())
            expected = "It is not asked any more."
        case "taken back":
            end_pair(pair=asked, by=asked.asked_by, now=timezone.now())
            expected = "It is not asked any more."
    message = Message.objects.get(kind="supportplans.pair_asked")
    assert reason_against(message, timezone.now()) == expected


def test_yes_of_one_takes_their_question_back_alone(pair):
    dee = KeepInTouchWishFactory(membership__group=pair.first.group).membership
    now = timezone.now()
    [asked] = arrange_pairs(group=dee.group, memberships=[pair.first, dee], by=PersonFactory(), now=now)
    agree_pair(pair=asked, by=dee.person, now=now)
    reasons = {
        message.recipient_id: reason_against(message, now)
        for message in Message.objects.filter(kind="supportplans.pair_asked")
    }
    assert reasons == {dee.person_id: "They have said yes.", pair.first.person_id: ""}
