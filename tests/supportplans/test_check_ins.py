"""One tap says that two members spoke; another takes it back."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from peersupport.reminders import outbox
from peersupport.reminders.models import Message
from supportplans.models import CheckIn
from supportplans.refusals import PairGone, TooLateToUndo
from supportplans.services.check_in import note_check_in, undo_check_in
from supportplans.services.pair import end_pair
from supportplans.services.wish import edit_wish, pause_wish
from tests.factories import NOW, TODAY, KeepInTouchFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return KeepInTouchFactory(due_on=TODAY - timedelta(days=2))


def note(pair, outcome="spoke", by=None, now=NOW, version=None):
    if version is None:
        pair.refresh_from_db()
        version = pair.schedule_version
    return note_check_in(pair=pair, outcome=outcome, schedule_version=version, by=by or pair.first.person, now=now)


def state_of(pair):
    pair.refresh_from_db()
    return pair.due_on, pair.next_by_id, pair.schedule_version


def test_next_one_is_due_by_the_rhythm_from_the_day_they_spoke(pair):
    note(pair)
    assert state_of(pair) == (TODAY + timedelta(weeks=2), pair.second_id, 2)


def test_turns_are_taken_only_where_they_were_agreed():
    pair = KeepInTouchFactory(takes_turns=False)
    note(pair)
    assert state_of(pair)[1] == pair.first_id


def test_slower_rhythm_of_the_two_counts(pair):
    type(pair.second.touch_wish).objects.filter(membership=pair.second).update(rhythm_weeks=4)
    note(pair)
    assert state_of(pair)[0] == TODAY + timedelta(weeks=4)


def test_either_may_say_it(pair):
    assert note(pair, by=pair.second.person).said_by == pair.second.person


def test_trying_means_again_in_some_days_and_keeps_the_turn(pair):
    note(pair, "tried")
    assert state_of(pair) == (TODAY + timedelta(days=3), pair.first_id, 2)


def test_two_taps_are_one(pair):
    first = note(pair, version=1)
    assert note(pair, version=1) == first
    assert note(pair, version=1, by=pair.second.person, now=NOW + timedelta(hours=30)) == first
    assert state_of(pair) == (TODAY + timedelta(weeks=2), pair.second_id, 2)


def test_both_say_it_on_one_day_and_it_counts_once(pair):
    first = note(pair)
    for outcome in ("spoke", "tried"):
        assert note(pair, outcome, by=pair.second.person, now=NOW + timedelta(hours=2)) == first
    assert CheckIn.objects.count() == 1


def test_having_tried_in_the_morning_they_speak_in_the_evening(pair):
    note(pair, "tried")
    note(pair, "spoke", now=NOW + timedelta(hours=6))
    assert state_of(pair) == (TODAY + timedelta(weeks=2), pair.second_id, 3)


def test_speaking_before_it_is_due_counts_from_then(pair):
    note(pair)
    note(pair, now=NOW + timedelta(days=4))
    assert state_of(pair)[0] == TODAY + timedelta(days=18)
    assert CheckIn.objects.count() == 2


def test_page_from_before_a_new_day_was_set_still_counts(pair):
    """Waking and a new rhythm raise the version too; a tap on a page from before must not be lost."""
    type(pair).objects.filter(pk=pair.pk).update(schedule_version=5)
    note(pair, version=1)
    assert state_of(pair)[2] == 6


def test_taking_it_back_restores_what_stood_before(pair):
    check_in = note(pair)
    undo_check_in(check_in=check_in, now=NOW)
    undo_check_in(check_in=check_in, now=NOW)
    assert state_of(pair) == (TODAY - timedelta(days=2), pair.first_id, 1)
    check_in.refresh_from_db()
    assert check_in.undone_at == NOW


def test_what_was_taken_back_can_be_said_again(pair):
    undo_check_in(check_in=note(pair), now=NOW)
    note(pair)
    assert CheckIn.objects.standing().count() == 1
    assert CheckIn.objects.count() == 2


def test_only_the_latest_is_taken_back_and_only_for_a_day(pair):
    early = note(pair, "tried")
    late = note(pair, now=NOW + timedelta(hours=1))
    with pytest.raises(TooLateToUndo):
        undo_check_in(check_in=early, now=NOW + timedelta(hours=2))
    with pytest.raises(TooLateToUndo):
        undo_check_in(check_in=late, now=NOW + timedelta(days=2))


def test_nothing_is_taken_back_once_the_day_was_set_anew(pair):
    check_in = note(pair)
    said = {"ways": ["call"], "rhythm_weeks": 4, "reach": "07700 900123", "best_time": ""}
    edit_wish(membership=pair.first, by=pair.first.person, now=NOW, **said)
    with pytest.raises(TooLateToUndo):
        undo_check_in(check_in=check_in, now=NOW)


def test_nothing_is_noted_while_it_does_not_hold(pair):
    pause_wish(wish=pair.second.touch_wish, now=NOW)
    with pytest.raises(PairGone):
        note(pair)
    end_pair(pair=pair, by=pair.first.person, now=NOW)
    with pytest.raises(PairGone):
        note(pair)


def test_reminder_that_waits_is_dropped_once_they_spoke(pair):
    kinds = ("supportplans.check_in", "supportplans.check_in_missed")
    for kind in kinds:
        outbox.enqueue(
            kind=kind,
            subject_id=pair.pk,
            recipient_ids=[pair.first.person_id],
            due_at=NOW + timedelta(minutes=5),
            expires_at=NOW + timedelta(days=1),
            schedule_version=1,
            now=NOW,
        )
    note(pair)
    assert list(Message.objects.values_list("state", flat=True)) == ["dropped"] * 2


def test_one_standing_check_in_per_pair_and_due_date(pair):
    check_in = note(pair)
    again = CheckIn.objects.get(pk=check_in.pk)
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckIn.objects.update(outcome="cried")
