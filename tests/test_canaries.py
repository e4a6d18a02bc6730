"""What one group keeps reaches nobody outside it, on no page: every address is crawled for its canary strings."""

import pytest
from django.test import Client
from django.utils import timezone

from groups.models import Membership
from members.models import Person
from supportplans.models import (
    FlareUp,
    Goal,
    MutualSupportPlan,
    PacingBaseline,
    PersonalPlanSection,
    PersonalPlanText,
    PlanSection,
    PlanSectionText,
    PlanWord,
    Remedy,
    Report,
    SelfReport,
    Trigger,
)
from tests import world as worlds
from tests.factories import NOW, GoalLevelFactory, GoalReviewFactory
from tests.test_urls import EXPECTED, address_of, status_of

pytestmark = pytest.mark.django_db

CANARY = "Zq7canary"
#: People with no relation to the group whose canaries are planted.
OUTSIDERS = ("anonymous", "stranger", "outsider", "other_coordinator", "other_lead")
#: People who work with the group's records, but must not see what members keep to themselves.
STAFF = ("tutor", "coordinator", "administrator", "lead", "interviewer", "analyst", "key_holder", "approver")


@pytest.fixture
def world():
    """The small world with a canary in every text that members write or are known by."""
    world = worlds.build()
    group = world.rows["group"]
    type(group).objects.filter(pk=group.pk).update(name=f"{CANARY} group", about=f"{CANARY} about")
    own = Membership.objects.filter(group=group).values("person")
    for person in Person.objects.filter(pk__in=own):
        Person.objects.filter(pk=person.pk).update(
            preferred_name=f"{CANARY} name {person.pk}", email=f"{CANARY}{person.pk}@example.org"
        )
    Goal.objects.update(what=f"{CANARY} what", why=f"{CANARY} why", next_step=f"{CANARY} step")
    shared = Goal.objects.filter(pk=world.rows["shared_goal"].pk)
    shared.update(what=f"{CANARY} shared", why=f"{CANARY} shared", next_step=f"{CANARY} shared")
    GoalReviewFactory(goal=world.rows["goal"], note=f"{CANARY} note", next_step=f"{CANARY} step")
    GoalLevelFactory(goal=world.rows["draft_goal"], text=f"{CANARY} level")
    Report.objects.update(words=f"{CANARY} report")
    FlareUp.objects.update(note=f"{CANARY} remember")
    Trigger.objects.update(name=f"{CANARY} cause")
    Remedy.objects.update(name=f"{CANARY} tried")
    PlanSection.objects.update(text=f"{CANARY} plan")
    PersonalPlanSection.objects.update(text=f"{CANARY} own")
    PersonalPlanSection.objects.filter(shares__isnull=False).update(text=f"{CANARY} shared words")
    PacingBaseline.objects.update(what=f"{CANARY} pace")
    PersonalPlanText.objects.create(
        section=world.rows["personal_section"], text=f"{CANARY} before", revision=7, written_at=NOW
    )
    PlanSectionText.objects.create(section=world.rows["section"], revision=1, text=f"{CANARY} replaced")
    PlanWord.objects.create(
        plan=world.rows["proposed_plan"],
        person=world.people["member"],
        word="agree",
        note=f"{CANARY} word",
        said_at=timezone.now(),
    )
    return world


def pages_for(world, who):
    """(name, content) of every page that GET gives `who`."""
    browser = Client()
    if who != "anonymous":
        browser.force_login(Person.objects.get(pk=world.people[who].pk))
    for name, (row, method, _answers) in EXPECTED.items():
        if method == "get":
            response = browser.get(address_of(name, row, world.rows))
            yield name, b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_page_tells_an_outsider_about_the_group(world, who):
    # A researcher elsewhere chooses the groups of a new study from a list of names: see decision 10.
    # The stranger has asked this group whether they can join, and sees its name where they wait for the answer.
    allowed = {"other_lead": {"evaluation:study_add"}, "stranger": {"groups:group_find"}}.get(who, set())
    leaks = {name for name, content in pages_for(world, who) if CANARY.encode() in content}
    assert leaks - allowed == set()


@pytest.mark.parametrize("who", STAFF)
def test_no_page_tells_staff_what_members_keep_to_themselves(world, who):
    kept = ("what", "why", "step", "note", "level", "cause", "tried", "remember", "earlier", "own", "before", "pace")
    private = [f"{CANARY} {word}".encode() for word in kept]
    for name, content in pages_for(world, who):
        assert not [text for text in private if text in content], name


@pytest.mark.parametrize("who", [who for who in STAFF if who != "tutor"])
def test_what_is_shared_with_a_group_reaches_its_tutor_and_no_other_staff(world, who):
    shared = [f"{CANARY} {word}".encode() for word in ("shared", "report")]
    for name, content in pages_for(world, who):
        assert not [text for text in shared if text in content], name
    seen = b"".join(content for _name, content in pages_for(world, "tutor"))
    assert all(text in seen for text in shared)


@pytest.mark.parametrize("who", ["member", "peer", "tutor", "coordinator", "lead"])
def test_no_page_shows_a_members_address_to_another(world, who):
    own = Person.objects.get(pk=world.people[who].pk).email
    for name, content in pages_for(world, who):
        others = content.decode(errors="replace").replace(own, "")
        assert f"{CANARY}" not in others.replace(f"{CANARY} ", ""), name


def test_canaries_are_where_members_can_see_them(world):
    """Or the tests above would prove nothing."""
    seen = b"".join(content for _name, content in pages_for(world, "member"))
    words = ("group", "about", "name", "what", "step", "level", "shared", "plan", "own", "before", "word", "replaced")
    for word in (*words, "cause", "tried", "remember", "earlier", "pace"):
        assert f"{CANARY} {word}".encode() in seen, word


def test_another_persons_rows_answer_404_to_a_replayed_request(world):
    """What a member may open and post answers 404 to a member of another group."""
    browser = Client()
    browser.force_login(world.people["outsider"])
    replayed = [
        (name, row, method)
        for name, (row, method, answers) in EXPECTED.items()
        if row and row != "open_group" and any("member" in people for people in answers.values())
    ]
    assert len(replayed) > 25
    for name, row, method in replayed:
        assert status_of(browser, method, address_of(name, row, world.rows)) == 404, name


def test_how_a_member_is_stays_with_them(world):
    """There is no text in it to plant a canary in: who can see the rows is asked instead."""
    for who, person in world.people.items():
        seen = set(SelfReport.objects.visible_to(person).values_list("pk", flat=True))
        own = {world.rows["finished_report"].pk, world.rows["open_report"].pk}
        assert seen == (own if who == "member" else set()), who


def test_plan_texts_stay_with_the_group(world):
    plan = MutualSupportPlan.objects.get(pk=world.rows["plan"].pk)
    for who in ("outsider", "coordinator", "lead"):
        assert not MutualSupportPlan.objects.visible_to(world.people[who]).filter(pk=plan.pk).exists()
