"""Pacing, page by page: every number is the member's own, and only theirs to see."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from supportplans.models import PacingBaseline, PacingDay, PacingStart, PacingTry
from supportplans.services.pacing import call_pacing_enough, note_pacing_day, set_pacing, stop_pacing
from tests.factories import NOW, TODAY, MembershipFactory, PacingBaselineFactory, PacingStartFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = MembershipFactory().person
    client.force_login(person)
    return person


@pytest.fixture
def baseline(person):
    return PacingBaselineFactory(person=person, what="Sit at the table")


def address(name, baseline):
    return reverse(f"supportplans:{name}", args=[baseline.pk])


def typed_day(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def numbers(**changes):
    sent = {"amount": 4, "weekly_percent": 10, "enough": "", "rest_days": []}
    return sent | typed_day("from_on", timezone.localdate()) | changes


def tries(*amounts, left_out=()):
    today, sent = timezone.localdate(), {}
    for number, amount in enumerate(amounts, start=1):
        sent |= typed_day(f"tried_on_{number}", today - timedelta(days=number)) | {f"amount_{number}": amount}
        sent |= {f"is_left_out_{number}": "on"} if number in left_out else {}
    return sent


def test_activity_in_own_words_is_enough_to_begin(client, person):
    page = client.post(reverse("supportplans:pacing_add"), {"what": "Sit at the table", "unit": "minutes"}, follow=True)
    baseline = PacingBaseline.objects.get()
    assert (baseline.person, baseline.what, baseline.unit) == (person, "Sit at the table", "minutes")
    assert "Note my tries" in page.text
    assert "Only you" in page.text


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"unit": "minutes"}, "Enter what you want to do"),
        ({"what": "Sit"}, "Choose what you count it in"),
        ({"what": "Sit", "unit": "miles"}, "Choose one of the answers"),
        ({"what": "s" * 100_000, "unit": "steps"}, "Use 200 characters or fewer."),
    ],
)
def test_what_is_missing_or_too_long_gets_a_sentence(client, person, sent, sentence):
    assert sentence in client.post(reverse("supportplans:pacing_add"), sent).text
    assert not PacingBaseline.objects.exists()


def test_tries_suggest_a_start_and_a_bad_day_can_be_left_out(client, baseline):
    client.post(address("pacing_try", baseline), tries(10, 1, 20, left_out=[2]))
    page = client.get(baseline.get_absolute_url())
    assert page.context["suggested_start"] == 12
    assert "begin with 12 minutes" in page.text
    assert client.get(address("pacing_set", baseline)).context["form"].initial["amount"] == 12


def test_one_try_now_and_the_others_later(client, baseline):
    client.post(address("pacing_try", baseline), tries(10))
    assert PacingTry.objects.count() == 1
    form = client.get(address("pacing_try", baseline)).context["form"]
    assert form["amount_1"].value() == 10
    client.post(address("pacing_try", baseline), tries(12, 8))
    assert list(PacingTry.objects.values_list("number", "amount")) == [(1, 12), (2, 8)]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"amount_1": 5}, "Enter which day that was"),
        (typed_day("tried_on_2", TODAY - timedelta(days=30)), "Enter how much it was that day"),
        (typed_day("tried_on_3", TODAY + timedelta(days=900)) | {"amount_3": 5}, "This day is still to come."),
        (typed_day("tried_on_1", TODAY) | {"amount_1": "lots"}, "Enter a whole number, like 4"),
        (typed_day("tried_on_1", TODAY) | {"amount_1": -3}, "Enter a number that is 0 or more"),
        (typed_day("tried_on_1", TODAY) | {"amount_1": 10**12}, "Enter a number that is 100000 or less"),
    ],
)
def test_tries_that_do_not_add_up_get_a_sentence_and_nothing_is_saved(client, baseline, sent, sentence):
    assert sentence in client.post(address("pacing_try", baseline), sent).text
    assert not PacingTry.objects.exists()


def test_every_number_can_be_set_and_changed_and_the_days_before_keep_theirs(client, baseline):
    today = timezone.localdate()
    PacingStartFactory(baseline=baseline, from_on=today - timedelta(days=10), amount=10)
    sent = numbers(amount=6, weekly_percent=0, enough=9, rest_days=["5", "6"])
    assert client.post(address("pacing_set", baseline), sent).url == baseline.get_absolute_url()
    rows = list(PacingStart.objects.values_list("from_on", "amount", "weekly_percent", "enough", "rest_days"))
    assert rows == [(today - timedelta(days=10), 10, 10, None, []), (today, 6, 0, 9, [5, 6])]
    days = {day.on: day.suggested for day in client.get(baseline.get_absolute_url()).context["days"]}
    assert days[today - timedelta(days=1)] == 11
    assert "Saturday, Sunday" in client.get(baseline.get_absolute_url()).text


def test_numbers_sent_twice_are_set_once(client, baseline):
    for _time in range(2):
        client.post(address("pacing_set", baseline), numbers())
    assert PacingStart.objects.count() == 1


def test_form_for_the_numbers_begins_with_todays_amount(client, baseline):
    start_on = timezone.localdate() - timedelta(weeks=2)
    PacingStartFactory(baseline=baseline, from_on=start_on, amount=100, weekly_percent=20, rest_days=[6])
    initial = client.get(address("pacing_set", baseline)).context["form"].initial
    assert initial == {
        "from_on": timezone.localdate(),
        "amount": 144,
        "weekly_percent": 20,
        "enough": None,
        "rest_days": [6],
    }


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"amount": ""}, "Enter how much, like 5"),
        ({"amount": 0}, "Enter a number that is 1 or more"),
        ({"weekly_percent": 51}, "Enter a number that is 50 or less"),
        ({"weekly_percent": ""}, "Enter a number from 0 to 50"),
        ({"enough": 0}, "Enter a number that is 1 or more"),
        ({"rest_days": ["7"]}, "Choose one of the answers"),
        ({"from_on_day": 31, "from_on_month": 2}, "Enter a real date"),
    ],
)
def test_numbers_out_of_range_get_a_sentence(client, baseline, changes, sentence):
    assert sentence in client.post(address("pacing_set", baseline), numbers(**changes)).text
    assert not PacingStart.objects.exists()


def test_what_was_done_is_noted_changed_and_taken_back(client, baseline):
    today = timezone.localdate()
    for sent, expected in (
        ({"kind": "done", "amount": 5}, [5]),
        ({"kind": "done", "amount": 7}, [7]),
        ({"kind": "rest", "amount": "nonsense"}, [None]),
        ({"kind": "clear"}, []),
    ):
        client.post(address("pacing_day_note", baseline), sent | typed_day("done_on", today))
        assert list(PacingDay.objects.values_list("amount", flat=True)) == expected


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"kind": "done"}, "Enter how much it was"),
        ({"kind": "done", "amount": "x"}, "Enter a whole number, like 4"),
        ({"amount": 5}, "Choose what it was"),
        ({"kind": "rest"} | typed_day("done_on", TODAY + timedelta(days=900)), "This day is still to come."),
    ],
)
def test_note_that_says_too_little_gets_a_sentence(client, baseline, sent, sentence):
    sent = typed_day("done_on", timezone.localdate()) | sent
    assert sentence in client.post(address("pacing_day_note", baseline), sent).text
    assert not PacingDay.objects.exists()


def test_chart_leaves_gaps_where_nothing_was_noted(client, baseline):
    today = timezone.localdate()
    PacingStartFactory(baseline=baseline, from_on=today - timedelta(days=3), amount=10)
    note_pacing_day(baseline=baseline, done_on=today, amount=8)
    note_pacing_day(baseline=baseline, done_on=today - timedelta(days=1), amount=None)
    page = client.get(baseline.get_absolute_url())
    days = page.context["days"]
    assert [day.done for day in days] == [None, None, None, 8]
    assert [day.suggested for day in days] == [10, 10, 10, 10]
    assert page.text.count('<td class="nhsuk-table__cell"></td>') == 3
    assert ", rested</th>" in page.text


def test_chart_begins_with_the_first_day_that_says_something(client, baseline):
    today = timezone.localdate()
    PacingStartFactory(baseline=baseline, from_on=today - timedelta(days=3), amount=10)
    page = client.get(baseline.get_absolute_url())
    assert (len(page.context["days"]), page.context["earlier_url"]) == (4, "")
    note_pacing_day(baseline=baseline, done_on=today - timedelta(days=40), amount=8)
    page = client.get(baseline.get_absolute_url())
    assert len(page.context["days"]) == 28
    page = client.get(baseline.get_absolute_url() + page.context["earlier_url"])
    assert [day.done for day in page.context["days"]] == [8] + 12 * [None]
    assert page.context["earlier_url"] == ""


@pytest.mark.parametrize("until", ["", "yesterday", "9999-99-99", "9999-12-31", "0001-01-01", "2026-01-31"])
def test_any_four_weeks_can_be_looked_at_and_none_to_come(client, baseline, until):
    PacingStartFactory(baseline=baseline, from_on=TODAY - timedelta(days=900))
    page = client.get(baseline.get_absolute_url(), {"until": until})
    assert page.status_code == 200
    days = page.context["days"]
    assert len(days) == (0 if until == "0001-01-01" else 28)
    assert all(day.on <= timezone.localdate() for day in days)


def test_enough_and_stopped_are_good_ends_and_it_can_be_taken_up_again(client, baseline):
    today = timezone.localdate()
    PacingStartFactory(baseline=baseline, from_on=today - timedelta(weeks=3), amount=100)
    assert "It stays as it is now." in client.post(address("pacing_enough", baseline), follow=True).text
    page = client.post(address("pacing_stop", baseline), follow=True)
    assert "Stopped. That is as good an end as any." in page.text
    assert "You have stopped this." in page.text
    assert PacingStart.objects.values_list("enough_on", "stopped_on").get() == (today, today)
    client.post(address("pacing_set", baseline), numbers(amount=5))
    assert client.get(baseline.get_absolute_url()).context["suggested"] == 5


def test_what_stopped_stays_stopped_until_the_day_it_is_taken_up_again(client, baseline):
    today = timezone.localdate()
    began, stopped = today - timedelta(days=20), today - timedelta(days=10)
    PacingStartFactory(baseline=baseline, from_on=began, enough_on=began, stopped_on=stopped)
    client.post(address("pacing_set", baseline), numbers() | typed_day("from_on", today + timedelta(days=3)))
    page = client.get(baseline.get_absolute_url())
    assert "It begins on" in page.text
    assert [day.suggested for day in page.context["days"]] == 10 * [5] + 11 * [None]


def test_stopping_holds_for_what_was_to_begin_later(client, baseline):
    today = timezone.localdate()
    for days in (-5, 5):
        PacingStartFactory(baseline=baseline, from_on=today + timedelta(days=days))
    client.post(address("pacing_stop", baseline))
    assert set(PacingStart.objects.values_list("stopped_on", flat=True)) == {today}
    assert "You have stopped this." in client.get(baseline.get_absolute_url()).text
    assert "Stopped" in client.get(reverse("supportplans:pacing_list")).text


def test_list_says_what_today_gives(client, baseline):
    PacingStartFactory(baseline=baseline, from_on=timezone.localdate(), amount=7)
    assert "today: 7 minutes" in client.get(reverse("supportplans:pacing_list")).text


def test_an_end_sent_twice_keeps_its_first_day(baseline):
    start = PacingStartFactory(baseline=baseline)
    stop_pacing(baseline=baseline, now=NOW)
    for end in (stop_pacing, call_pacing_enough):
        end(baseline=baseline, now=NOW + timedelta(days=5))
    start.refresh_from_db()
    assert (start.enough_on, start.stopped_on) == (None, TODAY)


def test_end_after_a_journey_west_is_no_day_before_enough(baseline):
    start = PacingStartFactory(baseline=baseline, enough_on=TODAY + timedelta(days=1))
    stop_pacing(baseline=baseline, now=NOW)
    start.refresh_from_db()
    assert start.stopped_on == TODAY + timedelta(days=1)


def test_it_begins_later_where_a_later_day_is_set(client, baseline):
    later = timezone.localdate() + timedelta(days=5)
    set_pacing(baseline=baseline, from_on=later, amount=5, weekly_percent=10, enough=None, rest_days=[])
    page = client.get(baseline.get_absolute_url())
    assert "It begins on" in page.text
    assert page.context["suggested"] is None


def test_pacing_is_its_owners_alone(client, baseline):
    note_pacing_day(baseline=baseline, done_on=TODAY, amount=5)
    group = baseline.person.memberships.get().group
    client.force_login(MembershipFactory(group=group).person)
    for name in ("pacing_detail", "pacing_try", "pacing_set", "pacing_day_note"):
        assert client.get(address(name, baseline)).status_code == 404
    for name in ("pacing_enough", "pacing_stop"):
        assert client.post(address(name, baseline)).status_code == 404
    assert "Sit at the table" not in client.get(reverse("supportplans:pacing_list")).text


def test_pacing_is_reached_from_goals_and_from_the_plan(client, person):
    for name in ("goal_list", "personal_plan_detail"):
        assert reverse("supportplans:pacing_list") in client.get(reverse(f"supportplans:{name}")).text


@pytest.mark.parametrize("number", [1, 5, 50])
def test_pages_cost_the_same_with_more_of_everything(client, person, number, django_assert_num_queries):
    today = timezone.localdate()
    baseline = PacingBaselineFactory.create_batch(number, person=person)[0]
    for day in range(number):
        PacingStartFactory(baseline=baseline, from_on=today - timedelta(days=day))
        note_pacing_day(baseline=baseline, done_on=today - timedelta(days=day), amount=day)
    client.get("/")
    with django_assert_num_queries(6):
        client.get(reverse("supportplans:pacing_list"))
    with django_assert_num_queries(8):
        client.get(baseline.get_absolute_url())


# What the database holds


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"what": ""}, "pacing_says_what"),
        ({"unit": "miles"}, "pacing_unit_known"),
    ],
)
def test_activity_out_of_bounds_is_refused(change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PacingBaselineFactory(**change)
    assert not PacingBaseline.objects.exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"amount": 0}, "pacing_start_in_range"),
        ({"amount": 100_001}, "pacing_start_in_range"),
        ({"weekly_percent": 51}, "pacing_percent_0_to_50"),
        ({"enough": 0}, "pacing_enough_is_some"),
        ({"rest_days": [7]}, "pacing_rest_days_are_weekdays"),
        ({"enough_on": TODAY, "stopped_on": TODAY - timedelta(days=1)}, "pacing_stops_after_enough"),
    ],
)
def test_numbers_out_of_bounds_are_refused(change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PacingStartFactory(**change)
    assert not PacingStart.objects.exists()


def test_one_start_one_note_and_one_try_each_and_three_tries_at_most(baseline):
    PacingStartFactory(baseline=baseline)
    PacingDay.objects.create(baseline=baseline, done_on=TODAY, amount=5)
    PacingTry.objects.create(baseline=baseline, number=3, tried_on=TODAY, amount=5)
    for make, constraint in (
        (lambda: PacingStartFactory(baseline=baseline), "pacing_one_start_per_day"),
        (lambda: PacingDay.objects.create(baseline=baseline, done_on=TODAY), "pacing_one_note_per_day"),
        (lambda: PacingDay.objects.create(baseline=baseline, done_on=NOW, amount=10**6), "pacing_day_in_range"),
        (
            lambda: PacingTry.objects.create(baseline=baseline, number=3, tried_on=TODAY, amount=5),
            "pacing_try_once_per_number",
        ),
        (lambda: PacingTry.objects.create(baseline=baseline, number=4, tried_on=TODAY, amount=5), "pacing_three_tries"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            make()
