"""What is said of a flare-up: words of one's own, corrections with what stood before, two pages at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from supportplans.models import FlareUp, FlareUpChange, FlareUpRemedy, Remedy, Trigger
from supportplans.models.flareup_words import LONGEST_FOLDED, LONGEST_WORD, fold
from supportplans.refusals import ChangedElsewhere, TakenBack
from supportplans.services.flareup import (
    edit_flareup,
    end_flareup,
    go_on_flareup,
    log_flareup,
    take_back_flareup,
)
from tests.factories import NOW, TODAY, FlareUpFactory, FlareUpRemedyFactory, FlareUpTriggerFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def flareup():
    return FlareUpFactory()


def say(flareup, revision=None, now=NOW, **said):
    if revision is None:
        flareup.refresh_from_db()
        revision = flareup.revision
    return edit_flareup(flareup=flareup, revision=revision, now=now, **said)


def kept(flareup):
    """What stood before each change, the first one first."""
    return list(flareup.changes.order_by("revision").values_list("revision", "before"))


# Words of one's own


@given(st.text(max_size=LONGEST_WORD))
def test_folded_word_has_room_and_folds_to_itself(text):
    assert len(fold(text)) <= LONGEST_FOLDED
    assert fold(f"  {text.upper().lower()} ") == fold(text.upper().lower())
    assert fold(fold(text)) == fold(text)


def test_spellings_of_one_word_are_one(flareup):
    say(flareup, triggers=["A long drive", "a  long\tdrive ", "A LONG DRIVE"])
    say(FlareUpFactory(person=flareup.person), triggers=["a LONG drive"])
    assert list(Trigger.objects.values_list("name", flat=True)) == ["A long drive"]
    assert Trigger.objects.get().uses.count() == 2


def test_each_person_has_words_of_their_own(flareup):
    other = FlareUpFactory()
    say(flareup, remedies=["Heat"])
    say(other, remedies=["Heat"])
    assert Remedy.objects.count() == 2
    assert Remedy.objects.get(person=other.person).uses.get().flareup == other


def test_most_used_come_first_and_those_of_taken_back_ones_count_for_nothing(flareup):
    for name, number in (("Heat", 2), ("Rest", 3), ("Cold", 1)):
        for _number in range(number):
            FlareUpRemedyFactory(flareup__person=flareup.person, name=name)
    words = Remedy.objects.filter(person=flareup.person).most_used_first()
    assert [(word.name, word.times) for word in words] == [("Rest", 3), ("Heat", 2), ("Cold", 1)]
    FlareUp.objects.filter(remedies__word__name="Rest").update(taken_back_at=NOW)
    assert [(word.name, word.times) for word in words.all()] == [("Heat", 2), ("Cold", 1), ("Rest", 0)]


@pytest.mark.django_db(transaction=True)
def test_one_new_word_from_two_pages_at_once_is_one_word():
    person = PersonFactory()
    flareups = FlareUpFactory.create_batch(4, person=person)

    def write(flareup):
        try:
            edit_flareup(flareup=flareup, revision=0, now=NOW, triggers=["Rain", "Cold"], remedies=["Heat"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, flareups))
    assert (Trigger.objects.count(), Remedy.objects.get().uses.count()) == (2, 4)


def test_words_are_taken_off_and_stay_in_the_list(flareup):
    say(flareup, triggers=["Rain", "Cold"])
    say(flareup, triggers=["Cold"])
    assert flareup.said()["triggers"] == ["Cold"]
    assert set(Trigger.objects.values_list("name", flat=True)) == {"Rain", "Cold"}


def test_answers_stay_when_more_is_tried(flareup):
    say(flareup, remedies=["Heat", "Rest"])
    say(flareup, helped={"Heat": "yes", "Rest": "worse"})
    say(flareup, remedies=["Heat", "Walk"])
    assert flareup.said()["remedies"] == [["Heat", "yes"], ["Walk", ""]]


def test_answer_to_what_was_not_tried_is_left_out(flareup):
    say(flareup, remedies=["Heat"])
    say(flareup, helped={"Heat": "no", "Gold": "yes"})
    assert flareup.said()["remedies"] == [["Heat", "no"]]


@pytest.mark.parametrize("model", [FlareUpTriggerFactory, FlareUpRemedyFactory])
def test_word_is_once_on_a_flareup(flareup, model):
    first = model(flareup=flareup)
    with pytest.raises(IntegrityError), transaction.atomic():
        model(flareup=flareup, word=first.word)


def test_impossible_words_are_refused_by_the_database(flareup):
    use = FlareUpRemedyFactory(flareup=flareup)
    for row, change in (
        (FlareUpRemedy.objects.filter(pk=use.pk), {"helped": "greatly"}),
        (Remedy.objects.filter(pk=use.word_id), {"folded": ""}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.create(person=flareup.person, name="HEAT", folded="heat")


# Corrections


def test_what_stood_before_is_kept_and_only_what_changed(flareup):
    say(flareup, pain=7, note="Soup")
    say(flareup, pain=5, note="Soup", triggers=["Rain"])
    assert kept(flareup) == [(0, {"pain": None, "note": ""}), (1, {"pain": 7, "triggers": []})]
    flareup.refresh_from_db()
    assert (flareup.pain, flareup.revision, flareup.changed_at) == (5, 2, NOW)


def test_days_are_kept_so_that_they_can_be_read_again(flareup):
    start = flareup.started_on
    say(flareup, started_on=start - timedelta(days=1), ended_on=start)
    flareup.refresh_from_db()
    assert (flareup.started_on, flareup.ended_on) == (start - timedelta(days=1), start)
    assert kept(flareup) == [(0, {"started_on": start.isoformat(), "ended_on": None})]


def test_saving_the_same_again_changes_nothing(flareup):
    said = {"pain": 7, "triggers": ["Rain"], "remedies": ["Heat"], "helped": {"Heat": "no"}, "contacts": ["gp"]}
    say(flareup, **said)
    say(flareup, **said)
    assert FlareUpChange.objects.count() == 1


def test_nobody_changes_or_deletes_what_stood_before(flareup):
    say(flareup, pain=7)
    for attempt in (lambda: FlareUpChange.objects.update(before={}), lambda: FlareUpChange.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_overlaps_are_allowed(flareup):
    other = FlareUpFactory(person=flareup.person, started_on=flareup.started_on)
    say(other, started_on=flareup.started_on - timedelta(days=1), ended_on=TODAY)
    assert FlareUp.objects.visible_to(flareup.person).count() == 2


# Two pages at once


def test_two_pages_on_different_parts_do_not_disturb_each_other(flareup):
    say(flareup, 0, pain=7)
    say(flareup, 0, note="Soup")
    say(flareup, 0, triggers=["Rain"])
    flareup.refresh_from_db()
    assert (flareup.pain, flareup.note, flareup.said()["triggers"]) == (7, "Soup", ["Rain"])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"pain": 7}, {"pain": 3}),
        ({"triggers": ["Rain"]}, {"triggers": ["Cold"]}),
        ({"remedies": ["Heat"]}, {"remedies": ["Rest"]}),
        ({"pain": 7, "effect": 2}, {"pain": None, "effect": 9}),
    ],
)
def test_same_part_changed_on_two_pages_loses_neither(flareup, first, second):
    say(flareup, 0, **first)
    with pytest.raises(ChangedElsewhere) as conflict, transaction.atomic():
        say(flareup, 0, **second)
    assert conflict.value.theirs.revision == 1
    assert [*Trigger.objects.filter(name="Cold"), *Remedy.objects.filter(name="Rest")] == []
    say(flareup, conflict.value.theirs.revision, **second)
    assert [revision for revision, _before in kept(flareup)] == [0, 1]


def test_same_form_sent_twice_is_no_conflict(flareup):
    for _number in range(2):
        say(flareup, 0, pain=7, triggers=["Rain"], remedies=["Heat"])
    assert FlareUpChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_same_correction_from_two_pages_at_once_is_made_once():
    flareup = FlareUpFactory()

    def correct(_number):
        try:
            return edit_flareup(flareup=flareup, revision=0, now=NOW, pain=7).revision
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(correct, range(4))) == {1}
    assert FlareUpChange.objects.count() == 1


# It's over, it's still going


def test_it_is_over_in_one_tap_and_two_are_one(flareup):
    end_flareup(flareup=flareup, on=TODAY, now=NOW)
    end_flareup(flareup=flareup, on=TODAY + timedelta(days=1), now=NOW)
    flareup.refresh_from_db()
    assert (flareup.ended_on, flareup.revision) == (TODAY, 1)


def test_still_going_says_how_far_it_is_known_and_no_further(flareup):
    assert flareup.known_until_on == flareup.started_on
    go_on_flareup(flareup=flareup, on=TODAY, now=NOW)
    flareup.refresh_from_db()
    assert (flareup.still_going_on, flareup.known_until_on, flareup.is_open) == (TODAY, TODAY, True)


def test_end_takes_the_place_of_still_going_and_can_be_taken_back(flareup):
    go_on_flareup(flareup=flareup, on=TODAY - timedelta(days=1), now=NOW)
    end_flareup(flareup=flareup, on=TODAY, now=NOW)
    flareup.refresh_from_db()
    assert (flareup.ended_on, flareup.still_going_on, flareup.known_until_on) == (TODAY, None, TODAY)
    go_on_flareup(flareup=flareup, on=TODAY, now=NOW)
    flareup.refresh_from_db()
    assert (flareup.ended_on, flareup.still_going_on) == (None, TODAY)


def test_day_of_a_person_who_travels_is_never_before_the_start():
    flareup = FlareUpFactory(started_on=TODAY)
    assert end_flareup(flareup=flareup, on=TODAY - timedelta(days=1), now=NOW).ended_on == TODAY
    assert go_on_flareup(flareup=flareup, on=TODAY - timedelta(days=1), now=NOW).still_going_on == TODAY


def test_start_moved_past_the_day_it_was_still_going_lets_that_go(flareup):
    go_on_flareup(flareup=flareup, on=TODAY - timedelta(days=2), now=NOW)
    say(flareup, started_on=TODAY - timedelta(days=1))
    flareup.refresh_from_db()
    assert (flareup.still_going_on, flareup.known_until_on) == (None, TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    "change", [{"still_going_on": TODAY - timedelta(days=9)}, {"still_going_on": TODAY, "ended_on": TODAY}]
)
def test_still_going_is_while_it_is_open_and_after_its_start(flareup, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        FlareUp.objects.filter(pk=flareup.pk).update(**change)


# Taken back


def test_taken_back_is_kept_and_seen_nowhere(flareup):
    take_back_flareup(flareup=flareup, now=NOW)
    take_back_flareup(flareup=flareup, now=NOW + timedelta(days=1))
    flareup.refresh_from_db()
    assert flareup.taken_back_at == NOW
    assert not FlareUp.objects.visible_to(flareup.person).exists()


def test_tap_that_was_taken_back_does_not_come_again_by_itself(flareup):
    take_back_flareup(flareup=flareup, now=NOW)
    with pytest.raises(TakenBack):
        log_flareup(by=flareup.person, client_id=flareup.client_id, started_on=TODAY, now=NOW)
    log_flareup(by=flareup.person, client_id=uuid4(), started_on=TODAY, now=NOW)
    assert FlareUp.objects.visible_to(flareup.person).count() == 1


# Which are part of a stretch of time


@pytest.mark.parametrize(
    ("start", "end", "still_going", "is_in"),
    [
        (date(2026, 2, 3), date(2026, 2, 5), None, True),
        (date(2026, 1, 28), date(2026, 2, 1), None, True),
        (date(2026, 2, 28), date(2026, 3, 9), None, True),
        (date(2025, 3, 1), date(2026, 8, 1), None, True),
        (date(2025, 3, 1), None, date(2026, 2, 1), True),
        (date(2026, 1, 1), date(2026, 2, 1), None, True),
        (date(2025, 12, 31), date(2026, 1, 31), None, False),
        (date(2026, 3, 1), None, None, False),
        (date(2026, 1, 31), None, None, False),
        (date(2025, 1, 1), None, None, False),
    ],
)
def test_month_holds_those_with_a_day_known_to_be_in_it(start, end, still_going, is_in):
    flareup = FlareUpFactory(started_on=start, ended_on=end, still_going_on=still_going)
    found = FlareUp.objects.visible_to(flareup.person).known_between(date(2026, 2, 1), date(2026, 2, 28))
    assert found.exists() is is_in
