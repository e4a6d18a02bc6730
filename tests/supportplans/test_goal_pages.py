from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportplans.models import Goal, GoalReview
from tests.factories import NOW, GoalFactory, GoalShareFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def address(name, *rows):
    return reverse(f"supportplans:{name}", args=[row.pk for row in rows])


def day(name, value):
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


@pytest.fixture
def membership(client):
    membership = MembershipFactory(person__preferred_name="Ana")
    client.force_login(membership.person)
    return membership


@pytest.fixture
def goal(membership):
    return GoalFactory(person=membership.person, what="Sing in the choir")


def test_no_goals_is_fine(client, membership):
    assert "That is fine." in client.get(address("goal_list")).text


def test_only_what_is_needed(client, membership):
    client.post(address("goal_add"), {"what": "Sing"})
    goal = Goal.objects.get()
    assert (goal.what, goal.person, goal.rhythm_weeks, goal.confidence) == ("Sing", membership.person, None, None)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"what": ""}, "Enter what you want to do"),
        ({"what": "Sing", **day("review_on", timezone.localdate() - timedelta(days=3))}, "This day is over."),
        ({"what": "S" * 301}, "Use 300 characters or fewer. You have used 301."),
        ({"what": "Sing", "confidence": "12"}, "Choose one of the answers"),
    ],
)
def test_bad_goal_gets_a_sentence_and_keeps_what_was_typed(client, membership, typed, sentence):
    page = client.post(address("goal_add"), {"why": "For joy 🎵", **typed}).text
    assert sentence in page
    assert "For joy 🎵" in page
    assert not Goal.objects.exists()


def test_unsure_step_is_met_with_a_smaller_one(client, goal):
    Goal.objects.update(confidence=5)
    assert "Make the step smaller" in client.get(address("goal_detail", goal)).text
    Goal.objects.update(confidence=7)
    assert "Make the step smaller" not in client.get(address("goal_detail", goal)).text


def test_looking_back_is_kept_and_shown(client, goal):
    soon = timezone.localdate() + timedelta(days=14)
    sent = {
        "outcome": "some",
        "note": "Twice this week",
        "state": "active",
        "confidence": "6",
        **day("review_on", soon),
    }
    page = client.post(address("goal_review", goal), sent, follow=True).text
    assert "Twice this week" in page
    goal.refresh_from_db()
    assert (goal.review_on, goal.confidence, goal.reviews.count()) == (soon, 6, 1)


def test_letting_go_is_an_end_like_any(client, goal):
    client.post(address("goal_review", goal), {"outcome": "not_this_time", "state": "let_go"})
    page = client.get(address("goal_list")).text
    assert "Finished with" in page
    assert "Let go" in page


def test_looking_back_at_an_ended_goal_gets_a_sentence(client, goal):
    Goal.objects.update(state="let_go")
    page = client.post(address("goal_review", goal), {"outcome": "well", "state": "active", "note": "Again"}).text
    assert "This goal has ended." in page
    assert "Again</textarea>" in page


def test_date_that_is_over_by_now_does_not_stop_an_edit(client, goal):
    past = timezone.localdate() - timedelta(days=2)
    Goal.objects.update(review_on=past)
    client.post(address("goal_edit", goal), {"what": "Hum", **day("review_on", past)})
    goal.refresh_from_db()
    assert goal.what == "Hum"


def test_peer_reads_a_shared_goal_and_changes_nothing(client, goal, membership):
    GoalShareFactory(item=goal, membership=membership)
    client.force_login(MembershipFactory(group=membership.group).person)
    page = client.get(address("goal_detail", goal)).text
    assert "Sing in the choir" in page
    assert "Change this goal" not in page
    assert client.get(address("goal_edit", goal)).status_code == 403
    assert "Sing in the choir" in client.get(address("goal_list")).text


@pytest.mark.parametrize("name", ["goal_detail", "goal_edit", "goal_review", "goal_share"])
def test_unshared_goal_is_not_there_for_anyone_else(client, goal, membership, name):
    client.force_login(MembershipFactory(group=membership.group).person)
    assert client.get(address(name, goal)).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 50])
def test_list_costs_the_same_queries(client, membership, number, django_assert_num_queries):
    GoalFactory.create_batch(number, person=membership.person)
    peer = MembershipFactory(group=membership.group)
    GoalShareFactory.create_batch(number, membership=peer)
    client.get("/")
    with django_assert_num_queries(6):
        client.get(address("goal_list"))


@pytest.mark.parametrize("number", [1, 3, 50])
def test_goal_page_costs_the_same_queries(client, goal, number, django_assert_num_queries):
    for _number in range(number):
        GoalReview.objects.create(goal=goal, outcome="well", state_after="active", reviewed_at=NOW)
    client.get("/")
    with django_assert_num_queries(7):
        client.get(address("goal_detail", goal))


def test_sharing_names_those_who_see_it(client, goal, membership):
    ben = MembershipFactory(group=membership.group, person__preferred_name="Ben")
    who, chosen = f"who_{membership.pk}", f"chosen_{membership.pk}"
    client.post(address("goal_share", goal), {who: "chosen", chosen: [ben.pk]})
    assert "You and 1 other: Ben" in client.get(address("goal_detail", goal)).text
    client.post(address("goal_share", goal), {who: "nobody"})
    assert "Only you" in client.get(address("goal_detail", goal)).text
    assert not goal.shares.exists()


def test_sharing_asks_for_nothing_where_there_is_no_group(client):
    goal = GoalFactory()
    client.force_login(goal.person)
    assert "You are in no group" in client.get(address("goal_share", goal)).text


def test_group_of_others_and_what_is_hidden_are_refused_on_the_page(client, goal, membership):
    foreign = MembershipFactory()
    page = client.post(address("goal_share", goal), {f"who_{foreign.pk}": "everyone"}).text
    assert "Choose who can see this" in page
    share = GoalShareFactory(item=goal, membership=membership)
    type(share).objects.update(hidden_at=NOW, hidden_by=membership.person, hidden_reason="It names someone")
    page = client.get(address("goal_share", goal)).text
    assert "It names someone" in page
    assert "<form method" not in page[page.index("<main") :]
