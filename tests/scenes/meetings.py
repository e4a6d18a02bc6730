"""Messages about meetings."""

from datetime import timedelta

from groups.models import MeetingSeries
from tests import factories as make
from tests.factories import NOW
from tests.scenes.stage import MEETS_AT, group, meeting, member, message, person, scene, venue

JOIN_LINK = "https://meet.example.org/join/19_meeting_N2Q1ZjU4MjAtOWJjZi00YzQ0LWE1ZGItMzE2NTQyNzE2YjFk"


def online(place):
    return venue(place, kind="online", name="Our room online", address="", access_notes="", join_link=JOIN_LINK)


def weekly(place):
    return MeetingSeries.objects.create(
        group=place,
        rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU",
        first_on=MEETS_AT.date(),
        start_time="14:00",
        duration_minutes=120,
        time_zone="Europe/London",
        planned_until=MEETS_AT.date(),
        created_at=NOW,
    )


def about_meeting(**changes):
    row = meeting(**changes)
    return message(row, member(row.group))


@scene("groups.meeting_planned")
def meeting_planned():
    """It comes at once when a meeting is planned."""
    return about_meeting()


@scene("groups.meeting_planned", "A rhythm of meetings")
def rhythm_planned():
    """One message stands for a whole rhythm."""
    place = group()
    return about_meeting(group=place, series=weekly(place), original_on=MEETS_AT.date())


@scene("groups.meeting_moved")
def meeting_moved():
    """It comes at once when the time or the place of a meeting changes."""
    return about_meeting()


@scene("groups.meeting_moved", "With later ones")
def meetings_moved():
    """Several meetings of a rhythm changed together."""
    place = group()
    rhythm = weekly(place)
    for weeks in (2, 4):
        starts_at = MEETS_AT + timedelta(weeks=weeks)
        make.MeetingFactory(group=place, series=rhythm, original_on=starts_at.date(), starts_at=starts_at)
    return about_meeting(group=place, series=rhythm, original_on=MEETS_AT.date())


@scene("groups.meeting_cancelled")
def meeting_cancelled():
    """It comes at once when a meeting is cancelled."""
    return about_meeting(state="cancelled", cancel_reason="The heating at the centre is broken.")


@scene("groups.meeting_cancelled", "With later ones")
def meetings_cancelled():
    """Several meetings cancelled together; Joan tells someone who has no account."""
    called_off = {
        "state": "cancelled",
        "cancel_reason": "The centre is closed over Christmas.\nWe start again in January.",
    }
    row = meeting(**called_off)
    make.MeetingFactory(group=row.group, starts_at=MEETS_AT + timedelta(weeks=2), **called_off)
    joan = member(row.group, "Joan")
    make.KeptMembershipFactory(group=row.group, name="Bert Hale", kept_by=joan, told_by=joan, told_how="phone")
    return message(row, joan)


@scene("groups.meeting_coming")
def meeting_coming():
    """It comes before a meeting, to those who have not said that they can't come."""
    return about_meeting()


@scene("groups.meeting_coming", "Online too")
def meeting_coming_online():
    """A meeting that has an online room as well; the member is in another time zone."""
    place = group()
    row = meeting(group=place, online_venue=online(place))
    maria = member(place)
    maria.time_zone = "Europe/Madrid"
    maria.save()
    return message(row, maria)


@scene("groups.meeting_coming", "To pass on")
def meeting_coming_to_tell():
    """Joan tells two people who have no account; nobody knows yet where the group meets."""
    row = meeting(venue=None)
    joan = member(row.group, "Joan")
    make.KeptMembershipFactory(group=row.group, name="Bert Hale", kept_by=joan, told_by=joan, told_how="phone")
    make.KeptMembershipFactory(group=row.group, name="Una Wren", kept_by=joan, told_by=joan, told_how="")
    return message(row, joan)


@scene("groups.first_meeting")
def first_meeting():
    """It comes two days before someone's first meeting."""
    return about_meeting(group=group(expectations="We start with tea.\nThen everyone says hello, if they like."))


@scene("groups.answer_wanted")
def answer_wanted():
    """It comes when an organiser asks those who have not said whether they come."""
    return about_meeting()


def rsvp_in_small_room(capacity, **changes):
    """Joan came first; then whoever `changes` says."""
    row = meeting(capacity=capacity)
    joan = make.MembershipFactory(group=row.group, person=person("Joan"))
    make.RSVPFactory(meeting=row, membership=joan, answered_at=NOW - timedelta(days=1))
    return make.RSVPFactory(meeting=row, **changes), joan.person


@scene("groups.place_changed")
def place_free():
    """It comes at once when someone who waits has a place, or someone who had a place waits."""
    rsvp, _joan = rsvp_in_small_room(2, membership__person=person("Maria"))
    return message(rsvp, rsvp.membership.person)


@scene("groups.place_changed", "Waiting list")
def place_lost():
    """The room has become smaller."""
    rsvp, _joan = rsvp_in_small_room(1, membership__person=person("Maria"))
    return message(rsvp, rsvp.membership.person)


@scene("groups.place_changed", "To pass on")
def place_to_tell():
    """Joan tells someone who has no account."""
    joan = person("Joan")
    row = meeting(capacity=1)
    bert = make.KeptMembershipFactory(group=row.group, name="Bert Hale", kept_by=joan, told_by=joan, told_how="phone")
    return message(make.RSVPFactory(meeting=row, membership=bert), joan)
