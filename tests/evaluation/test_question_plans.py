"""What a study asks and when, who is asked on which day, and that it is done once."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as some

from evaluation.models import (
    Administration,
    Event,
    InstrumentItem,
    InstrumentVersion,
    Occasion,
    Participant,
    PlannedInstrument,
    QuestionnairePlan,
)
from evaluation.question_refusals import QuestionsGone
from evaluation.services.consent import record_decisions, withdraw
from evaluation.services.occasion import settle_occasions
from evaluation.tasks import ask_questions
from members.models import Person
from peersupport.instruments.catalogue import instrument_of
from peersupport.reminders.models import Message
from tests.evaluation.questions import asked, days, one_more, plan, say, standing
from tests.factories import ConsentFormFactory, ConsentStatementFactory, PersonFactory

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def planned(study):
    rows = PlannedInstrument.objects.current().filter(study=study)
    return sorted(rows.values_list("instrument__code", "event"))


# The plan


def test_plan_pins_words_and_numbers_of_what_is_asked(study, lead, now):
    plan(study, lead, now, phq4=["baseline", "month_3"], ons4=["baseline"])
    assert planned(study) == [("ons4", "baseline"), ("phq4", "baseline"), ("phq4", "month_3")]
    pinned = InstrumentVersion.objects.get(code="phq4")
    assert (pinned.version, pinned.fingerprint) == (1, instrument_of("phq4").fingerprint)
    items = list(pinned.items.values_list("number", "code", "values"))
    assert items[0] == (1, "nervous", [0, 1, 2, 3])
    assert [code for _number, code, _values in items] == ["nervous", "worrying", "interest", "down"]


def test_plan_saved_again_keeps_what_stands_and_ends_what_is_left_out(study, lead, now):
    plan(study, lead, now, phq4=["baseline"], ons4=["baseline"])
    plan(study, lead, now + days(1), window_days=21, phq4=["baseline", "month_6"])
    assert planned(study) == [("phq4", "baseline"), ("phq4", "month_6")]
    assert PlannedInstrument.objects.get(instrument__code="ons4").ended_at == now + days(1)
    assert PlannedInstrument.objects.get(instrument__code="phq4", event="baseline").planned_at == now
    assert QuestionnairePlan.objects.get().window_days == 21
    assert InstrumentVersion.objects.count() == 2


def test_what_is_not_there_can_not_be_planned(study, lead, now):
    with pytest.raises(QuestionsGone):
        plan(study, lead, now, phq9=["baseline"])
    assert not QuestionnairePlan.objects.exists()


def test_definition_that_says_something_else_than_when_it_was_pinned_is_refused(study, lead, now):
    InstrumentVersion.objects.create(code="phq4", version=1, fingerprint="0" * 64, pinned_at=now)
    with pytest.raises(QuestionsGone):
        plan(study, lead, now, phq4=["baseline"])
    assert InstrumentVersion.objects.get().definition is None


@pytest.mark.parametrize("window_days", [6, 61])
def test_window_is_one_to_nine_weeks(study, lead, now, window_days):
    with pytest.raises(IntegrityError, match="questionnaire_window_fits"), transaction.atomic():
        plan(study, lead, now, window_days=window_days, phq4=["baseline"])


def test_pinned_words_and_occasions_can_not_be_changed(study, lead, willing, now):
    asked(study, lead, now)
    for model in (InstrumentVersion, InstrumentItem, Occasion):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete("default")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(id=F("id"))


# Whose day it is


@pytest.mark.parametrize(
    ("entered_on", "event", "due_on"),
    [
        (date(2026, 8, 31), "month_3", date(2026, 11, 30)),
        (date(2026, 11, 30), "month_3", date(2027, 2, 28)),
        (date(2027, 11, 30), "month_3", date(2028, 2, 29)),
        (date(2026, 12, 15), "month_12", date(2027, 12, 15)),
        (date(2026, 6, 30), "month_6", date(2026, 12, 30)),
        (date(2026, 6, 30), "baseline", date(2026, 6, 30)),
    ],
)
def test_each_event_is_due_on_the_same_day_of_the_month_or_its_last(entered_on, event, due_on):
    assert Event(event).due_on(entered_on) == due_on


@given(some.dates(date(2020, 1, 1), date(2040, 1, 1)), some.sampled_from(list(Event)))
def test_months_are_never_more_than_31_days_nor_less_than_30_but_for_short_ones(day, event):
    found = event.due_on(day)
    assert 30 * event.months - 4 <= (found - day).days <= 31 * event.months
    assert found.day <= day.day


@pytest.mark.parametrize(
    ("event", "at", "is_asked"),
    [
        ("baseline", datetime(2026, 3, 10, 8, 59, tzinfo=LONDON), False),
        ("baseline", datetime(2026, 3, 10, 9, 0, tzinfo=LONDON), True),
        ("baseline", datetime(2026, 3, 24, 23, 58, tzinfo=LONDON), True),
        ("baseline", datetime(2026, 3, 24, 23, 59, tzinfo=LONDON), False),
        ("month_3", datetime(2026, 6, 9, 12, 0, tzinfo=LONDON), False),
        ("month_3", datetime(2026, 6, 10, 8, 59, tzinfo=LONDON), False),
        ("month_3", datetime(2026, 6, 10, 9, 0, tzinfo=LONDON), True),
        ("month_12", datetime(2027, 3, 10, 9, 0, tzinfo=LONDON), True),
        ("month_12", datetime(2027, 3, 26, 9, 0, tzinfo=LONDON), False),
    ],
)
def test_they_are_asked_from_nine_on_their_day_until_the_last_day_is_over(study, lead, event, at, is_asked):
    form = ConsentFormFactory(study=study, published_at=datetime(2026, 1, 1, tzinfo=UTC))
    ConsentStatementFactory(form=form, purpose="questionnaires")
    joined = one_more(study, datetime(2026, 3, 10, 7, tzinfo=UTC))
    plan(study, lead, at, phq4=[event])
    settle_occasions(now=at)
    assert Occasion.objects.filter(participant=joined, event=event).exists() == is_asked
    if is_asked:
        occasion = Occasion.objects.get()
        last_day = occasion.due_on + timedelta(days=14)
        assert occasion.closes_at == datetime.combine(last_day, time(23, 59), LONDON)


def test_all_that_is_asked_is_one_occasion_with_one_message(study, lead, willing, member, now):
    occasion = asked(study, lead, now, phq4=["baseline"], pain_nrs=["baseline"], ons4=["month_3"])
    assert (occasion.participant, occasion.event) == (willing, "baseline")
    codes = occasion.administrations.values_list("instrument__code", flat=True)
    assert sorted(codes) == ["pain_nrs", "phq4"]
    message = Message.objects.get()
    assert (message.kind, message.recipient, message.subject_id) == ("evaluation.questions_open", member, occasion.pk)
    assert message.expires_at == occasion.closes_at


def test_asking_again_and_again_is_asking_once(study, lead, willing, now):
    asked(study, lead, now)
    for minutes in range(5, 30, 5):
        settle_occasions(now=now + timedelta(minutes=minutes))
    ask_questions()
    assert (Occasion.objects.count(), Administration.objects.count(), Message.objects.count()) == (1, 1, 1)


def test_who_has_no_account_is_asked_without_a_message(study, lead, willing, now):
    participant = one_more(study, now - days(1))
    plan(study, lead, now, phq4=["baseline"])
    settle_occasions(now=now)
    assert Occasion.objects.filter(participant=participant).exists()
    assert Message.objects.count() == 1


def no_yes(participant, now):
    record(participant, now, is_yes=False)


@pytest.mark.parametrize("kind", Participant.Kind.values)
def test_clinicians_and_coordinators_are_not_asked(study, lead, willing, now, kind):
    type(willing).objects.filter(pk=willing.pk).update(kind=kind)
    plan(study, lead, now, phq4=["baseline"])
    settle_occasions(now=now)
    assert Occasion.objects.exists() == (kind not in ("clinician", "coordinator"))


def record(participant, now, *, is_yes):
    form = participant.study.consent_forms.get()
    answers = {form.statements.get(): is_yes}
    person = participant.identity_key.person
    record_decisions(participant=participant, form=form, answers=answers, method="own_page", by=person, at=now, now=now)


def no_contact(participant, now):
    leave(participant, now, "no_contact")


def no_collection(participant, now):
    leave(participant, now, "no_collection")


def leave(participant, now, scope):
    withdraw(participant=participant, scope=scope, by=participant.identity_key.person, method="own_page", now=now)


def died(participant, now):
    Person.objects.filter(pk=participant.identity_key.person_id).update(died_marked_at=now)


def closed_account(participant, now):
    Person.objects.filter(pk=participant.identity_key.person_id).update(is_active=False)


@pytest.mark.parametrize("end", [no_yes, no_contact, no_collection, died, closed_account])
def test_nobody_is_asked_whose_yes_does_not_hold(study, lead, willing, now, end):
    end(willing, now)
    plan(study, lead, now, phq4=["baseline"])
    settle_occasions(now=now + timedelta(minutes=1))
    assert not Occasion.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize("end", [no_yes, no_contact, no_collection])
def test_withdrawal_stops_what_is_open_at_once(study, lead, willing, member, now, end):
    occasion = asked(study, lead, now, phq4=["baseline"], pain_nrs=["baseline"])
    begun = occasion.administrations.get(instrument__code="phq4")
    say(begun, member, now, nervous=2)
    end(willing, now + timedelta(minutes=1))
    assert set(occasion.administrations.values_list("state", flat=True)) == {"withdrawn"}
    assert standing(begun) == {"nervous": 2, "worrying": "withdrawn", "interest": "withdrawn", "down": "withdrawn"}
    assert not begun.scores.exists()
    assert Message.objects.get().state == "dropped"


def test_another_yes_to_something_else_leaves_what_is_open(study, lead, willing, now):
    occasion = asked(study, lead, now)
    record(willing, now + timedelta(minutes=1), is_yes=True)
    assert occasion.administrations.get().is_open


def test_new_plan_changes_nothing_for_who_was_asked(study, lead, willing, now):
    occasion = asked(study, lead, now)
    plan(study, lead, now, window_days=7, ons4=["baseline"])
    settle_occasions(now=now)
    assert [row.instrument.code for row in occasion.administrations.all()] == ["phq4"]


# The end


def test_what_is_over_is_closed_as_far_as_it_goes(study, lead, willing, member, now):
    occasion = asked(study, lead, now, phq4=["baseline"], pain_nrs=["baseline"], ons4=["baseline"])
    rows = {row.instrument.code: row for row in occasion.administrations.select_related("instrument")}
    say(rows["phq4"], member, now, nervous=2, worrying="skipped")
    say(rows["pain_nrs"], member, now, pain=4)
    settle_occasions(now=occasion.closes_at - timedelta(minutes=1))
    assert occasion.administrations.open().count() == 3
    settle_occasions(now=occasion.closes_at)
    states = dict(occasion.administrations.values_list("instrument__code", "state"))
    assert states == {"phq4": "part", "pain_nrs": "answered", "ons4": "missed"}
    assert standing(rows["phq4"]) == {
        **{"nervous": 2, "worrying": "skipped", "interest": "not_asked", "down": "not_asked"}
    }
    assert set(standing(rows["ons4"]).values()) == {"not_asked"}
    assert not rows["ons4"].scores.exists()


def test_closing_twice_is_closing_once(study, lead, willing, now):
    occasion = asked(study, lead, now)
    for _time in range(2):
        settle_occasions(now=occasion.closes_at)
    assert occasion.administrations.get().responses.count() == 4


@pytest.mark.parametrize("number", [1, 3])
def test_looking_for_whom_to_ask_costs_the_same_when_all_are_asked(
    study, lead, willing, now, number, django_assert_num_queries
):
    for _number in range(number - 1):
        one_more(study, now - days(1), person=PersonFactory())
    plan(study, lead, now, phq4=["baseline", "month_3"])
    settle_occasions(now=now)
    assert Occasion.objects.count() == number
    with django_assert_num_queries(5):
        settle_occasions(now=now)
