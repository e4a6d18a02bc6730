"""Meetings as members and organisers meet them in the browser."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import RSVP, Meeting, MeetingSeries
from groups.recurrence import Repeat
from groups.services.meeting import plan_meeting
from peersupport.reminders.models import Message
from peersupport.spoken import spoken_date
from tests.factories import (
    AttendanceFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
OF_ORGANISERS = ["meeting_move", "meeting_cancel", "series_stop"]
OF_MEMBERS = ["meeting_detail"]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def venue():
    return VenueFactory(name="Hall", address="1 High Street", access_notes="Ramp at the back")


@pytest.fixture
def group(venue):
    return SupportGroupFactory(name="Tuesday group", venue=venue, site=venue.site)


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Maria").person


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    RoleTermFactory(group=group, person=person)
    return person


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person


@pytest.fixture
def day(now):
    """Nine days from now, in London."""
    return now.astimezone(LONDON).date() + timedelta(days=9)


@pytest.fixture
def meeting(group, venue, contact, day, now):
    """One of a series of three."""
    return plan_meeting(
        group=group,
        on=day,
        start_time=time(14),
        duration_minutes=120,
        venue=venue,
        repeat=Repeat.WEEKLY,
        last_on=day + timedelta(days=14),
        by=contact,
        now=now,
    )


@pytest.fixture
def past_meeting(group, venue, now):
    return MeetingFactory(group=group, venue=venue, starts_at=now - timedelta(days=1))


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def posted(day, **changes):
    """What the form of planning or moving posts for `day`."""
    return {
        **on("on", day),
        "start_time": "2pm",
        "duration_minutes": "90",
        "venue": "later",
        "repeat": "not",
        **on("last_on", None),
    } | changes


def on(name, day):
    return {f"{name}_{part}": str(getattr(day, part)) if day else "" for part in ("day", "month", "year")}


# Planning


def test_an_organiser_plans_a_meeting(sign_in, group, contact, venue, day):
    page = sign_in(contact).post(address("meeting_plan", group), posted(day, venue=str(venue.pk)), follow=True)
    meeting = Meeting.objects.get()
    assert page.redirect_chain[-1][0] == meeting.get_absolute_url()
    assert "The meeting is planned. Everyone in the group gets an email." in page.text
    local = meeting.starts_at.astimezone(LONDON)
    assert (local.date(), local.hour, meeting.venue) == (day, 14, venue)
    assert meeting.ends_at - meeting.starts_at == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("typed", "hour", "minute"), [("14:00", 14, 0), ("2.30 pm", 14, 30), ("noon", 12, 0), ("10am", 10, 0)]
)
def test_times_may_be_written_as_people_write_them(sign_in, group, contact, day, typed, hour, minute):
    sign_in(contact).post(address("meeting_plan", group), posted(day, start_time=typed))
    local = Meeting.objects.get().starts_at.astimezone(LONDON)
    assert (local.hour, local.minute) == (hour, minute)


def test_an_organiser_plans_every_second_week(sign_in, group, contact, day):
    last_on = on("last_on", day + timedelta(days=28))
    sign_in(contact).post(address("meeting_plan", group), posted(day, repeat="fortnightly", **last_on))
    days = [meeting.original_on for meeting in Meeting.objects.order_by("starts_at")]
    assert days == [day, day + timedelta(days=14), day + timedelta(days=28)]
    assert MeetingSeries.objects.get().rule.startswith("FREQ=WEEKLY;INTERVAL=2;BYDAY=")


def test_the_groups_own_place_is_chosen_already(sign_in, group, contact, venue):
    form = sign_in(contact).get(address("meeting_plan", group)).context["form"]
    assert (form["venue"].value(), form["repeat"].value()) == (str(venue.pk), "not")


def test_places_of_other_sites_are_not_offered(sign_in, group, contact, day):
    elsewhere = VenueFactory(name="Elsewhere")
    page = sign_in(contact).post(address("meeting_plan", group), posted(day, venue=str(elsewhere.pk)))
    assert "Elsewhere" not in page.text
    assert "Choose one of the answers" in page.text
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (on("on", None), "Enter the day of the meeting, like 24 11 2026"),
        ({"on_day": "31", "on_month": "2"}, "Enter a real date, like 24 11 2026"),
        ({"on_year": "2020"}, "This day is over. Enter today or a later day."),
        ({"on_year": "2099"}, "This is more than two years away. Check the year."),
        ({"start_time": ""}, "Enter when the meeting starts, like 2pm"),
        ({"start_time": "2"}, "Add am or pm to the time, like 2:30pm"),
        ({"start_time": "later"}, "Enter a time, like 2pm or 14:00"),
        ({"duration_minutes": ""}, "Enter how long the meeting lasts, in minutes, like 120"),
        ({"duration_minutes": "5"}, "Enter at least 15 minutes"),
        ({"duration_minutes": "-60"}, "Enter at least 15 minutes"),
        ({"duration_minutes": "601"}, "Enter 600 minutes or fewer"),
        ({"duration_minutes": "two hours"}, "Enter a whole number, like 4"),
        ({"venue": ""}, "Choose where you will meet"),
        ({"repeat": ""}, "Choose whether it repeats"),
        ({"repeat": "hourly"}, "Choose one of the answers"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(sign_in, group, contact, day, changes, sentence):
    sent = posted(day, duration_minutes="75") | changes
    page = sign_in(contact).post(address("meeting_plan", group), sent)
    assert (page.status_code, sentence in page.text) == (200, True)
    assert page.text.count("<title>Error:") == 1
    form = page.context["form"]
    kept = {name: form[name].value() for name in ("start_time", "duration_minutes", "venue", "repeat")}
    assert kept == {name: sent[name] for name in kept}
    assert form["on"].value() == [sent["on_day"], sent["on_month"], sent["on_year"]]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize(
    ("repeat", "days", "sentence"),
    [
        ("weekly", -1, "The last day is before the first. Enter a later day."),
        ("not", 7, "A meeting that happens once has no last day. Leave this empty."),
    ],
)
def test_a_last_day_that_makes_no_sense_is_explained(sign_in, group, contact, day, repeat, days, sentence):
    sent = posted(day, repeat=repeat, **on("last_on", day + timedelta(days=days)))
    page = sign_in(contact).post(address("meeting_plan", group), sent)
    assert page.context["form"].errors == {"last_on": [sentence]}


def test_a_time_today_that_is_over_is_explained(sign_in, group, contact, now):
    local = now.astimezone(LONDON)
    page = sign_in(contact).post(address("meeting_plan", group), posted(local.date(), start_time=f"{local:%H:%M}"))
    assert page.context["form"].errors == {"start_time": ["This time is over already. Enter a later one."]}


def test_an_overlap_is_pointed_out_and_allowed(sign_in, group, contact, meeting, day):
    page = sign_in(contact).post(address("meeting_plan", group), posted(day, start_time="3pm"), follow=True)
    assert "the group has another meeting at that time." in page.text
    assert Meeting.objects.filter(series=None).count() == 1


def test_a_series_is_looked_at_whole(sign_in, group, contact, meeting, day):
    """The first of it is free; the second meets the first of the other."""
    sent = posted(day - timedelta(days=7), repeat="weekly", **on("last_on", day))
    page = sign_in(contact).post(address("meeting_plan", group), sent, follow=True)
    assert f"On {spoken_date(day)} the group has another meeting at that time." in page.text


def test_no_overlap_is_pointed_out_where_there_is_none(sign_in, group, contact, meeting, day):
    page = sign_in(contact).post(address("meeting_plan", group), posted(day, start_time="4pm"), follow=True)
    assert "another meeting at that time" not in page.text


def test_a_group_that_has_ended_plans_nothing(sign_in, group, contact, day):
    group.state, group.closing_reason = "closed", "Done"
    group.save()
    page = sign_in(contact).post(address("meeting_plan", group), posted(day))
    assert "This group has ended." in page.text
    assert not Meeting.objects.exists()


# Who may


def test_members_look_and_organisers_change(sign_in, group, meeting, member):
    client = sign_in(member)
    assert [client.get(address(name, meeting)).status_code for name in OF_MEMBERS] == [200]
    assert [client.get(address(name, meeting)).status_code for name in OF_ORGANISERS] == [403, 403, 403]
    assert [client.post(address(name, meeting), {"reason": "x"}).status_code for name in OF_ORGANISERS] == [403] * 3
    assert client.get(address("meeting_plan", group)).status_code == 403
    assert not Meeting.objects.filter(state="cancelled").exists()


@pytest.mark.parametrize("who", ["contact", "tutor"])
def test_organisers_reach_every_page(sign_in, request, group, meeting, who):
    client = sign_in(request.getfixturevalue(who))
    pages = [address("meeting_plan", group), *(address(name, meeting) for name in OF_MEMBERS + OF_ORGANISERS)]
    assert [client.get(page).status_code for page in pages] == [200] * 5


@pytest.mark.parametrize("who", ["member elsewhere", "coordinator", "nobody in particular", "someone who left"])
def test_others_find_nothing(sign_in, group, meeting, who, now):
    person = {
        "member elsewhere": lambda: MembershipFactory().person,
        "coordinator": lambda: ProgrammeStaffFactory(site=group.site).person,
        "nobody in particular": PersonFactory,
        "someone who left": lambda: MembershipFactory(group=group, state="left", ended_at=now).person,
    }[who]()
    client = sign_in(person)
    pages = [address("meeting_list", group), *(address(name, meeting) for name in OF_MEMBERS + OF_ORGANISERS)]
    assert [client.get(page).status_code for page in pages] == [404] * 5
    assert client.post(address("meeting_answer", meeting), {"answer": "coming"}).status_code == 404


# The page of a meeting


def test_a_member_reads_when_where_and_who_greets(sign_in, meeting, member, group):
    RoleTermFactory(group=group, role="greeter", person__preferred_name="Greta")
    page = sign_in(member).get(meeting.get_absolute_url()).text
    for words in ("2pm to 4pm", "Hall", "1 High Street", "Ramp at the back", "Greta", "Every week"):
        assert words in page
    assert "By your clock" not in page


def test_a_member_elsewhere_also_reads_their_own_time(sign_in, meeting, member):
    member.time_zone = "America/New_York"
    member.save()
    local = meeting.starts_at.astimezone(member.zone)
    page = sign_in(member).get(meeting.get_absolute_url()).text
    assert "2pm to 4pm" in page
    assert f"By your clock: {local:%A} {local.day} {local:%B %Y}, {local.hour % 12}am" in page


def test_the_link_to_join_is_there_for_members(sign_in, meeting, member):
    online = VenueFactory(kind="online", address="", join_link="https://meet.example.org/tea")
    Meeting.objects.filter(pk=meeting.pk).update(venue=online)
    assert 'href="https://meet.example.org/tea"' in sign_in(member).get(meeting.get_absolute_url()).text


def test_a_place_nobody_knows_yet_is_said(sign_in, meeting, member):
    Meeting.objects.update(venue=None)
    assert "Not known yet" in sign_in(member).get(meeting.get_absolute_url()).text


def test_a_cancelled_meeting_says_why_and_asks_nothing(sign_in, meeting, contact):
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled", cancel_reason="The hall is flooded.")
    page = sign_in(contact).get(meeting.get_absolute_url()).text
    assert "This meeting is cancelled." in page
    assert "The hall is flooded." in page
    assert address("meeting_answer", meeting) not in page
    assert address("meeting_move", meeting) not in page


def test_a_meeting_that_is_over_asks_who_came_not_who_comes(sign_in, past_meeting, contact):
    page = sign_in(contact).get(past_meeting.get_absolute_url()).text
    assert address("attendance_record", past_meeting) in page
    assert address("meeting_answer", past_meeting) not in page


def test_a_meeting_to_come_does_not_ask_who_came(sign_in, meeting, contact):
    assert (
        f'href="{address("attendance_record", meeting)}"' not in sign_in(contact).get(meeting.get_absolute_url()).text
    )


def test_the_question_is_asked_once(sign_in, meeting, member):
    page = sign_in(member).get(meeting.get_absolute_url()).text
    assert page.count("Will you come?</h2>") == 1
    assert page.count("Will you come?") == 2  # the heading, and the label of the buttons for screen readers


def test_the_page_says_who_can_see_an_answer(sign_in, meeting, member):
    assert "You, and those who look after the group" in sign_in(member).get(meeting.get_absolute_url()).text


@pytest.mark.parametrize("number", [1, 30])
def test_a_meetings_page_costs_the_same_for_any_number(
    sign_in, group, meeting, contact, now, number, django_assert_num_queries
):
    for _number in range(number):
        person = MembershipFactory(group=group).person
        RSVPFactory(meeting=meeting, membership=person.memberships.get(), answer="coming", answered_at=now)
    client = sign_in(contact)
    client.get(meeting.get_absolute_url())
    with django_assert_num_queries(10):
        client.get(meeting.get_absolute_url())


# Answering


@pytest.mark.parametrize(
    ("answer", "words"), [("coming", "Coming"), ("cannot", "Can&#x27;t come"), ("not_sure", "Not sure")]
)
def test_an_answer_is_one_tap(sign_in, meeting, member, answer, words):
    page = sign_in(member).post(address("meeting_answer", meeting), {"answer": answer}, follow=True).text
    assert RSVP.objects.get(meeting=meeting, membership__person=member).answer == answer
    assert f"Your answer is saved: {words}." in page
    assert f'value="{answer}"' not in page


def test_the_answer_goes_to_this_meeting_only(sign_in, meeting, member):
    sign_in(member).post(address("meeting_answer", meeting), {"answer": "coming"})
    assert RSVP.objects.get().meeting == meeting


def test_an_answer_that_is_none_is_said(sign_in, meeting, member):
    page = sign_in(member).post(address("meeting_answer", meeting), {"answer": "maybe"}, follow=True).text
    assert "Choose one of the answers." in page
    assert not RSVP.objects.exists()


def test_an_answer_comes_too_late_when_it_is_over(sign_in, past_meeting, member):
    page = sign_in(member).post(address("meeting_answer", past_meeting), {"answer": "coming"}, follow=True).text
    assert "This meeting is over or cancelled" in page


def test_a_tutor_who_is_no_member_has_no_answer(sign_in, meeting, tutor):
    client = sign_in(tutor)
    assert address("meeting_answer", meeting) not in client.get(meeting.get_absolute_url()).text
    assert client.post(address("meeting_answer", meeting), {"answer": "coming"}).status_code == 403


def test_looking_answers_nothing(sign_in, meeting, member):
    assert sign_in(member).get(address("meeting_answer", meeting)).status_code == 405


# Moving, cancelling, stopping


def test_the_form_starts_from_what_is_planned(sign_in, meeting, contact, venue, day):
    form = sign_in(contact).get(address("meeting_move", meeting)).context["form"]
    assert form.initial == {
        "on": day,
        "start_time": time(14),
        "duration_minutes": 120,
        "venue": str(venue.pk),
        "is_hybrid": [],
    }


def test_an_organiser_moves_one_meeting(sign_in, meeting, contact, day):
    sent = posted(day + timedelta(days=1), start_time="10am")
    page = sign_in(contact).post(address("meeting_move", meeting), sent, follow=True)
    assert "The meeting is moved. Everyone in the group gets an email." in page.text
    meeting.refresh_from_db()
    assert meeting.starts_at.astimezone(LONDON).date() == day + timedelta(days=1)
    assert sorted(Meeting.objects.values_list("sequence", flat=True)) == [0, 0, 1]


def test_a_move_to_where_it_is_promises_no_email(sign_in, meeting, contact, venue, day):
    sent = posted(day, duration_minutes="120", venue=str(venue.pk))
    page = sign_in(contact).post(address("meeting_move", meeting), sent, follow=True)
    assert "is moved" not in page.text
    assert not Message.objects.filter(kind="groups.meeting_moved").exists()


def test_a_move_over_another_meeting_is_pointed_out(sign_in, meeting, contact, day):
    sent = posted(day + timedelta(days=7), start_time="3pm")
    page = sign_in(contact).post(address("meeting_move", meeting), sent, follow=True)
    assert "the group has another meeting at that time." in page.text


def test_a_move_needs_a_day_that_is_still_to_come(sign_in, meeting, contact, now):
    page = sign_in(contact).post(address("meeting_move", meeting), posted(now.date() - timedelta(days=2)))
    assert page.context["form"].errors == {"on": ["This day is over. Enter today or a later day."]}


@pytest.mark.parametrize("name", ["meeting_move", "meeting_cancel"])
def test_what_is_over_cannot_be_changed(sign_in, past_meeting, contact, day, name):
    page = sign_in(contact).post(address(name, past_meeting), posted(day, reason="Snow"))
    assert "This meeting is over or cancelled, so it can&#x27;t be changed any more." in page.text


def test_an_organiser_cancels_with_a_reason(sign_in, meeting, contact):
    page = sign_in(contact).post(address("meeting_cancel", meeting), {"reason": "The hall is flooded."}, follow=True)
    assert "The meeting is cancelled. Everyone in the group gets an email." in page.text
    meeting.refresh_from_db()
    assert (meeting.state, meeting.cancel_reason) == ("cancelled", "The hall is flooded.")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("meeting_cancel", "Enter why the meeting is cancelled"), ("series_stop", "Enter why the meetings stop")],
)
def test_a_reason_is_asked_for(sign_in, meeting, contact, name, sentence):
    page = sign_in(contact).post(address(name, meeting), {"reason": "  "})
    assert page.context["form"].errors == {"reason": [sentence]}
    assert not Meeting.objects.filter(state="cancelled").exists()


def test_a_reason_too_long_is_kept_and_counted(sign_in, meeting, contact):
    page = sign_in(contact).post(address("meeting_cancel", meeting), {"reason": "x" * 501})
    assert "Use 500 characters or fewer. You have used 501." in page.text
    assert "x" * 501 in page.text


def test_an_organiser_stops_a_series(sign_in, group, meeting, contact):
    page = sign_in(contact).post(address("series_stop", meeting), {"reason": "We stop."}, follow=True)
    assert page.redirect_chain[-1][0] == group.get_absolute_url()
    assert "3 meetings are cancelled." in page.text
    assert MeetingSeries.objects.get().ended_at is not None


def test_a_meeting_that_happens_once_has_no_series_to_stop(sign_in, past_meeting, contact):
    assert sign_in(contact).get(address("series_stop", past_meeting)).status_code == 404


def test_a_stopped_series_is_not_stopped_again(sign_in, meeting, contact):
    client = sign_in(contact)
    client.post(address("series_stop", meeting), {"reason": "We stop."})
    assert address("series_stop", meeting) not in client.get(meeting.get_absolute_url()).text


# The list


def test_the_list_shows_what_is_to_come_soonest_first(sign_in, group, meeting, past_meeting, member):
    page = sign_in(member).get(address("meeting_list", group))
    starts = [row.starts_at for row in page.context["page"].rows]
    assert (len(starts), starts) == (3, sorted(starts))
    assert past_meeting.get_absolute_url() not in page.text


def test_the_list_of_past_ones_says_how_many_came(sign_in, group, past_meeting, member, contact, now):
    for person in (member, contact):
        AttendanceFactory(meeting=past_meeting, membership=person.memberships.get())
    past_meeting.attendances.filter(membership__person=member).update(replaced_at=now)
    Meeting.objects.update(state="held")
    rows = sign_in(member).get(address("meeting_list", group) + "?past").context["page"].rows
    assert [(row.pk, row.came) for row in rows] == [(past_meeting.pk, 1)]


def test_what_nobody_wrote_down_is_not_known(sign_in, group, past_meeting, member):
    page = sign_in(member).get(address("meeting_list", group) + "?past").text
    assert "Not known" in page


def test_a_cancelled_meeting_stays_in_the_list(sign_in, group, meeting, member):
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled", cancel_reason="Snow")
    assert sign_in(member).get(address("meeting_list", group)).text.count("Cancelled") == 1


@pytest.mark.parametrize("which", ["", "?past"])
def test_a_group_without_meetings_says_so(sign_in, group, member, which):
    assert "None here" in sign_in(member).get(address("meeting_list", group) + which).text


@pytest.mark.parametrize(("days", "which"), [(1, "?"), (-1, "?past&")])
def test_many_meetings_come_in_pages_that_lead_on_and_back(sign_in, group, member, now, days, which):
    for number in range(1, 31):
        MeetingFactory(group=group, starts_at=now + timedelta(days=days * number))
    client, address_ = sign_in(member), address("meeting_list", group)
    first = client.get(address_ + which).context["page"]
    second = client.get(address_ + first.next_url).context["page"]
    assert (len(first.rows), len(second.rows), second.next_url) == (25, 5, "")
    assert {row.pk for row in first.rows}.isdisjoint(row.pk for row in second.rows)
    assert client.get(address_ + second.previous_url).context["page"].rows == first.rows


@pytest.mark.parametrize("number", [1, 3, 50])
def test_a_list_costs_the_same_queries_for_any_number(
    sign_in, group, contact, venue, now, number, django_assert_num_queries
):
    for day in range(1, number + 1):
        MeetingFactory(group=group, venue=venue, starts_at=now + timedelta(days=day))
    client = sign_in(contact)
    client.get(address("meeting_list", group))
    with django_assert_num_queries(7):
        client.get(address("meeting_list", group))
