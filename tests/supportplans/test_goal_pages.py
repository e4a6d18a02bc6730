import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from supportplans.models import Goal
from tests.factories import (
    NOW,
    GoalFactory,
    GoalLevelFactory,
    GoalReviewFactory,
    GoalShareFactory,
    MeetingFactory,
    MembershipFactory,
)

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
    page = client.get(address("goal_detail", goal)).text
    assert "Find a smaller step" in page
    assert "Half of it" in client.get(address("step_shrink", goal)).text
    client.post(address("step_keep", goal))
    assert "Find a smaller step" not in client.get(address("goal_detail", goal)).text
    Goal.objects.update(confidence=7, is_step_kept=False)
    assert "Find a smaller step" not in client.get(address("goal_detail", goal)).text


def test_smaller_step_is_one_question(client, goal):
    Goal.objects.update(confidence=5, next_step="To the shop")
    assert "Enter a smaller step" in client.post(address("step_shrink", goal), {"revision": "0"}).text
    client.post(address("step_shrink", goal), {"revision": "0", "next_step": "To the gate"})
    goal.refresh_from_db()
    assert (goal.next_step, goal.confidence) == ("To the gate", None)


def test_looking_back_is_kept_and_shown(client, goal):
    soon = timezone.localdate() + timedelta(days=14)
    sent = {
        "outcome": "some",
        "note": "Twice this week",
        "state": "active",
        "revision": "0",
        "confidence": "6",
        **day("review_on", soon),
    }
    page = client.post(address("goal_review", goal), sent, follow=True).text
    assert "Twice this week" in page
    goal.refresh_from_db()
    assert (goal.review_on, goal.confidence, goal.reviews.count()) == (soon, 6, 1)


def test_letting_go_is_an_end_like_any(client, goal):
    client.post(address("goal_review", goal), {"outcome": "not_this_time", "state": "let_go", "revision": "0"})
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
    client.post(address("goal_edit", goal), {"what": "Hum", "revision": "0", **day("review_on", past)})
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
    with django_assert_num_queries(7):
        client.get(address("goal_list"))


@pytest.mark.parametrize("number", [1, 3, 50])
def test_goal_page_costs_the_same_queries(client, goal, number, django_assert_num_queries):
    GoalReviewFactory.create_batch(number, goal=goal)
    client.get("/")
    with django_assert_num_queries(9):
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


def test_same_form_sent_twice_sets_one_goal(client, membership):
    page = client.get(address("goal_add")).text
    sent = re.search(r'name="client_id" value="([^"]+)"', page)[1]
    pages = [client.post(address("goal_add"), {"what": "Sing", "client_id": sent}, follow=True) for _time in range(2)]
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert Goal.objects.count() == 1


def test_two_tabs_show_both_and_saving_again_keeps_the_second(client, goal):
    edit = address("goal_edit", goal)
    client.post(edit, {"what": "Sing at home 🎵", "why": "Joy", "revision": "0"})
    answer = client.post(edit, {"what": "غناء", "revision": "0"})
    for text in ("This was changed on another page", "Sing at home 🎵", "Joy", "غناء"):
        assert text in answer.text
    assert 'name="revision" value="1"' in answer.text
    client.post(edit, {"what": "غناء", "why": "Joy", "revision": "1"})
    goal.refresh_from_db()
    assert (goal.what, goal.why, goal.revision) == ("غناء", "Joy", 2)


@pytest.mark.parametrize("revision", ["", "x", "99999999999999999999", "-1"])
def test_form_without_a_true_revision_overwrites_nothing(client, goal, revision):
    page = client.post(address("goal_edit", goal), {"what": "Sing loud", "revision": revision}).text
    assert "Sing in the choir" in page
    goal.refresh_from_db()
    assert goal.what == "Sing in the choir"


def test_looking_back_at_a_day_to_come_gets_a_sentence(client, goal):
    tomorrow = timezone.localdate() + timedelta(days=1)
    sent = {"outcome": "well", "state": "active", "revision": "0", "note": "Soon", **day("looked_back_on", tomorrow)}
    page = client.post(address("goal_review", goal), sent).text
    assert ("This day is still to come." in page, "Soon</textarea>" in page) == (True, True)
    assert not goal.reviews.exists()


def test_what_it_changed_into_is_offered_and_linked(client, goal):
    client.post(address("goal_review", goal), {"outcome": "some", "state": "changed", "revision": "0"})
    assert f"/goals/add/?from={goal.pk}" in client.get(address("goal_detail", goal)).text
    address_from = f"{address('goal_add')}?from={goal.pk}"
    assert "Sing in the choir" in client.get(address_from).text
    client.post(address_from, {"what": "Hum at home"})
    assert "It is now:" in client.get(address("goal_detail", goal)).text
    new = Goal.objects.get(what="Hum at home")
    assert "Before, it was" in client.get(address("goal_detail", new)).text
    client.post(address_from, {"what": "Another"})
    assert Goal.objects.get(what="Another").changed_from is None


@pytest.mark.parametrize("key", ["theirs", "x", "-1", "9" * 40])
def test_goal_before_is_only_ever_ones_own(client, membership, key):
    theirs = GoalFactory(state="changed", what="Their secret")
    page = client.get(f"{address('goal_add')}?from={theirs.pk if key == 'theirs' else key}")
    assert (page.status_code, "Their secret" in page.text) == (200, False)


def test_draft_is_kept_and_started_later(client, membership):
    client.post(address("goal_add"), {"what": "Sing", "is_draft": "draft"})
    goal = Goal.objects.get()
    page = client.get(address("goal_detail", goal)).text
    assert ("Only a draft so far" in page, "Look back at it" in page) == (True, False)
    client.post(address("level_write", goal), {"level_3": "One song", "revision": "0"})
    page = client.post(address("goal_start", goal), follow=True).text
    assert ("One song" in page, "Change how far" in page) == (True, False)
    assert "can't be written or changed any more" in client.get(address("level_write", goal)).text


def test_levels_typed_after_the_start_are_refused_with_a_sentence(client, goal):
    client.post(address("level_write", goal), {"level_3": "One song", "revision": "0"})
    assert not goal.levels.exists()
    long = client.post(
        address("level_write", GoalFactory(person=goal.person, state="draft")), {"level_5": "x" * 100_000}
    )
    assert "Use 500 characters or fewer." in long.text


def test_rest_and_back(client, goal):
    page = client.post(address("goal_pause", goal), follow=True).text
    assert "Take it up again" in page
    assert "Let it rest" in client.post(address("goal_resume", goal), follow=True).text
    Goal.objects.update(state="let_go")
    assert "This goal has ended." in client.post(address("goal_pause", goal), follow=True).text


@pytest.mark.parametrize("name", ["goal_list", "goal_ended_list", "goal_shared_list"])
def test_300_goals_stay_within_the_bars(client, membership, name, django_assert_max_num_queries):
    state = "let_go" if name == "goal_ended_list" else "active"
    if name == "goal_shared_list":
        GoalShareFactory.create_batch(300, membership=MembershipFactory(group=membership.group))
    else:
        GoalFactory.create_batch(300, person=membership.person, state=state)
    client.get("/")
    seen, query = set(), ""
    for _page in range(12):
        with django_assert_max_num_queries(8):
            page = client.get(address(name) + query)
        seen |= set(re.findall(r'href="(/goals/\d+/)"', page.text))
        query = page.context["page"].next_url
    assert (len(seen), query) == (300, "")


def test_list_names_a_few_and_leads_to_the_rest(client, membership):
    GoalFactory.create_batch(6, person=membership.person, state="achieved")
    GoalShareFactory.create_batch(6, membership=MembershipFactory(group=membership.group))
    page = client.get(address("goal_list")).text
    assert (page.count("Walk to shop"), address("goal_ended_list") in page, address("goal_shared_list") in page) == (
        10,
        True,
        True,
    )


def test_reviews_come_page_by_page(client, goal):
    GoalReviewFactory.create_batch(30, goal=goal)
    first = client.get(address("goal_detail", goal))
    assert first.text.count("It went well") == 25
    assert client.get(address("goal_detail", goal) + first.context["page"].next_url).text.count("It went well") == 5


# The sheet for a meeting


def test_sheet_holds_what_is_shared_with_the_whole_group_and_goes_on(client, membership):
    ben = MembershipFactory(group=membership.group, person__preferred_name="Ben")
    for what, chosen, state in [
        ("Shared with all", None, "active"),
        ("For one alone", membership, "active"),
        ("At rest", None, "paused"),
    ]:
        goal = GoalFactory(person=ben.person, what=what, next_step=f"{what}: step", state=state, confidence=3)
        GoalShareFactory(membership=ben, chosen=chosen, item=goal)
    elsewhere = MembershipFactory(person=ben.person)
    GoalShareFactory(membership=elsewhere, item__what="In another group")
    page = client.get(address("goal_sheet", membership.group)).text
    assert ("Ben" in page, "Shared with all: step" in page) == (True, True)
    assert [text for text in ("For one alone", "At rest", "In another group", "3 out of 10") if text in page] == []
    meeting = MeetingFactory(group=membership.group)
    assert address("goal_sheet", membership.group) in client.get(meeting.get_absolute_url()).text
    assert address("goal_sheet", membership.group) in client.get(membership.group.get_absolute_url()).text


def test_sheet_with_nothing_on_it_is_fine(client, membership):
    assert "is a good group" in client.get(address("goal_sheet", membership.group)).text


@pytest.mark.parametrize("number", [5, 50])
def test_sheet_costs_the_same_queries(client, membership, number, django_assert_num_queries):
    for member in MembershipFactory.create_batch(number, group=membership.group):
        GoalShareFactory(membership=member)
    client.get("/")
    with django_assert_num_queries(7):
        page = client.get(address("goal_sheet", membership.group)).text
    assert page.count("Walk to shop") == number


def test_levels_are_for_their_owner_alone(client, goal, membership):
    draft = GoalLevelFactory(goal__person=membership.person, text="One song").goal
    GoalShareFactory(item=draft, membership=membership)
    assert "One song" in client.get(address("goal_detail", draft)).text
    client.force_login(MembershipFactory(group=membership.group).person)
    assert "One song" not in client.get(address("goal_detail", draft)).text
