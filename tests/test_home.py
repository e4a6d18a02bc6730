"""The home page shows what is next for each role, at no more than ten queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import world as worlds
from tests.factories import (
    AttendanceFactory,
    FlareUpFactory,
    GoalFactory,
    KeepInTouchFactory,
    KeepInTouchWishFactory,
    MeetingFactory,
    MembershipFactory,
    MutualSupportPlanFactory,
    ProgrammeFactory,
    RoleTermFactory,
    RSVPFactory,
    SupportRequestFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client):
    membership = MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria")
    client.force_login(membership.person)
    return membership


def home(client):
    return client.get("/").text


def test_next_meeting_comes_first_with_who_greets_and_three_answers(client, member):
    now = timezone.now()
    MeetingFactory(group=member.group, starts_at=now + timedelta(days=9))
    meeting = MeetingFactory(group=member.group, starts_at=now + timedelta(days=2))
    MeetingFactory(group=member.group, starts_at=now + timedelta(days=1), state="cancelled", cancel_reason="Ill")
    RoleTermFactory(group=member.group, role="greeter", person__preferred_name="Gill")
    page = home(client)
    assert page.count("Your next meeting") == 1
    assert meeting.get_absolute_url() in page
    assert "Gill greets everyone." in page
    assert all(answer in page for answer in ("Coming", "Can&#x27;t come", "Not sure"))


def test_own_answer_is_shown(client, member):
    meeting = MeetingFactory(group=member.group, starts_at=timezone.now() + timedelta(days=2))
    RSVPFactory(
        meeting=meeting, membership=member.person.memberships.get(), answer="coming", answered_at=timezone.now()
    )
    assert "You said: Coming." in home(client)


def test_plan_waits_until_the_member_has_given_their_word(client, member):
    earlier = timezone.now() - timedelta(days=1)
    plan = MutualSupportPlanFactory(group=member.group, state="proposed", proposed_at=earlier)
    assert member.joined_at < earlier
    assert plan.get_absolute_url() in home(client)
    plan.words.create(person=member.person, word="agree", said_at=timezone.now())
    assert plan.get_absolute_url() not in home(client)


def test_plan_that_was_changed_waits_again(client, member):
    plan = MutualSupportPlanFactory(group=member.group, state="proposed", proposed_at=timezone.now())
    plan.words.create(person=member.person, word="agree", said_at=timezone.now() - timedelta(days=1))
    assert plan.get_absolute_url() in home(client)


@pytest.mark.parametrize(("role", "days", "is_told"), [("contact", 8, True), ("contact", 6, False), (None, 8, False)])
def test_holder_is_told_after_a_week_of_those_who_said_nothing(client, member, role, days, is_told):
    if role:
        RoleTermFactory(group=member.group, person=member.person, role=role)
    MembershipFactory(group=member.group)
    at = timezone.now() - timedelta(days=days)
    plan = MutualSupportPlanFactory(group=member.group, state="proposed", proposed_at=at)
    plan.words.create(person=member.person, word="agree", said_at=timezone.now())
    assert ("1 member of Tuesday Group has not said a word on the plan" in home(client)) is is_told


@pytest.mark.parametrize(("days", "is_told"), [(-1, True), (0, True), (1, False)])
def test_plan_whose_day_has_come_is_to_be_looked_at_until_a_new_one_is_begun(client, member, days, is_told):
    at = timezone.now() - timedelta(days=365)
    day = timezone.localdate() + timedelta(days=days)
    changes = {"state": "in_use", "proposed_at": at, "in_use_at": at, "review_on": day}
    MutualSupportPlanFactory(group=member.group, **changes)
    MutualSupportPlanFactory(**changes)
    words = "Time to look at the support plan of"
    assert home(client).count(words) == is_told
    MutualSupportPlanFactory(group=member.group, number=2)
    assert words not in home(client)


def test_goal_whose_day_has_come_is_marked(client, member):
    GoalFactory(person=member.person, what="Sing", review_on=timezone.localdate())
    assert "Time to look back" in home(client)


def test_no_goals_is_fine(client, member):
    assert "That is fine" in home(client)


def test_offered_role_can_be_taken_or_declined(client, member):
    RoleTermFactory(group=member.group, person=member.person, role="greeter", accepted_at=None)
    page = home(client)
    assert "You have been asked to take on a role" in page
    assert "Yes, I will do it" in page


def test_tutor_sees_programmes_to_start_from_and_groups(client, with_second_factor):
    programme = ProgrammeFactory(name="Spring programme")
    tutor = RoleTermFactory(group=None, programme=programme, role="tutor").person
    group = RoleTermFactory(person=tutor, role="tutor").group
    client.force_login(with_second_factor(tutor))
    page = home(client)
    assert "Start a group from Spring programme" in page
    assert group.get_absolute_url() in page
    assert "No meeting is planned." in page
    assert "Log a flare-up" not in page


def test_tutor_sees_set_up_steps_requests_and_which_group_went_quiet(client, with_second_factor):
    term = RoleTermFactory(role="tutor", group__state="forming")
    quiet = RoleTermFactory(person=term.person, role="tutor", group__quiet_since=timezone.now() - timedelta(weeks=13))
    for position, group in enumerate([term.group, term.group, quiet.group]):
        group.checklist_steps.create(position=position, title="Find a room")
    SupportRequestFactory(group=quiet.group, to="tutor")
    SupportRequestFactory(group=term.group, to="coordinator")
    client.force_login(with_second_factor(term.person))
    page = home(client)
    assert "2 set-up steps to do" in page
    assert reverse("groups:checklist_detail", args=[term.group_id]) in page
    assert reverse("groups:checklist_detail", args=[quiet.group_id]) not in page
    assert page.count("1 request for help") == 1
    assert page.count("Nothing was heard since") == 1


def test_flareup_that_may_go_on_has_its_two_taps_and_an_old_one_has_none(client, member):
    today = timezone.localdate()
    FlareUpFactory(person=member.person, started_on=today - timedelta(days=90))
    FlareUpFactory(started_on=today)
    FlareUpFactory(person=member.person, started_on=today, taken_back_at=timezone.now())
    client.force_login(member.person)
    assert "It&#x27;s over" not in home(client)
    going = FlareUpFactory(person=member.person, started_on=today - timedelta(days=2))
    page = home(client)
    assert page.count(reverse("supportplans:flareup_end", args=[going.pk])) == 1
    assert page.count(reverse("supportplans:flareup_go_on", args=[going.pk])) == 1
    client.post(reverse("supportplans:flareup_end", args=[going.pk]))
    assert "It&#x27;s over" not in home(client)


@pytest.mark.parametrize(("days", "role", "is_told"), [(8, "host", True), (6, "host", False), (8, "tutor", False)])
def test_holder_is_told_after_a_week_who_has_nobody_to_keep_in_touch_with(client, member, days, role, is_told):
    RoleTermFactory(group=member.group, person=member.person, role=role)
    KeepInTouchWishFactory(membership__group=member.group, changed_at=timezone.now() - timedelta(days=days))
    pair = KeepInTouchFactory()
    RoleTermFactory(group=pair.first.group, person=member.person, role="host")
    assert ("1 member would like someone to keep in touch with" in home(client)) is is_told


def test_someone_in_no_group_is_shown_the_way_in(client):
    client.force_login(worlds.build().people["stranger"])
    assert "You are not in a group yet" in home(client)


@pytest.mark.parametrize("who", ["stranger", "member", "contact", "tutor", "coordinator", "lead", "administrator"])
def test_home_costs_ten_queries_at_most(client, who, django_assert_max_num_queries):
    person = worlds.build().people[who]
    client.force_login(person)
    client.get("/")
    with django_assert_max_num_queries(10):
        client.get("/")


@pytest.mark.parametrize("number", [1, 3, 20])
def test_home_costs_the_same_with_more_of_everything(client, member, number, django_assert_num_queries):
    for _number in range(number):
        other = MembershipFactory(person=member.person).group
        MeetingFactory(group=other, starts_at=timezone.now() + timedelta(days=3))
        GoalFactory(person=member.person)
        FlareUpFactory(person=member.person, started_on=timezone.localdate())
        MutualSupportPlanFactory(group=other, state="proposed", proposed_at=timezone.now())
        own = KeepInTouchWishFactory(membership=other.memberships.get()).membership
        KeepInTouchFactory(first=own, due_on=timezone.localdate())
        KeepInTouchFactory(first=own, is_asked=True, first_agreed_at=None)
    client.get("/")
    with django_assert_num_queries(10):
        client.get("/")


def test_programme_that_has_its_group_offers_no_second_start(client, with_second_factor):
    group = RoleTermFactory(role="tutor", group__programme=ProgrammeFactory(name="Done programme")).group
    tutor = RoleTermFactory(group=None, programme=group.programme, role="tutor").person
    client.force_login(with_second_factor(tutor))
    assert "Start a group from Done programme" not in home(client)


def test_role_holder_sees_answers_who_has_not_come_and_the_way_to_hand_over(client, member):
    now = timezone.now()
    RoleTermFactory(group=member.group, person=member.person)
    meeting = MeetingFactory(group=member.group, starts_at=now + timedelta(days=2))
    for answer in ("coming", "coming", "cannot", "not_sure"):
        RSVPFactory(meeting=meeting, answer=answer, answered_at=now)
    RSVPFactory(meeting=meeting, answer="coming", answered_at=meeting.changed_at - timedelta(days=1))
    AttendanceFactory(meeting=MeetingFactory(group=member.group, starts_at=now - timedelta(days=9)), membership=member)
    page = home(client)
    assert "2 coming, 1 can&#x27;t come, 1 not sure" in page or "2 coming, 1 can't come, 1 not sure" in page
    assert "5 members have not come yet" in page
    assert f"/groups/{member.group.pk}/hand-over/" in page


def keeps_in_touch(member, **changes):
    own = KeepInTouchWishFactory(membership=member).membership
    sam = KeepInTouchWishFactory(membership__group=own.group, membership__person__preferred_name="Sam").membership
    return KeepInTouchFactory(first=own, second=sam, **changes)


def test_whom_to_get_in_touch_with_is_there_when_it_is_due_with_one_tap(client, member):
    today = timezone.localdate()
    pair = keeps_in_touch(member, due_on=today)
    pair.check_ins.create(
        **{"outcome": "spoke", "due_on": today, "schedule_version": 0, "next_by": pair.first},
        **{"said_by": member.person, "said_at": timezone.now() - timedelta(weeks=3)},
    )
    page = home(client)
    assert "You last spoke 3 weeks ago." in page
    assert reverse("supportplans:check_in_note", args=[pair.pk]) in page
    assert pair.second.touch_wish.reach not in page
    type(pair).objects.update(due_on=today + timedelta(days=1))
    assert pair.get_absolute_url() not in home(client)


def test_question_to_keep_in_touch_waits_on_the_home_page(client, member):
    pair = keeps_in_touch(member, is_asked=True, first_agreed_at=None)
    page = home(client)
    assert "Will you and Sam keep in touch?" in page
    assert reverse("supportplans:pair_agree", args=[pair.pk]) in page
    client.force_login(pair.second.person)
    assert "keep in touch?" in home(client)


def test_nobody_elses_keeping_in_touch_is_on_the_home_page(client, member):
    pair = keeps_in_touch(member, due_on=timezone.localdate())
    client.force_login(RoleTermFactory(group=member.group, person=MembershipFactory(group=member.group).person).person)
    assert pair.get_absolute_url() not in home(client)


def test_a_plain_member_sees_no_counts(client, member):
    MeetingFactory(group=member.group, starts_at=timezone.now() + timedelta(days=2))
    assert "Looking after the group" not in home(client)
