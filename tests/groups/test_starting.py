"""Setting a group up: step by step, and its checklist."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.invitees import Invitee
from groups.models import ChecklistItem, ChecklistStep, Invitation, RoleTerm, SupportGroup
from groups.services.checklist import add_item, add_usual_items, raise_item, remove_item
from groups.services.group import start_group
from groups.services.invitation import accept_invitation, invite_people
from groups.services.meeting import plan_meeting
from groups.services.site import add_site
from tests.factories import (
    NOW,
    MembershipFactory,
    PersonFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SiteFactory,
    SupportGroupFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db
DETAILS = {"name": "Tuesday group", "about": "Tea", "join_rule": "closed", "time_zone": "Europe/London"}


@pytest.fixture
def group():
    group = SupportGroupFactory(state="forming")
    for number, page in enumerate(("people", "meeting", "roles", "plan")):
        group.checklist_steps.create(position=number, title=f"Do {page}", page=page)
    return group


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def settled(group):
    return set(group.checklist_steps.exclude(state="open").values_list("page", flat=True))


# The checklist


def test_a_new_site_begins_with_the_usual_steps_and_each_group_gets_its_copy():
    site = add_site(name="Southmead", kind="nhs_trust", by=PersonFactory(), now=NOW)
    tutor = PersonFactory()
    group = start_group(site=site, programme=None, by=tutor, now=NOW, **DETAILS)
    pages = [step.page for step in group.checklist_steps.all()]
    assert pages == ["purpose", "people", "venue", "meeting", "roles", "contact", "ground_rules", "plan"]
    assert settled(group) == {"purpose"}
    ChecklistItem.objects.filter(site=site).delete()
    assert group.checklist_steps.count() == 8


def test_whatever_is_done_is_ticked_by_the_doing(group, tutor):
    invite_people(group=group, people=[Invitee("Sam", "sam@example.org")], by=tutor, now=NOW)
    assert settled(group) == {"people"}
    day = (NOW + timedelta(days=9)).date()
    plan_meeting(
        group=group, on=day, start_time=NOW.time(), duration_minutes=60, venue=VenueFactory(), by=tutor, now=NOW
    )
    assert settled(group) == {"people", "meeting"}
    step = group.checklist_steps.get(page="meeting")
    assert (step.state, step.settled_by, step.settled_at) == ("done", tutor, NOW)


def test_a_step_is_done_not_needed_or_open_again(sign_in, group, tutor):
    client, step = sign_in(tutor), group.checklist_steps.get(page="plan")
    for state, by in (("done", tutor), ("open", None), ("not_needed", tutor)):
        client.post(address("checklist_step_settle", step), {"state": state})
        step.refresh_from_db()
        assert (step.state, step.settled_by) == (state, by)
    assert "1 of 4 steps are settled." in client.get(address("checklist_detail", group)).text


def test_a_state_that_does_not_exist_changes_nothing(sign_in, group, tutor):
    step = group.checklist_steps.get(page="plan")
    page = sign_in(tutor).post(address("checklist_step_settle", step), {"state": "x"}, follow=True).text
    assert "Choose one of the answers." in page
    step.refresh_from_db()
    assert step.state == "open"


@pytest.mark.parametrize("number", [1, 3])
def test_the_checklist_costs_the_same_queries(sign_in, group, tutor, number, django_assert_num_queries):
    for position in range(number):
        group.checklist_steps.create(
            position=position, title="More", state="done", settled_by=PersonFactory(), settled_at=NOW
        )
    client = sign_in(tutor)
    client.get(address("checklist_detail", group))
    with django_assert_num_queries(7):
        client.get(address("checklist_detail", group))


# The site's template


def test_a_coordinator_shapes_the_steps(sign_in):
    site = SiteFactory()
    add_usual_items(site=site)
    client = sign_in(ProgrammeStaffFactory(site=site).person)
    assert "Invite the people" in client.get(address("checklist_item_list", site)).text
    assert "Enter what there is to do" in client.post(address("checklist_item_add", site), {"hint": "Kept"}).text
    client.post(address("checklist_item_add", site), {"title": "Get the key", "hint": "From the caretaker"})
    item = ChecklistItem.objects.get(title="Get the key")
    client.post(address("checklist_item_edit", item), {"title": "Get the keys", "hint": ""})
    client.post(address("checklist_item_raise", item))
    client.post(address("checklist_item_remove", ChecklistItem.objects.get(page="purpose")))
    titles = list(ChecklistItem.objects.filter(site=site).values_list("title", flat=True))
    assert titles[-2:] == ["Get the keys", "Write your first support plan"]
    assert (titles[0], len(titles)) == ("Invite the people", 8)


def test_the_first_step_stays_where_it_is():
    site = SiteFactory()
    first, second = (add_item(site=site, title=title, hint="") for title in ("A", "B"))
    raise_item(item=first)
    assert list(ChecklistItem.objects.all()) == [first, second]
    remove_item(item=first)
    raise_item(item=second)
    assert list(ChecklistItem.objects.all()) == [second]


def test_a_coordinator_elsewhere_does_not(sign_in):
    item = add_item(site=SiteFactory(), title="A", hint="")
    client = sign_in(ProgrammeStaffFactory().person)
    assert client.get(address("checklist_item_list", item.site)).status_code == 404
    assert client.post(address("checklist_item_remove", item)).status_code == 404
    assert ChecklistItem.objects.filter(pk=item.pk).exists()


# Step by step


def test_a_group_starts_without_a_programme(sign_in, tutor, group):
    client = sign_in(tutor)
    assert address("site_group_start", group.site) in client.get(reverse("groups:programme_list")).text
    page = client.post(address("site_group_start", group.site), DETAILS | {"venue": "later"})
    started = SupportGroup.objects.get(name="Tuesday group")
    assert (started.programme, started.site) == (None, group.site)
    assert page.url == address("invitation_add", started) + "?setup"
    assert RoleTerm.objects.tutors().current().get(group=started).person == tutor


def test_each_step_leads_to_the_next_and_can_be_skipped(sign_in, group, tutor):
    client = sign_in(tutor)
    steps = [address(name, group) + "?setup" for name in ("invitation_add", "meeting_plan", "role_share_out")]
    steps.append(address("checklist_detail", group) + "?setup")
    for number, (step, following) in enumerate(pairwise(steps), 2):
        page = client.get(step).text
        assert f"Step {number} of 5." in page
        assert f'href="{following}"' in page
    last = client.get(steps[-1]).text
    assert "Step 5 of 5." in last
    assert "Skip this for now" not in last
    assert client.post(steps[0], {"people": "Sam <sam@example.org>"}).url == steps[1]
    soon = timezone.localdate() + timedelta(days=9)
    when = {"on_day": soon.day, "on_month": soon.month, "on_year": soon.year, "start_time": "2pm"}
    typed = when | {"duration_minutes": 60, "repeat": "not", "venue": "later"}
    assert client.post(steps[1], typed).url == steps[2]
    assert client.post(steps[2], {}).url == steps[3]


def test_the_same_pages_without_setting_up_show_no_steps(sign_in, group, tutor):
    assert "Step 2 of 5" not in sign_in(tutor).get(address("invitation_add", group)).text


def test_roles_are_shared_out_before_everyone_has_joined(sign_in, group, tutor):
    member = MembershipFactory(group=group, person__preferred_name="Mona")
    invite_people(group=group, people=[Invitee("Sam", "sam@example.org")], by=tutor, now=timezone.now())
    invitation = Invitation.objects.get()
    client = sign_in(tutor)
    typed = {"contact": f"m{member.pk}", "deputy": f"i{invitation.pk}"}
    page = client.post(address("role_share_out", group), typed, follow=True).text
    assert "Members are asked now, the others when they join." in page
    assert RoleTerm.objects.get(person=member.person).role == "contact"
    sam = PersonFactory()
    accept_invitation(invitation=invitation, by=sam, now=timezone.now())
    offer = RoleTerm.objects.get(person=sam)
    assert (offer.role, offer.accepted_at, offer.offered_by) == ("deputy", None, tutor)
    # Sharing out again asks nobody twice.
    client.post(address("role_share_out", group), {"contact": f"m{member.pk}"})
    assert RoleTerm.objects.filter(person=member.person).count() == 1


def test_someone_who_has_not_joined_takes_one_role_at_most(sign_in, group, tutor):
    invite_people(group=group, people=[Invitee("Sam", "sam@example.org")], by=tutor, now=timezone.now())
    key = f"i{Invitation.objects.get().pk}"
    page = sign_in(tutor).post(address("role_share_out", group), {"contact": key, "deputy": key}).text
    assert "Someone who has not joined yet can be asked for one role." in page
    assert Invitation.objects.get().role == ""


def test_whoever_is_not_of_the_group_can_not_be_chosen(sign_in, group, tutor):
    elsewhere = MembershipFactory()
    page = sign_in(tutor).post(address("role_share_out", group), {"contact": f"m{elsewhere.pk}"}).text
    assert "Choose one of the answers" in page


def test_steps_of_another_group_are_not_there(sign_in, tutor):
    step = ChecklistStep.objects.create(group=SupportGroupFactory(), position=1, title="Theirs")
    assert sign_in(tutor).post(address("checklist_step_settle", step), {"state": "done"}).status_code == 404
