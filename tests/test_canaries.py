"""What one group keeps reaches nobody outside it, on no page: every address is crawled for its canary strings."""

import re

import pytest
from django.test import Client

from supportplans.models import MutualSupportPlan, SelfReport
from tests.canaries import ALL_IN_ONE, CANARY, OUTSIDERS, STAFF, planted, visit
from tests.test_urls import EXPECTED, address_of, status_of

pytestmark = [pytest.mark.django_db, ALL_IN_ONE]


@pytest.fixture
def world():
    return planted()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_page_tells_an_outsider_about_the_group(who):
    # A researcher elsewhere chooses the groups of a new study from a list of names: see decision 10.
    # The stranger has asked this group whether they can join, and sees its name where they wait for the answer.
    allowed = {"other_lead": {"evaluation:study_add"}, "stranger": {"groups:group_find"}}.get(who, set())
    leaks = {name for name, content in visit(who).pages if CANARY.encode() in content}
    assert leaks - allowed == set()


@pytest.mark.parametrize("who", STAFF)
def test_no_page_tells_staff_what_members_keep_to_themselves(who):
    kept = ("what", "why", "step", "note", "level", "cause", "tried", "remember", "earlier", "own", "before", "pace")
    private = [f"{CANARY} {word}".encode() for word in kept]
    for name, content in visit(who).pages:
        assert not [text for text in private if text in content], name


@pytest.mark.parametrize("who", [who for who in STAFF if who != "tutor"])
def test_what_is_shared_with_a_group_reaches_its_tutor_and_no_other_staff(who):
    shared = [f"{CANARY} {word}".encode() for word in ("shared", "report")]
    for name, content in visit(who).pages:
        assert not [text for text in shared if text in content], name
    assert all(text in visit("tutor").content for text in shared)


@pytest.mark.parametrize("who", ["member", "peer", "tutor", "coordinator", "lead"])
def test_no_page_shows_a_members_address_to_another(who):
    for name, content in visit(who).pages:
        others = content.decode(errors="replace").replace(visit(who).email, "")
        # A word of its own is no address, whether or not the redaction desk marks it.
        assert CANARY not in re.sub(rf"{CANARY}(</\w+>)? ", "", others), name


def test_canaries_are_where_members_can_see_them():
    """Or the tests above would prove nothing."""
    seen = visit("member").content
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
        if row
        and row != "open_group"
        and any("member" in people for people in answers.values())
        # Programs come without a session and show a token: tests/evaluation/test_api.py.
        and not name.startswith("research_api:")
    ]
    assert len(replayed) > 25
    for name, row, method in replayed:
        assert status_of(browser, method, address_of(name, row, world.rows)) == 404, name


@pytest.mark.parametrize("who", [*OUTSIDERS, *STAFF, "member", "peer"])
def test_why_someone_said_no_to_a_study_is_read_by_those_who_ask(who):
    assert (b"Zq7asked words" in visit(who).content) == (who in {"lead", "interviewer"})


@pytest.mark.parametrize("who", [*OUTSIDERS, *STAFF, "member", "peer"])
def test_what_analysts_write_stays_with_those_who_code(who):
    words = {"name", "definition", "memo", "summary"}
    seen = {word for word in words if f"Zq7code {word}".encode() in visit(who).content}
    assert seen == (words if who in {"lead", "analyst"} else set())


@pytest.mark.parametrize("who", [*OUTSIDERS, *STAFF, "member", "peer"])
def test_what_is_noted_in_interviews_stays_with_who_interviews(who):
    """Analysts read guides; the participant, who is the peer, reads where their own appointment is."""
    words = {"note", "place", "question"}
    seen = {word for word in words if f"Zq7talk {word}".encode() in visit(who).content}
    allowed = {"lead": words, "interviewer": words, "analyst": {"question"}, "peer": {"place"}}
    assert seen == allowed.get(who, set())


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
