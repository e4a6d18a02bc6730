from datetime import timedelta

import pytest

from groups import refusals
from groups.models import RSVP, MeetingSeries, Membership, RoleTerm, SupportGroup, Venue
from groups.services.group import activate_if_forming, edit_group, start_group
from groups.services.group_state import activate_group, close_group, pause_group, resume_group
from groups.services.handing_over import hand_over_role
from groups.services.invitation import add_code
from groups.services.membership import leave_group
from groups.services.programme import add_programme, edit_programme
from groups.services.site import add_site, edit_site
from groups.services.venue import add_venue, edit_venue
from peersupport.access.roles import Role as AccessRole
from peersupport.access.roles import held_by
from tests.factories import (
    NOW,
    TODAY,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    ProgrammeFactory,
    RoleTermFactory,
    RSVPFactory,
    SiteFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
DETAILS = {"name": "Tuesday group", "about": "Tea", "join_rule": "closed", "time_zone": "Europe/London"}
STATES = ["forming", "active", "paused", "closed"]


def in_state(state):
    return SupportGroupFactory(state=state, closing_reason="Done" if state == "closed" else "")


def test_whoever_adds_a_site_coordinates_it():
    person = PersonFactory()
    site = add_site(name="Southmead", kind="nhs_trust", by=person, now=NOW)
    assert site.staff.get().person == person
    assert AccessRole.COORDINATOR in held_by(person)


def test_a_name_is_there_once_for_each_thing():
    site = add_site(name="Southmead", kind="nhs_trust", by=PersonFactory(), now=NOW)
    dates = {"kind": "pain_management", "starts_on": TODAY, "ends_on": TODAY}
    programme = add_programme(site=site, name="Autumn", now=NOW, **dates)
    start_group(site=programme.site, programme=programme, by=PersonFactory(), now=NOW, **DETAILS)
    add_venue(site=site, kind="place", name="Hall", address="1 High Street", now=NOW)
    with pytest.raises(refusals.NameTaken):
        add_site(name="Southmead", kind="charity", by=PersonFactory(), now=NOW)
    with pytest.raises(refusals.NameTaken):
        add_programme(site=site, name="Autumn", now=NOW, **dates)
    with pytest.raises(refusals.NameTaken):
        start_group(site=programme.site, programme=programme, by=PersonFactory(), now=NOW, **DETAILS)
    with pytest.raises(refusals.VenueNameTaken):
        add_venue(site=site, kind="place", name="Hall", address="2 High Street", now=NOW)
    assert (SupportGroup.objects.count(), RoleTerm.objects.count(), Venue.objects.count()) == (1, 1, 1)


def test_changing_a_name_to_a_taken_one_is_refused():
    site = SiteFactory(name="Southmead")
    programme, venue = ProgrammeFactory(site=site, name="Autumn"), VenueFactory(site=site, name="Hall")
    with pytest.raises(refusals.NameTaken):
        edit_site(site=SiteFactory(), name="Southmead", kind="charity", holiday_region="ENG")
    with pytest.raises(refusals.NameTaken):
        edit_programme(
            programme=ProgrammeFactory(site=site),
            name=programme.name,
            kind="pain_management",
            starts_on=TODAY,
            ends_on=TODAY,
        )
    with pytest.raises(refusals.NameTaken):
        edit_venue(venue=VenueFactory(site=site), name=venue.name)
    edit_site(site=site, name="Southmead hospital", kind="charity", holiday_region="SCT")
    site.refresh_from_db()
    assert (site.name, site.kind, site.holiday_region) == ("Southmead hospital", "charity", "SCT")


def test_changing_a_programme_keeps_its_site():
    programme = ProgrammeFactory(name="Autumn")
    edit_programme(programme=programme, name="Winter", kind="self_management", starts_on=TODAY, ends_on=TODAY)
    programme.refresh_from_db()
    assert (programme.name, programme.kind, programme.starts_on) == ("Winter", "self_management", TODAY)


def test_a_tutor_starts_a_group_and_supports_it():
    programme, tutor, venue = ProgrammeFactory(), PersonFactory(), VenueFactory()
    group = start_group(site=programme.site, programme=programme, venue=venue, by=tutor, now=NOW, **DETAILS)
    assert (group.programme, group.site, group.state, group.venue) == (programme, programme.site, "forming", venue)
    term = group.role_terms.get()
    assert (term.person, term.role, term.accepted_at) == (tutor, "tutor", NOW)


def test_a_group_may_start_with_a_new_place():
    place = {"kind": "place", "name": "Hall", "address": "1 High Street", "access_notes": "Ramp"}
    programme = ProgrammeFactory()
    asked = DETAILS | {"new_venue": place, "by": PersonFactory()}
    group = start_group(site=programme.site, programme=programme, now=NOW, **asked)
    assert (group.venue.name, group.venue.site, group.venue.access_notes) == ("Hall", group.site, "Ramp")


def test_a_place_is_not_added_when_the_group_cannot_start():
    programme = ProgrammeFactory()
    SupportGroupFactory(site=programme.site, name="Tuesday group")
    place = {"kind": "place", "name": "Hall", "address": "1 High Street"}
    with pytest.raises(refusals.NameTaken):
        start_group(site=programme.site, programme=programme, new_venue=place, by=PersonFactory(), now=NOW, **DETAILS)
    assert not Venue.objects.exists()


def test_online_rooms_of_one_name_stay_apart():
    site, link = SiteFactory(), "https://meet.example.org/a"
    rooms = [add_venue(site=site, kind="online", name="Tea", join_link=link, now=NOW) for _number in range(2)]
    assert [room.name for room in rooms] == ["Tea online", "Tea online 2"]


def test_only_ones_own_online_room_is_there_to_choose():
    site = SiteFactory()
    place = VenueFactory(site=site)
    own, other = (
        add_venue(site=site, kind="online", name=name, join_link="https://meet.example.org", now=NOW) for name in "ab"
    )
    SupportGroupFactory(site=site, venue=other)
    group = SupportGroupFactory(site=site, venue=own)
    VenueFactory()
    assert set(Venue.objects.to_choose_from(site=site, group=group)) == {place, own}
    assert set(Venue.objects.to_choose_from(site=site)) == {place}


def test_changing_a_group_leaves_its_meetings_where_they_are():
    group, old = SupportGroupFactory(), VenueFactory()
    meeting = MeetingFactory(group=group, venue=old)
    changes = DETAILS | {"expectations": "Tea first", "language": "Welsh"}
    edit_group(group=group, venue=VenueFactory(), by=PersonFactory(), now=NOW, **changes)
    group.refresh_from_db()
    meeting.refresh_from_db()
    assert (group.name, group.about, meeting.venue) == ("Tuesday group", "Tea", old)
    assert (group.expectations, group.language) == ("Tea first", "Welsh")
    assert group.venue != old


@pytest.mark.parametrize("state", STATES)
def test_the_first_meeting_makes_only_a_forming_group_active(state):
    group = in_state(state)
    activate_if_forming(group=group, now=NOW)
    group.refresh_from_db()
    assert group.state == ("active" if state == "forming" else state)


def move(group, to):
    by = PersonFactory()
    return {
        "activate": lambda: activate_group(group=group, now=NOW),
        "pause": lambda: pause_group(group=group, cancel_meetings=True, by=by, now=NOW),
        "resume": lambda: resume_group(group=group, now=NOW),
        "close": lambda: close_group(group=group, reason="Done", by=by, now=NOW),
    }[to]()


@pytest.mark.parametrize(
    ("come_from", "way", "to"),
    [
        ("forming", "activate", "active"),
        ("forming", "pause", "paused"),
        ("forming", "close", "closed"),
        ("active", "pause", "paused"),
        ("active", "close", "closed"),
        ("paused", "resume", "active"),
        ("paused", "close", "closed"),
    ],
)
def test_a_group_goes_where_it_may(come_from, way, to):
    group = in_state(come_from)
    moved = move(group, way)
    group.refresh_from_db()
    assert (moved.state, group.state, group.state_changed_at) == (to, to, NOW)


@pytest.mark.parametrize(
    ("come_from", "way"),
    [
        ("forming", "resume"),
        ("active", "activate"),
        ("active", "resume"),
        ("paused", "activate"),
        ("paused", "pause"),
        *(("closed", way) for way in ("activate", "pause", "resume", "close")),
    ],
)
def test_a_group_goes_nowhere_else(come_from, way):
    group = in_state(come_from)
    with pytest.raises(refusals.WrongState):
        move(group, way)
    group.refresh_from_db()
    assert group.state == come_from


def with_meetings(state="active"):
    group = in_state(state)
    ahead = MeetingFactory(group=group, starts_at=NOW + timedelta(days=3))
    past = MeetingFactory(group=group, starts_at=NOW - timedelta(days=3))
    series = MeetingSeries.objects.create(
        group=group,
        rule="FREQ=WEEKLY",
        first_on=TODAY,
        start_time="14:00",
        duration_minutes=60,
        time_zone="Europe/London",
        planned_until=TODAY,
        created_at=NOW - timedelta(days=9),
    )
    return group, ahead, past, series


def test_a_break_cancels_the_meetings_ahead_when_asked():
    group, ahead, past, series = with_meetings()
    pause_group(group=group, cancel_meetings=True, by=PersonFactory(), now=NOW)
    for row in (ahead, past, series):
        row.refresh_from_db()
    assert (ahead.state, ahead.cancel_reason) == ("cancelled", "The group is having a break.")
    assert (past.state, series.ended_at) == ("planned", NOW)


def test_a_break_may_leave_the_meetings():
    group, ahead, _past, series = with_meetings()
    pause_group(group=group, cancel_meetings=False, by=PersonFactory(), now=NOW)
    ahead.refresh_from_db()
    series.refresh_from_db()
    assert (ahead.state, series.ended_at) == ("planned", None)


def test_ending_a_group_ends_meetings_invitations_and_roles_but_not_memberships():
    group, ahead, past, _series = with_meetings()
    person = MembershipFactory(group=group).person
    RoleTermFactory(group=group, person=person)
    tutor = RoleTermFactory(group=group, role="tutor")
    invitation = add_code(group=group, max_uses=3, expires_at=NOW + timedelta(days=3), by=person, now=NOW)
    close_group(group=group, reason="We moved on.", by=person, now=NOW)
    for row in (ahead, past, invitation, group):
        row.refresh_from_db()
    assert (ahead.state, past.state, invitation.standing(now=NOW)) == ("cancelled", "planned", "withdrawn")
    assert group.closing_reason == "We moved on."
    assert list(RoleTerm.objects.open()) == [tutor]
    assert Membership.objects.current().get().person == person


def test_leaving_ends_roles_answers_and_sight_at_once():
    group, ahead, past, _series = with_meetings()
    person = MembershipFactory(group=group).person
    RoleTermFactory(group=group, person=person, role="host")
    for meeting in (ahead, past):
        RSVPFactory(meeting=meeting, membership=person.memberships.get(), answer="coming", answered_at=NOW)
    leave_group(group=group, by=person, now=NOW, reason="Moved house")
    membership = person.memberships.get()
    assert (membership.state, membership.ended_at, membership.reason) == ("left", NOW, "Moved house")
    assert not person.role_terms.open().exists()
    assert list(RSVP.objects.values_list("meeting", flat=True)) == [past.pk]
    assert not SupportGroup.objects.visible_to(person).exists()


def test_leaving_touches_nobody_else():
    group = SupportGroupFactory()
    person, other = MembershipFactory(group=group).person, MembershipFactory(group=group).person
    elsewhere = MembershipFactory(person=person)
    kept = RoleTermFactory(group=group, person=other)
    leave_group(group=group, by=person, now=NOW)
    assert set(Membership.objects.current()) == {other.memberships.get(), elsewhere}
    assert list(RoleTerm.objects.current()) == [kept]


def test_leaving_twice_is_refused():
    group = SupportGroupFactory()
    person = MembershipFactory(group=group).person
    leave_group(group=group, by=person, now=NOW)
    with pytest.raises(refusals.NotAMember):
        leave_group(group=group, by=person, now=NOW)


def test_the_last_contact_leaves_after_handing_over():
    group = SupportGroupFactory()
    person, deputy = MembershipFactory(group=group).person, MembershipFactory(group=group).person
    contact = RoleTermFactory(group=group, person=person)
    RoleTermFactory(group=group, person=deputy, role="deputy")
    with pytest.raises(refusals.LastContact):
        leave_group(group=group, by=person, now=NOW)
    assert Membership.objects.current().filter(person=person).exists()
    hand_over_role(term=contact, to=deputy, by=person, now=NOW)
    leave_group(group=group, by=person, now=NOW)
    assert Membership.objects.current().get().person == deputy


def test_a_breach_of_another_constraint_is_not_explained_away():
    with pytest.raises(Exception, match="group_join_rule_known"):
        start_group(site=SiteFactory(), programme=None, by=PersonFactory(), now=NOW, **DETAILS | {"join_rule": "x"})
