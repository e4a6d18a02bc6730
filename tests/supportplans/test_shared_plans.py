"""Section by section, and by query: who sees what of someone's own plan, and that it ends."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.services.membership import end_membership
from peersupport.access.log import looks_at
from supportplans.audience import names_by_item, names_of_who_sees
from supportplans.models import PersonalPlan, PersonalPlanSection, PersonalPlanShare
from supportplans.services.sharing import change_audience
from tests.factories import (
    NOW,
    MembershipFactory,
    PersonalPlanFactory,
    PersonalPlanSectionFactory,
    PersonalPlanTextFactory,
    RoleTermFactory,
)

pytestmark = pytest.mark.django_db

SHARING = "/my-plan/first_steps/sharing/"


@pytest.fixture
def ana(members):
    return members[0]


@pytest.fixture
def plan(ana):
    """In place of the group's plan that other tests of this folder have."""
    return PersonalPlanFactory(person=ana)


@pytest.fixture
def first_steps(plan):
    return PersonalPlanSectionFactory(plan=plan, text="Ring Joan.")


@pytest.fixture
def reward(plan):
    return PersonalPlanSectionFactory(plan=plan, kind="reward", text="Cake.")


def share(section, *chosen):
    """With the whole group, or with people of it."""
    own = section.plan.person.memberships.get()
    others = [person.memberships.get(group=own.group) for person in chosen]
    audience = [(own, other) for other in others] or [(own, None)]
    change_audience(item=section, audience=audience, by=section.plan.person, now=NOW)


def texts_for(person):
    return sorted(PersonalPlanSection.objects.shared_with(person).values_list("text", flat=True))


def page_of(plan):
    return reverse("supportplans:shared_plan_detail", args=[plan.pk])


def test_nothing_is_shared_at_first(plan, first_steps, reward, members, tutor):
    for person in (*members, tutor):
        assert texts_for(person) == []
    assert names_by_item([first_steps, reward]) == {first_steps.pk: [], reward.pk: []}


def test_group_and_its_tutor_see_the_one_section_and_no_other(client, plan, first_steps, reward, members, tutor):
    share(first_steps)
    for person in (members[1], members[2], tutor):
        assert texts_for(person) == ["Ring Joan."]
    assert texts_for(members[0]) == []
    assert texts_for(MembershipFactory().person) == []
    client.force_login(members[1])
    page = client.get(page_of(plan)).text
    assert "What Ana shares with you" in page
    assert "Ring Joan." in page
    assert "Cake." not in page


def test_chosen_member_sees_it_and_the_rest_of_the_group_and_its_tutor_do_not(
    client, plan, first_steps, members, tutor, with_second_factor
):
    share(first_steps, members[1])
    assert texts_for(members[1]) == ["Ring Joan."]
    assert texts_for(members[2]) == texts_for(tutor) == []
    client.force_login(members[2])
    assert client.get(page_of(plan)).status_code == 404
    client.force_login(with_second_factor(tutor))
    assert client.get(page_of(plan)).status_code == 404


def test_what_it_said_before_is_not_shared(client, plan, first_steps, members):
    PersonalPlanTextFactory(section=first_steps, text="Zq7 earlier words")
    share(first_steps)
    client.force_login(members[1])
    assert "Zq7 earlier words" not in client.get(page_of(plan)).text
    assert client.get("/my-plan/first_steps/earlier/").context["page"].rows == []


def test_plan_with_nothing_to_show_is_not_there(client, plan, first_steps, members):
    share(first_steps)
    PersonalPlanSection.objects.update(text="")
    client.force_login(members[1])
    assert client.get(page_of(plan)).status_code == 404
    assert not PersonalPlan.objects.visible_to(members[1]).exists()
    assert "Nothing is shared with you" in client.get(reverse("supportplans:shared_plan_list")).text


def test_hidden_section_is_seen_by_its_owner_alone(client, plan, first_steps, members, ana):
    share(first_steps)
    PersonalPlanShare.objects.update(hidden_at=NOW, hidden_by=members[2], hidden_reason="It names someone.")
    assert texts_for(members[1]) == []
    client.force_login(ana)
    assert "It names someone." in client.get(SHARING).text
    assert "Ring Joan." in client.get("/my-plan/").text


@pytest.mark.parametrize("leaver", [0, 1])
def test_leaving_ends_it_on_either_side_and_coming_back_shares_nothing(first_steps, members, group, leaver):
    share(first_steps)
    share(first_steps, members[1])
    end_membership(
        membership=members[leaver].memberships.get(), state="left", reason="", by=members[leaver], now=timezone.now()
    )
    assert texts_for(members[1]) == []
    MembershipFactory(group=group, person=members[leaver], joined_at=timezone.now())
    assert texts_for(members[1]) == []


def test_owner_chooses_who_sees_a_section_and_reads_their_names(client, first_steps, members, ana):
    own = ana.memberships.get()
    client.force_login(ana)
    assert "Only me" in client.get(SHARING).text
    ben = members[1].memberships.get()
    sent = {f"who_{own.pk}": "chosen", f"chosen_{own.pk}": [ben.pk]}
    page = client.post(SHARING, sent, follow=True)
    assert page.redirect_chain == [("/my-plan/", 302)]
    assert "You and 1 other: Ben" in page.text
    assert "You and 1 other: Ben" in client.get("/my-plan/first_steps/").text
    assert "Only you" in client.post(SHARING, {f"who_{own.pk}": "nobody"}, follow=True).text
    assert not PersonalPlanShare.objects.exists()


def test_section_that_was_never_written_and_that_of_others_can_not_be_shared(client, first_steps, members):
    client.force_login(members[1])
    own = members[1].memberships.get()
    for method in (client.get, lambda address: client.post(address, {f"who_{own.pk}": "everyone"})):
        assert method(SHARING).status_code == 404
    assert not PersonalPlanShare.objects.exists()


def test_stranger_to_the_group_can_not_be_chosen(client, first_steps, ana):
    own, stranger = ana.memberships.get(), MembershipFactory()
    client.force_login(ana)
    page = client.post(SHARING, {f"who_{own.pk}": "chosen", f"chosen_{own.pk}": [stranger.pk]})
    assert "Someone you chose is not in the group any more. Choose again." in page.text
    assert not PersonalPlanShare.objects.exists()


def test_look_of_a_tutor_is_logged_for_the_owner_and_that_of_a_peer_is_not(
    client, plan, first_steps, reward, members, tutor, ana, with_second_factor
):
    share(first_steps)
    client.force_login(members[1])
    client.get(page_of(plan))
    assert not looks_at(ana).exists()
    client.force_login(with_second_factor(tutor))
    client.get(reverse("supportplans:shared_plan_list"))
    assert not looks_at(ana).exists()
    client.get(page_of(plan))
    look = looks_at(ana).get()
    assert (look.actor, look.object_type, look.object_id) == (tutor, "supportplans.personalplansection", first_steps.pk)
    client.force_login(ana)
    assert tutor.preferred_name in client.get(reverse("members:look_list")).text


def test_plans_shared_with_me_are_listed_by_name(client, group, members):
    for name in ("Zoe", "Bea"):
        owner = MembershipFactory(group=group, person__preferred_name=name).person
        share(PersonalPlanSectionFactory(plan__person=owner))
    client.force_login(members[0])
    page = client.get(reverse("supportplans:shared_plan_list"))
    assert [plan.person.preferred_name for plan in page.context["plans"]] == ["Bea", "Zoe"]
    assert reverse("supportplans:shared_plan_list") in client.get(group.get_absolute_url()).text


# Names


def test_names_are_the_same_asked_for_one_or_for_several(first_steps, reward, members, tutor):
    share(first_steps)
    share(reward, members[2])
    names = names_by_item([first_steps, reward])
    assert names == {
        first_steps.pk: ["Ben", "Cal", f"{tutor.preferred_name} (patient tutor)"],
        reward.pk: ["Cal"],
    }
    for section in (first_steps, reward):
        assert names[section.pk] == names_of_who_sees(section)


def test_member_who_is_tutor_too_and_closed_accounts_are_named_as_they_are_seen(first_steps, members, group):
    RoleTermFactory(group=group, role="tutor", person=members[1])
    members[2].is_active = False
    members[2].save()
    share(first_steps)
    assert names_by_item([first_steps])[first_steps.pk] == names_of_who_sees(first_steps) == ["Ben"]


@pytest.mark.parametrize("number", [1, 11])
def test_own_plan_that_is_shared_costs_eight_queries_at_most(
    client, plan, members, ana, number, django_assert_max_num_queries
):
    for kind in PersonalPlanSection.Kind.values[:number]:
        share(PersonalPlanSectionFactory(plan=plan, kind=kind))
    client.force_login(ana)
    client.get("/")
    with django_assert_max_num_queries(8):
        client.get("/my-plan/")


@pytest.mark.parametrize("number", [1, 5, 50])
def test_list_and_page_of_shared_plans_cost_the_same_queries(client, group, members, number, django_assert_num_queries):
    for _number in range(number):
        owner = MembershipFactory(group=group).person
        plan = PersonalPlanFactory(person=owner)
        for kind in ("first_steps", "helps"):
            share(PersonalPlanSectionFactory(plan=plan, kind=kind))
    client.force_login(members[0])
    client.get("/")
    with django_assert_num_queries(5):
        client.get(reverse("supportplans:shared_plan_list"))
    with django_assert_num_queries(6):
        client.get(page_of(plan))


def test_look_at_ones_own_plan_is_nobody_elses_and_others_looks_do_not_count(client, plan, first_steps, members):
    share(first_steps)
    long_ago = NOW - timedelta(days=50)
    PersonalPlan.objects.update(looked_at=long_ago)
    client.force_login(members[1])
    client.get(page_of(plan))
    plan.refresh_from_db()
    assert plan.looked_at == long_ago
