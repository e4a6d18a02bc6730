"""What a member has typed is not lost: when her session runs out, when a page is closed by a slip, when we are away."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import OperationalError

from supportplans.models import Goal
from tests.factories import MembershipFactory, PersonFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

WHAT = "What do you want to do?"
WHY = "Why does it matter to you? (if you like)"
KEPT = "We kept what you had typed. It is not saved yet."
DRAFTS = "Object.keys(sessionStorage)"


@pytest.fixture
def maria():
    person = MembershipFactory(person__preferred_name="Maria", person__email="maria@example.org").person
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def goal_page(walk, client, maria):
    """Maria at the page of a new goal, halfway through."""
    walk.sign_in(client, maria)
    walk.open("/goals/add/")
    walk.fill(WHAT, "Go back to choir 🎵")
    walk.fill(WHY, "كورال مع الأصدقاء")
    walk.choose("How often do you want to look back at it?", "Every 2 weeks")
    walk.page.wait_for_timeout(600)
    return walk


def then_it_is_there(walk):
    walk.page.get_by_text(KEPT).wait_for()
    assert walk.page.input_value("#id_what") == "Go back to choir 🎵"
    assert walk.page.input_value("#id_why") == "كورال مع الأصدقاء"
    assert walk.page.get_by_label("Every 2 weeks").is_checked()


def test_a_session_that_runs_out_leads_back_to_what_was_typed(goal_page, walk):
    # Given that her session ran out while she was typing
    Session.objects.all().delete()
    # When she sends it
    walk.follow("Save")
    # Then she is told, and signs in with a code
    walk.then_reads("That was not saved: you had been signed out.")
    walk.fill("Your email address", "maria@example.org")
    walk.follow("Email me a code")
    walk.fill("Code", re.search(r"^    (\S+)$", mail.outbox.pop().body, re.MULTILINE)[1])
    walk.follow("Continue")
    # Then she is back, with every word
    walk.then_heading_is("Set a goal")
    then_it_is_there(walk)
    walk._look()
    walk.follow("Save")
    walk.then_reads("Your goal is set.")
    assert Goal.objects.get().what == "Go back to choir 🎵"
    # And once it is saved nothing stays behind, not even when she goes back
    assert walk.page.evaluate(DRAFTS) == []
    walk.open("/goals/add/")
    walk.then_does_not_read(KEPT)
    assert walk.page.input_value("#id_what") == ""


def test_a_page_that_is_left_by_a_slip_has_it_when_she_comes_back(goal_page, walk):
    walk.open("/")
    walk.open("/goals/add/")
    then_it_is_there(walk)
    # And she can start afresh
    walk.tab_to("Start afresh")
    walk.page.keyboard.press("Enter")
    assert walk.page.input_value("#id_what") == ""
    assert not walk.page.get_by_label("Every 2 weeks").is_checked()
    assert walk.page.evaluate("document.activeElement.id") == "id_what"
    walk.page.reload()
    walk.then_does_not_read(KEPT)


def test_a_mistake_keeps_it_as_before_and_it_is_gone_once_saved(goal_page, walk):
    walk.fill(WHAT, "")
    walk.follow("Save")
    walk.then_reads("Enter what you want to do")
    walk.then_does_not_read(KEPT)
    walk.open("/goals/add/")
    walk.page.get_by_text(KEPT).wait_for()
    assert walk.page.input_value("#id_why") == "كورال مع الأصدقاء"
    walk.fill(WHAT, "Go back to choir")
    walk.follow("Save")
    assert walk.page.evaluate(DRAFTS) == []


def test_we_are_away_when_it_is_sent(goal_page, walk, monkeypatch):
    def away(**details):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr("supportplans.views.goal.add_goal", away)
        walk.follow("Save")
        walk.then_reads("We are not available right now")
    walk.page.go_back()
    then_it_is_there(walk)


def test_signing_out_takes_it_along(goal_page, walk):
    assert len(walk.page.evaluate(DRAFTS)) == 1
    walk.follow("Sign out")
    assert walk.page.evaluate(DRAFTS) == []


def test_another_person_in_the_same_tab_finds_nothing(goal_page, walk, client):
    walk.page.context.clear_cookies()
    walk.sign_in(client, MembershipFactory(person__preferred_name="Ben").person)
    walk.open("/goals/add/")
    walk.then_does_not_read(KEPT)
    assert walk.page.input_value("#id_what") == ""
    assert walk.page.evaluate(DRAFTS) == []


def test_codes_are_not_kept(walk, client):
    walk.sign_in(client, PersonFactory())
    walk.open("/join/")
    walk.page.locator("input[type=text]").first.fill("7K3M9-QX2RD")
    walk.page.wait_for_timeout(600)
    assert walk.page.evaluate(DRAFTS) == []
