"""Before the first meeting: what a newcomer reads, and what they let others know."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import RSVP, Membership, SupportGroup
from groups.services.meeting import plan_meeting
from tests.factories import (
    NOW,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group", expectations="Tea first, then a round.")


@pytest.fixture
def newcomer(group):
    return MembershipFactory(group=group, person__preferred_name="Nia")


@pytest.fixture
def meeting(group):
    venue = VenueFactory(site=group.site, name="Library", access_notes="Ring twice.")
    venue.features.create(feature="step_free", is_there=True, note="At the side")
    return MeetingFactory(group=group, venue=venue, starts_at=timezone.now() + 3 * DAY)


def welcome(client, group):
    return client.get(reverse("groups:group_welcome", args=[group.pk]))


def test_a_newcomer_reads_what_they_need_to_come(sign_in, group, newcomer, meeting):
    RoleTermFactory(group=group, role="greeter", person__preferred_name="Greta")
    page = welcome(sign_in(newcomer.person), group).text
    for words in ("Tea first, then a round.", "Greta will greet you.", "Library", "Ring twice.", "At the side"):
        assert words in page
    assert "Will you come?" in page


def test_only_those_who_let_others_see_it_are_named(sign_in, group, newcomer, meeting):
    for name, shows_answer, answer in (
        ("Shown", True, "coming"),
        ("Quiet", False, "coming"),
        ("Away", True, "cannot"),
    ):
        member = MembershipFactory(group=group, person__preferred_name=name, shows_answer=shows_answer)
        RSVPFactory(meeting=meeting, membership=member, answer=answer, answered_at=timezone.now())
    stale = MembershipFactory(group=group, person__preferred_name="Stale", shows_answer=True)
    RSVPFactory(meeting=meeting, membership=stale, answered_at=meeting.changed_at - DAY)
    page = welcome(sign_in(newcomer.person), group).text
    assert [name for name in ("Shown", "Quiet", "Away", "Stale") if name in page] == ["Shown"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries(sign_in, group, newcomer, meeting, number, django_assert_num_queries):
    for _number in range(number):
        RoleTermFactory(group=group, role="greeter")
        member = MembershipFactory(group=group, shows_answer=True)
        RSVPFactory(meeting=meeting, membership=member, answered_at=timezone.now())
    client = sign_in(newcomer.person)
    welcome(client, group)
    with django_assert_num_queries(10):
        welcome(client, group)


def test_the_page_is_for_members_of_the_group(sign_in, group):
    tutor = RoleTermFactory(group=group, role="tutor").person
    for person in (tutor, PersonFactory(), MembershipFactory().person):
        assert welcome(sign_in(person), group).status_code == 404


def choose(client, membership, *parts):
    return client.post(reverse("groups:membership_edit", args=[membership.pk]), {"parts": parts}, follow=True)


def test_what_others_may_know_is_the_members_own_choice(sign_in, newcomer):
    client = sign_in(newcomer.person)
    assert "Saved. You can change it at any time." in choose(client, newcomer, "shows_answer", "greeter_may_know").text
    newcomer.refresh_from_db()
    assert (newcomer.shows_answer, newcomer.greeter_may_know, newcomer.usually_comes) == (True, True, False)
    choose(client, newcomer)
    newcomer.refresh_from_db()
    assert (newcomer.shows_answer, newcomer.greeter_may_know) == (False, False)


def test_whoever_usually_comes_counts_as_coming_unless_they_said_otherwise(sign_in, group, newcomer, meeting):
    said_no = MeetingFactory(group=group, starts_at=timezone.now() + 9 * DAY)
    RSVPFactory(meeting=said_no, membership=newcomer, answer="cannot")
    MeetingFactory(group=group, starts_at=timezone.now() - DAY)
    MeetingFactory(group=group, starts_at=timezone.now() + DAY, state="cancelled", cancel_reason="Ill")
    client = sign_in(newcomer.person)
    choose(client, newcomer, "usually_comes")
    answers = {rsvp.meeting: (rsvp.answer, rsvp.is_standing) for rsvp in RSVP.objects.all()}
    assert answers == {meeting: ("coming", True), said_no: ("cannot", False)}
    choose(client, newcomer)
    assert [rsvp.meeting for rsvp in RSVP.objects.all()] == [said_no]


@pytest.mark.parametrize("repeat", ["not", "weekly"])
def test_new_meetings_begin_with_those_who_usually_come(group, repeat):
    usual = MembershipFactory(group=group, usually_comes=True)
    MembershipFactory(group=group)
    MembershipFactory(group=group, usually_comes=True, state="paused")
    MembershipFactory(usually_comes=True)
    meeting = plan_meeting(
        group=group,
        on=(NOW + 5 * DAY).date(),
        start_time=NOW.time(),
        duration_minutes=60,
        venue=None,
        repeat=repeat,
        by=PersonFactory(),
        now=NOW,
    )
    assert {rsvp.membership for rsvp in RSVP.objects.all()} == {usual}
    assert RSVP.objects.count() == (1 if repeat == "not" else meeting.series.meetings.count())


def test_a_membership_that_has_ended_has_no_choices(sign_in, newcomer):
    Membership.objects.filter(pk=newcomer.pk).update(state="left", ended_at=timezone.now())
    page = choose(sign_in(newcomer.person), newcomer, "shows_answer").text
    assert "This has changed in the meantime." in page


def test_a_group_says_what_to_expect_in_its_own_words_before_anyone_joins(sign_in, group):
    SupportGroup.objects.filter(pk=group.pk).update(join_rule="open")
    page = sign_in(PersonFactory()).get(reverse("groups:group_join", args=[group.pk])).text
    assert "Tea first, then a round." in page
