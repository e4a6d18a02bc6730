"""Who sees what a member shares: with a group, or with chosen members, for as long as both sides belong to it."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from groups.models import Membership
from groups.services.membership import leave_group
from peersupport.access.log import looks_at
from peersupport.access.models import AccessLogEntry
from supportplans.audience import circles_of, names_of_who_sees, spoken_audience
from supportplans.forms.sharing import ChooseAudienceForm
from supportplans.models import Goal, GoalShare
from supportplans.refusals import HiddenThere, NotInYourGroup, NotYourGroup
from supportplans.services.sharing import change_audience
from tests.factories import (
    NOW,
    GoalFactory,
    GoalShareFactory,
    KeptMembershipFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db


def sees(person, goal):
    """Whether `person` sees `goal`, which its page and the list of what is shared with them have to agree on."""
    on_page = Goal.objects.visible_to(person).filter(pk=goal.pk).exists()
    assert Goal.objects.shared_with(person).filter(pk=goal.pk).exists() == (on_page and person.pk != goal.person_id)
    return on_page


@pytest.fixture
def ana(group):
    return MembershipFactory(group=group, person__preferred_name="Ana")


@pytest.fixture
def ben(group):
    return MembershipFactory(group=group, person__preferred_name="Ben")


@pytest.fixture
def cal(group):
    return MembershipFactory(group=group, person__preferred_name="Cal")


@pytest.fixture
def goal(ana):
    return GoalFactory(person=ana.person)


def share(goal, *audience, now=NOW):
    change_audience(item=goal, audience=audience, by=goal.person, now=now)


def hide(goal):
    goal.shares.update(hidden_at=NOW, hidden_by=goal.person, hidden_reason="It names someone")


def test_nobody_sees_what_is_not_shared(ana, ben, tutor, goal):
    assert (sees(ana.person, goal), sees(ben.person, goal), sees(tutor, goal)) == (True, False, False)


def test_a_group_sees_it_members_and_tutor(ana, ben, cal, tutor, goal):
    share(goal, (ana, None))
    assert [sees(person, goal) for person in (ben.person, cal.person, tutor)] == [True] * 3
    outside = [MembershipFactory().person, RoleTermFactory(role="tutor").person, PersonFactory(is_superuser=True)]
    assert [sees(person, goal) for person in outside] == [False] * 3


def test_chosen_members_see_it_and_nobody_else(ana, ben, cal, tutor, goal):
    share(goal, (ana, ben))
    assert [sees(person, goal) for person in (ben.person, cal.person, tutor)] == [True, False, False]


def test_someone_chosen_in_one_group_is_not_the_whole_of_another(ana, ben, cal, goal):
    elsewhere = MembershipFactory(person=ana.person)
    far = MembershipFactory(group=elsewhere.group)
    share(goal, (ana, ben), (elsewhere, None))
    assert [sees(member.person, goal) for member in (ben, cal, far)] == [True, False, True]


def test_what_is_not_asked_for_is_unshared(ana, ben, cal, goal):
    share(goal, (ana, ben), (ana, cal))
    share(goal, (ana, cal))
    assert [sees(member.person, goal) for member in (ben, cal)] == [False, True]
    share(goal)
    assert (sees(cal.person, goal), goal.shares.count()) == (False, 0)


def test_sharing_twice_is_sharing_once(ana, goal):
    share(goal, (ana, None))
    share(goal, (ana, None), now=NOW + timedelta(days=1))
    assert goal.shares.get().shared_at == NOW


@pytest.mark.parametrize("who", ["owner", "chosen", "one of the group"])
def test_leaving_ends_it_and_coming_back_does_not_share_again(ana, ben, goal, who):
    audience = (ana, None) if who == "one of the group" else (ana, ben)
    share(goal, audience)
    gone = ana if who == "owner" else ben
    leave_group(group=ana.group, by=gone.person, now=NOW)
    assert not sees(ben.person, goal)
    back = MembershipFactory(group=ana.group, person=gone.person, joined_at=NOW + timedelta(days=1))
    # Whoever sees it as one of the group sees it again, since it is the group that it is shared with.
    assert sees(ben.person, goal) == (who == "one of the group")
    share(goal, *[(back, None) if who == "owner" else (ana, back)], now=NOW + timedelta(days=2))
    assert sees(ben.person, goal)


def test_a_break_changes_nothing_and_a_tutor_who_ends_sees_nothing(ana, ben, goal):
    term = RoleTermFactory(group=ana.group, role="tutor")
    share(goal, (ana, None))
    Membership.objects.filter(pk__in=[ana.pk, ben.pk]).update(state="paused")
    assert (sees(ben.person, goal), sees(term.person, goal)) == (True, True)
    type(term).objects.filter(pk=term.pk).update(ended_at=NOW)
    assert not sees(term.person, goal)


def test_only_own_groups_and_those_in_them_can_be_chosen(ana, ben, goal):
    elsewhere = MembershipFactory()
    ended = MembershipFactory(group=ana.group, state="left", ended_at=NOW)
    kept = KeptMembershipFactory(group=ana.group)
    for audience in [(elsewhere, None), (ben, None), (ended, None)]:
        with pytest.raises(NotYourGroup):
            share(goal, audience)
    for audience in [(ana, elsewhere), (ana, ended), (ana, kept), (ana, ana)]:
        with pytest.raises(NotInYourGroup):
            share(goal, audience)
    assert not GoalShare.objects.exists()


def test_a_chosen_member_of_another_group_would_see_nothing(ana, goal):
    """The database can't refuse such a row; the query does."""
    elsewhere = MembershipFactory()
    GoalShareFactory(item=goal, membership=ana, chosen=elsewhere)
    assert not sees(elsewhere.person, goal)
    assert names_of_who_sees(goal) == []


@pytest.mark.parametrize(
    "change", [{"hidden_at": NOW}, {"hidden_reason": "Why"}, {"hidden_at": NOW, "hidden_reason": ""}]
)
def test_impossible_shares_are_refused_by_the_database(ana, goal, change):
    row = GoalShareFactory(item=goal, membership=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalShare.objects.filter(pk=row.pk).update(**change)


@pytest.mark.parametrize("chosen", ["nobody", "oneself"])
def test_shares_twice_or_with_oneself_are_refused_by_the_database(ana, goal, chosen):
    GoalShareFactory(item=goal, membership=ana)
    with pytest.raises(IntegrityError), transaction.atomic():
        GoalShareFactory(item=goal, membership=ana, chosen=ana if chosen == "oneself" else None)


# Hidden


def test_what_is_hidden_is_seen_by_its_owner_alone(ana, ben, tutor, goal):
    share(goal, (ana, None))
    hide(goal)
    assert [sees(person, goal) for person in (ana.person, ben.person, tutor)] == [True, False, False]
    assert names_of_who_sees(goal) == []


def test_what_is_hidden_can_neither_be_shared_anew_there_nor_forgotten(ana, ben, goal):
    elsewhere = MembershipFactory(person=ana.person)
    share(goal, (ana, ben))
    hide(goal)
    for audience in [(ana, None), (ana, ben)]:
        with pytest.raises(HiddenThere):
            share(goal, audience)
    share(goal, (elsewhere, None))
    assert goal.shares.filter(membership=ana).get().hidden_reason == "It names someone"
    leave_group(group=ana.group, by=ana.person, now=NOW)
    back = MembershipFactory(group=ana.group, person=ana.person, joined_at=NOW + timedelta(days=1))
    with pytest.raises(HiddenThere):
        share(goal, (back, None))


# Names


def test_who_sees_it_is_named_once_each(ana, ben, cal, goal):
    both = RoleTermFactory(group=ana.group, role="tutor", person=cal.person)
    RoleTermFactory(group=ana.group, role="tutor", person__preferred_name="Theo")
    MembershipFactory(group=ana.group, person__preferred_name="Gone", state="left", ended_at=NOW)
    MembershipFactory(group=ana.group, person__preferred_name="Closed", person__is_active=False)
    share(goal, (ana, None))
    assert names_of_who_sees(goal) == ["Ben", both.person.preferred_name, "Theo (patient tutor)"]
    share(goal, (ana, ben))
    assert names_of_who_sees(goal) == ["Ben"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [([], "Only you"), (["Ben"], "You and 1 other: Ben"), (["Ben", "Cal"], "You and 2 others: Ben, Cal")],
)
def test_who_sees_it_is_said_in_a_sentence(names, sentence):
    assert spoken_audience(names) == sentence


@pytest.mark.parametrize("number", [1, 3])
def test_asking_who_could_see_it_costs_the_same_queries(ana, goal, number, django_assert_num_queries):
    for group in [ana.group, *SupportGroupFactory.create_batch(number)]:
        own = ana if group == ana.group else MembershipFactory(group=group, person=ana.person)
        MembershipFactory.create_batch(number, group=group)
        RoleTermFactory.create_batch(number, group=group, role="tutor")
        GoalShareFactory(item=goal, membership=own)
    with django_assert_num_queries(4):
        circles = circles_of(goal, ana.person)
    assert [(len(circle.names), circle.with_all) for circle in circles] == [(2 * number, True)] * (number + 1)
    with django_assert_num_queries(2):
        assert len(names_of_who_sees(goal)) == 2 * number * (number + 1)


# The form


def chosen_in(goal, **typed):
    circles = circles_of(goal, goal.person)
    form = ChooseAudienceForm(typed, circles=circles)
    return form, form.audience() if form.is_valid() else form.errors


def test_the_form_shows_how_it_is_shared_now(ana, ben, cal, goal):
    share(goal, (ana, ben))
    form = ChooseAudienceForm(circles=circles_of(goal, ana.person))
    assert form[f"who_{ana.pk}"].value() == "chosen"
    assert form[f"chosen_{ana.pk}"].value() == [str(ben.pk)]
    assert form.fields[f"who_{ana.pk}"].label == "Who can see this?"


def test_the_form_gives_what_was_chosen(ana, ben, cal, goal):
    who, chosen = f"who_{ana.pk}", f"chosen_{ana.pk}"
    assert chosen_in(goal, **{who: "nobody", chosen: [str(ben.pk)]})[1] == []
    assert chosen_in(goal, **{who: "everyone"})[1] == [(ana, None)]
    assert chosen_in(goal, **{who: "chosen", chosen: [str(ben.pk), str(cal.pk)]})[1] == [(ana, ben), (ana, cal)]


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({}, "who", "Choose who can see this"),
        ({"who": "the world"}, "who", "Choose who can see this"),
        ({"who": "chosen"}, "chosen", "Choose at least one person"),
        ({"who": "chosen", "chosen": ["0"]}, "chosen", "Someone you chose is not in the group any more. Choose again."),
    ],
)
def test_a_form_that_says_too_little_gets_a_sentence(ana, ben, goal, typed, field, sentence):
    _form, errors = chosen_in(goal, **{f"{name}_{ana.pk}": value for name, value in typed.items()})
    assert errors == {f"{field}_{ana.pk}": [sentence]}


def test_two_groups_are_asked_about_one_by_one(ana, ben, goal):
    group = SupportGroupFactory(name="Friday Group")
    friday = MembershipFactory(group=group, person=ana.person)
    form, audience = chosen_in(goal, **{f"who_{ana.pk}": "nobody", f"who_{friday.pk}": "everyone"})
    assert [form.fields[f"who_{own.pk}"].label for own in (friday, ana)] == [
        "Who in Friday Group can see this?",
        "Who in Tuesday Group can see this?",
    ]
    # Nobody is there to choose from.
    assert [value for value, _label in form.fields[f"who_{friday.pk}"].choices] == ["nobody", "everyone"]
    assert audience == [(friday, None)]


def test_a_group_in_which_it_is_hidden_is_not_asked_about(ana, ben, goal):
    share(goal, (ana, None))
    hide(goal)
    circles = circles_of(goal, ana.person)
    assert [circle.hidden_reason for circle in circles] == ["It names someone"]
    assert list(ChooseAudienceForm(circles=circles).fields) == ["seen"]


# Looks


def test_a_tutors_look_is_in_the_owners_log(sign_in, ana, ben, tutor, goal):
    share(goal, (ana, None))
    client = sign_in(tutor)
    client.get(goal.get_absolute_url())
    client.get(reverse("supportplans:goal_list"))
    looks = looks_at(ana.person)
    assert {(look.actor, look.action, look.object_id, look.route) for look in looks} == {
        (tutor, "viewed", goal.pk, "supportplans:goal_detail"),
        (tutor, "viewed", goal.pk, "supportplans:goal_list"),
    }
    page = sign_in(ana.person).get(reverse("members:look_list")).text
    assert (tutor.preferred_name in page, "goal" in page) == (True, True)


def test_looks_of_peers_and_of_the_owner_are_not_logged(sign_in, ana, ben, goal):
    RoleTermFactory(group=ana.group, role="tutor", person=ana.person)
    share(goal, (ana, None))
    for person in (ana.person, ben.person):
        assert sign_in(person).get(goal.get_absolute_url()).status_code == 200
    assert not AccessLogEntry.objects.exists()


def test_tutor_elsewhere_who_is_chosen_as_a_friend_is_not_logged(sign_in, ana, ben, goal):
    RoleTermFactory(role="tutor", person=ben.person)
    share(goal, (ana, ben))
    assert sign_in(ben.person).get(goal.get_absolute_url()).status_code == 200
    assert not AccessLogEntry.objects.exists()


def test_a_look_that_cannot_be_written_down_shows_nothing(sign_in, monkeypatch, ana, tutor, goal):
    def refuse(**_entry):
        raise DatabaseError

    share(goal, (ana, None))
    monkeypatch.setattr("peersupport.access.log.record_each", refuse)
    with pytest.raises(DatabaseError):
        sign_in(tutor).get(goal.get_absolute_url())


# Two tabs


def test_an_old_tab_shows_it_to_nobody_who_was_taken_out_since(sign_in, ana, ben, cal, goal):
    who, chosen = f"who_{ana.pk}", f"chosen_{ana.pk}"
    share(goal, (ana, ben))
    seen = ChooseAudienceForm(circles=circles_of(goal, ana.person))["seen"].value()
    share(goal)
    client, url = sign_in(ana.person), reverse("supportplans:goal_share", args=[goal.pk])
    old_tab = {who: "chosen", chosen: [ben.pk, cal.pk], "seen": seen}
    page = client.post(url, old_tab).text
    assert "You changed who can see this in another tab. Now it is: only you." in page
    assert (sees(ben.person, goal), sees(cal.person, goal)) == (False, False)
    assert 'name="seen" value="-"' in page
    client.post(url, {**old_tab, "seen": "-"})
    assert (sees(ben.person, goal), sees(cal.person, goal)) == (True, True)


def test_the_same_choice_sent_twice_is_no_conflict(ana, ben, cal, goal):
    typed = {f"who_{ana.pk}": "chosen", f"chosen_{ana.pk}": [str(ben.pk)], "seen": "-"}
    for _time in range(2):
        _form, audience = chosen_in(goal, **typed)
        share(goal, *audience)
    assert [seer.chosen for seer in goal.shares.all()] == [ben]
    _form, errors = chosen_in(goal, **{**typed, f"chosen_{ana.pk}": [str(cal.pk)]})
    assert "Now it is: Ben." in errors["__all__"][0]
