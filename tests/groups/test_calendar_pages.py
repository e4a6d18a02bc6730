"""The secret address and what it serves, as calendar apps meet it: signed out, again and again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from django.urls import reverse
from django.utils import timezone

from groups.models import CalendarFeed, Membership, SupportGroup
from groups.services.calendar import open_feed, renew_feed
from groups.services.meeting import cancel_meeting, move_meeting
from groups.services.membership import leave_group
from peersupport.access import tokens
from tests.factories import (
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
PAGE = "/calendar/"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def group():
    venue = VenueFactory(name="Hall", address="1 High Street,\r\n\r\n Bristol")
    return SupportGroupFactory(name="Tuesday group", venue=venue, site=venue.site)


@pytest.fixture
def member(group):
    return MembershipFactory(group=group).person


@pytest.fixture
def feed(member, now):
    return open_feed(person=member, now=now)


@pytest.fixture
def meeting(group, now):
    return MeetingFactory(group=group, venue=group.venue, starts_at=(now + timedelta(days=5)).replace(microsecond=0))


def address(feed):
    return reverse("groups:feed", args=[feed.token()])


def entries(client, feed):
    return icalendar.Calendar.from_ical(client.get(address(feed)).content).events


# What the feed holds


def test_a_meeting_is_in_the_feed_with_all_that_a_calendar_needs(client, feed, meeting, settings):
    (entry,) = entries(client, feed)
    # Nothing that the service may change, such as its address, is in the UID.
    assert entry["UID"] == str(meeting.uid)
    assert (entry.start, entry.end, entry.stamp) == (meeting.starts_at, meeting.ends_at, meeting.changed_at)
    assert (entry["LOCATION"], entry["DESCRIPTION"]) == ("Hall, 1 High Street, Bristol", "Tuesday group")
    assert entry["URL"] == settings.BASE_URL + meeting.get_absolute_url()
    assert (entry["CLASS"], entry["STATUS"], entry["SEQUENCE"]) == ("PRIVATE", "CONFIRMED", 0)


def test_what_shows_on_a_locked_phone_says_nothing_about_the_group(client, feed, meeting):
    assert [entry["SUMMARY"] for entry in entries(client, feed)] == ["Your group meets"]


def test_the_feed_holds_no_address_of_anyone(client, feed, meeting, group, member):
    peer = MembershipFactory(group=group).person
    RSVPFactory(meeting=meeting, membership=peer.memberships.get())
    text = client.get(address(feed)).text
    assert [
        word for word in (peer.email, member.email, "mailto", "ATTENDEE", peer.preferred_name) if word in text
    ] == []


def test_an_online_meeting_gives_the_link(client, feed, group, now):
    online = VenueFactory(kind="online", address="", join_link="https://meet.example.org/tea")
    MeetingFactory(group=group, venue=online, starts_at=now + timedelta(days=1))
    assert [entry["LOCATION"] for entry in entries(client, feed)] == ["https://meet.example.org/tea"]


def test_a_place_not_known_yet_is_left_out(client, feed, group, now):
    MeetingFactory(group=group, starts_at=now + timedelta(days=1))
    assert ["LOCATION" in entry for entry in entries(client, feed)] == [False]


def test_a_moved_meeting_keeps_its_uid_and_rises_in_sequence(client, feed, meeting, member, now):
    (before,) = entries(client, feed)
    local = meeting.starts_at.astimezone(meeting.zone) + timedelta(days=1)
    details = {"on": local.date(), "start_time": local.time(), "duration_minutes": 90, "venue": None}
    move_meeting(meeting=meeting, by=member, now=now, **details)
    (after,) = entries(client, feed)
    assert (after["UID"], after["SEQUENCE"], after.stamp) == (before["UID"], 1, now.replace(microsecond=0))
    assert after.start - before.start == timedelta(days=1)


def test_a_cancelled_meeting_stays_and_is_marked(client, feed, meeting, member, now):
    cancel_meeting(meeting=meeting, reason="Snow", by=member, now=now)
    (entry,) = entries(client, feed)
    assert (entry["STATUS"], entry["SEQUENCE"], entry["SUMMARY"]) == ("CANCELLED", 1, "Cancelled: your group's meeting")


@pytest.mark.parametrize(("days", "is_in"), [(-32, False), (-29, True), (179, True), (182, False)])
def test_the_feed_reaches_a_month_back_and_half_a_year_ahead(client, feed, group, now, days, is_in):
    MeetingFactory(group=group, starts_at=now + timedelta(days=days))
    assert len(entries(client, feed)) == is_in


def test_other_groups_are_no_matter_of_this_feed(client, feed, meeting, now):
    MeetingFactory(starts_at=now + timedelta(days=1))
    assert len(entries(client, feed)) == 1


def test_meetings_of_all_ones_groups_are_in_it(client, feed, meeting, member, now):
    other = MembershipFactory(person=member).group
    MeetingFactory(group=other, starts_at=now + timedelta(days=1))
    assert len(entries(client, feed)) == 2


def test_leaving_takes_the_meetings_out_at_once(client, feed, meeting, group, member, now):
    old = client.get(address(feed)).headers["ETag"]
    leave_group(group=group, by=member, now=now)
    page = client.get(address(feed), headers={"If-None-Match": old})
    assert (page.status_code, icalendar.Calendar.from_ical(page.content).events) == (200, [])


def test_someone_having_a_break_keeps_the_meetings(client, feed, meeting):
    Membership.objects.update(state="paused")
    assert len(entries(client, feed)) == 1


# How it is served


def test_the_answer_says_what_it_is_and_is_kept_by_nobody_else(client, feed):
    page = client.get(address(feed))
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert page.headers["Cache-Control"] == "private, max-age=900"
    assert "Set-Cookie" not in page.headers


def test_an_unchanged_feed_answers_304_in_few_queries(client, feed, meeting, django_assert_max_num_queries):
    etag = client.get(address(feed)).headers["ETag"]
    with django_assert_max_num_queries(3):
        page = client.get(address(feed), headers={"If-None-Match": etag})
    assert (page.status_code, page.content, page.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("number", [1, 30])
def test_a_feed_costs_the_same_queries_for_any_number(client, feed, group, now, number, django_assert_num_queries):
    for day in range(number):
        MeetingFactory(group=group, venue=group.venue, starts_at=now + timedelta(days=day))
    with django_assert_num_queries(3):
        assert len(entries(client, feed)) == number


def rename_group(meeting):
    SupportGroup.objects.update(name="Wednesday group")


def rename_venue(meeting):
    meeting.venue.name = "Library"
    meeting.venue.save()


def hold(meeting):
    meeting.state = "held"
    meeting.save()


def plan_another(meeting):
    MeetingFactory(group=meeting.group, starts_at=meeting.starts_at)


@pytest.mark.parametrize("change", [rename_group, rename_venue, hold, plan_another])
def test_a_changed_feed_is_sent_anew(client, feed, meeting, change):
    etag = client.get(address(feed)).headers["ETag"]
    change(meeting)
    assert client.get(address(feed), headers={"If-None-Match": etag}).status_code == 200


def test_the_same_feed_is_the_same_to_the_byte(client, feed, meeting):
    assert client.get(address(feed)).content == client.get(address(feed)).content


def test_a_calendar_app_may_ask_for_the_headers_only(client, feed, meeting):
    page = client.head(address(feed))
    assert (page.status_code, page.content) == (200, b"")


def test_nothing_can_be_posted_to_it(client, feed):
    assert client.post(address(feed)).status_code == 405


# Who may read it


def test_a_wrong_address_finds_nothing(client, feed):
    wrong = feed.token()[:-1] + ("A" if feed.token()[-1] != "A" else "B")
    assert client.get(reverse("groups:feed", args=[wrong])).status_code == 404


def test_what_the_database_holds_opens_nothing(client, feed):
    for kept in (feed.nonce, feed.fingerprint):
        assert client.get(reverse("groups:feed", args=[kept])).status_code == 404


def test_a_closed_account_has_no_feed(client, feed, member):
    member.is_active = False
    member.save()
    assert client.get(address(feed)).status_code == 404


def test_a_new_address_ends_the_old_one(client, feed, meeting, member, now):
    renewed = renew_feed(person=member, now=now)
    assert client.get(address(feed)).status_code == 404
    assert len(entries(client, renewed)) == 1


# The page


def test_nobody_has_an_address_until_they_ask(sign_in, member):
    assert "Get my calendar address" in sign_in(member).get(PAGE).text
    assert not CalendarFeed.objects.exists()


def test_one_tap_gives_an_address_to_tap_and_to_copy(sign_in, member, settings):
    client = sign_in(member)
    assert client.post(reverse("groups:calendar_open")).url == PAGE
    token = CalendarFeed.objects.get(person=member).token()
    page = client.get(PAGE).text
    host = settings.BASE_URL.split("://")[1]
    assert f'href="webcal://{host}/calendar/{token}.ics"' in page
    assert f"{settings.BASE_URL}/calendar/{token}.ics</p>" in page


def test_asking_twice_keeps_the_address(sign_in, member):
    client = sign_in(member)
    client.post(reverse("groups:calendar_open"))
    client.post(reverse("groups:calendar_open"))
    assert CalendarFeed.objects.filter(person=member, revoked_at=None).count() == 1


def test_a_new_address_is_one_tap(sign_in, member, feed):
    page = sign_in(member).post(reverse("groups:calendar_renew"), follow=True).text
    assert "You have a new address. The old one no longer works." in page
    assert feed.token() not in page
    assert CalendarFeed.objects.get(person=member, revoked_at=None).token() in page


@pytest.mark.parametrize("name", ["calendar_open", "calendar_renew"])
def test_looking_changes_nothing(sign_in, member, name):
    assert sign_in(member).get(reverse(f"groups:{name}")).status_code == 405


def test_the_page_shows_ones_own_address_only(sign_in, member, feed, now):
    other = PersonFactory()
    open_feed(person=other, now=now)
    page = sign_in(other).get(PAGE).text
    assert feed.token() not in page


def test_a_token_is_256_bits_and_not_kept(feed):
    kept = CalendarFeed.objects.values().get()
    assert len(feed.token()) == 43
    assert feed.token() not in [str(value) for value in kept.values()]
    assert kept["fingerprint"] == tokens.fingerprint(feed.token())


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_a_series_through_the_clock_change_stays_at_two(client, feed, group, now, zone, monkeypatch):
    """Each entry, read back and shown in the group's zone, says 14:00 in winter and in summer."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 9, 1, 12, tzinfo=now.tzinfo))
    for week in range(20):
        local = datetime(2026, 9, 8, 14) + timedelta(days=7 * week)
        starts_at = timezone.make_aware(local, ZoneInfo(zone))
        MeetingFactory(group=group, starts_at=starts_at, time_zone=zone)
    shown = [entry.start.astimezone(ZoneInfo(zone)) for entry in entries(client, feed)]
    assert [at.hour for at in shown] == [14] * 20
    assert len({at.utcoffset() for at in shown}) == 2


# A feed for each group


def test_a_feed_of_one_group_holds_only_its_meetings(client, group, member, meeting, now):
    other = MembershipFactory(person=member).group
    MeetingFactory(group=other, starts_at=now + timedelta(days=4))
    own = open_feed(person=member, group=group, now=now)
    assert [entry["UID"] for entry in entries(client, own)] == [str(meeting.uid)]
    assert len(entries(client, open_feed(person=member, now=now))) == 2


def test_a_groups_feed_dies_with_the_membership(client, group, member, meeting, now):
    own = open_feed(person=member, group=group, now=now)
    assert client.get(address(own)).status_code == 200
    leave_group(group=group, by=member, now=now)
    assert client.get(address(own)).status_code == 404


def test_each_group_has_an_address_of_its_own(sign_in, group, member):
    client = sign_in(member)
    client.post("/calendar/open/", {"group": group.pk})
    own = CalendarFeed.objects.get(person=member, group=group)
    assert own.token() in client.get(PAGE).text
    client.post("/calendar/renew/", {"group": group.pk})
    own.refresh_from_db()
    assert own.revoked_at is not None
    assert CalendarFeed.objects.filter(person=member, group=group, revoked_at=None).count() == 1


@pytest.mark.parametrize("key", ["0", "x"])
def test_nobody_gets_the_address_of_a_group_they_are_not_in(sign_in, member, key):
    elsewhere = SupportGroupFactory()
    client = sign_in(member)
    for asked_for in (key, elsewhere.pk):
        assert client.post("/calendar/open/", {"group": asked_for}).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_an_unchanged_feed_of_one_group_answers_in_three_queries(
    client, group, member, meeting, now, django_assert_max_num_queries
):
    own = open_feed(person=member, group=group, now=now)
    etag = client.get(address(own))["ETag"]
    with django_assert_max_num_queries(3):
        assert client.get(address(own), headers={"if-none-match": etag}).status_code == 304


def test_a_meeting_in_a_place_and_online_gives_both(client, feed, meeting, group):
    room = VenueFactory(site=group.site, kind="online", address="", join_link="https://meet.example.org/tea")
    type(meeting).objects.filter(pk=meeting.pk).update(online_venue=room)
    (entry,) = entries(client, feed)
    assert entry["LOCATION"] == "Hall, 1 High Street, Bristol, https://meet.example.org/tea"


def test_a_second_unrelated_reader_sees_the_same(client, feed, meeting, group, now):
    MeetingFactory(group=group, starts_at=now + timedelta(days=9), state="cancelled", cancel_reason="Snow; ice, sleet")
    content = client.get(address(feed)).content
    first = icalendar.Calendar.from_ical(content).events
    second = vobject.readOne(content.decode()).vevent_list
    assert [entry.uid.value for entry in second] == [entry["UID"] for entry in first]
    assert [entry.dtstart.value for entry in second] == [entry.start for entry in first]
    assert [entry.dtend.value for entry in second] == [entry.end for entry in first]
    assert [entry.status.value for entry in second] == ["CONFIRMED", "CANCELLED"]
    assert [entry.summary.value for entry in second] == [entry["SUMMARY"] for entry in first]
    assert second[0].location.value == "Hall, 1 High Street, Bristol"
