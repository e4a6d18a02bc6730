"""A member writes a plan on a better day; it saves itself, whatever happens meanwhile; on a bad day it is there."""

import re
import uuid

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from supportplans.models import PersonalPlanSection, PersonalPlanText
from supportplans.services.personal_plan import edit_personal_section
from tests.factories import NOW, MembershipFactory, PersonalPlanSectionFactory

FIRST_STEPS = "/my-plan/first_steps/"
QUESTION = "What do you do first when it flares?"

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def maria():
    return MembershipFactory(group__name="Tuesday Group", person__preferred_name="Maria").person


@pytest.fixture
def at_first_steps(walk, client, maria):
    walk.sign_in(client, maria)
    walk.open(FIRST_STEPS)
    return walk


def write(walk, text):
    walk.tab_to(QUESTION)
    walk.page.keyboard.press("Control+A")
    walk.page.keyboard.insert_text(text)


def then_shows(walk, words):
    """What stands below the box, and is read out."""
    expect(walk.page.locator("[data-state]:visible")).to_contain_text(words)
    expect(walk.page.locator("[data-autosave-said]")).to_contain_text(words)


def standing():
    return PersonalPlanSection.objects.get(kind="first_steps").text


def kept_in_the_tab(walk):
    return walk.page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('autosave:')).length")


def test_a_plan_is_written_once_and_there_on_a_bad_day(walk, client, maria):
    # Given a member on a better day
    walk.sign_in(client, maria)
    walk.open("/")
    walk.follow(re.compile("^My plan$"))
    walk.then_reads("One line is enough.", "Who can see this: Only you")
    # When she writes her first steps, and goes without pressing anything
    walk.follow("Start with your first steps")
    write(walk, "Lie on my side. Tell Joan.")
    then_shows(walk, "Saved")
    assert standing() == "Lie on my side. Tell Joan."
    assert kept_in_the_tab(walk) == 0
    walk.page.keyboard.press("Shift+Tab")
    walk.follow("My plan")
    # Then it is in her plan, and what is blank stays quiet
    walk.then_reads("Lie on my side. Tell Joan.", "It can stay so.")
    # When she writes another part and presses Save
    walk.follow("What helps, and what doesn't")
    walk.fill("What helps you, and what doesn't?", "Warmth helps.")
    walk.follow("Save")
    walk.then_reads("Warmth helps.")
    # And one day it flares
    walk.open("/flare-ups/log/")
    walk.follow("It's started")
    # Then her own words are there at once
    walk.then_reads("Your plan says", "Lie on my side. Tell Joan.", "Warmth helps.")
    walk.follow("See all of your plan")
    walk.then_reads("Last looked at on")


def test_words_typed_just_before_leaving_are_saved(at_first_steps):
    walk = at_first_steps
    # When she types and leaves in the same second
    write(walk, "Quick words.")
    walk.page.evaluate("location.assign('/my-plan/')")
    walk.page.wait_for_url("**/my-plan/")
    # Then they are there when she comes back
    walk.open(FIRST_STEPS)
    expect(walk.page.get_by_label(QUESTION)).to_have_value("Quick words.")
    walk.page.wait_for_timeout(1500)
    assert standing() == "Quick words."


def test_no_connection_loses_nothing_and_it_saves_itself_once_back(at_first_steps):
    walk = at_first_steps
    # Given a page that is open when the connection goes
    walk.page.context.set_offline(True)
    # When she types
    write(walk, "Put the list down.")
    # Then she is told, and the words stay, whatever she presses
    then_shows(walk, "Not saved: no connection. It is kept on this page, and we try again.")
    walk.tab_to("Save")
    walk.page.keyboard.press("Enter")
    expect(walk.page.get_by_label(QUESTION)).to_have_value("Put the list down.")
    assert kept_in_the_tab(walk) == 1
    assert not PersonalPlanSection.objects.exists()
    walk._look()
    # When the connection is back
    walk.page.context.set_offline(False)
    # Then it is saved without a tap
    then_shows(walk, "Saved")
    assert standing() == "Put the list down."
    assert kept_in_the_tab(walk) == 0


def test_answer_that_gets_lost_on_its_way_is_no_conflict(at_first_steps):
    walk = at_first_steps
    # Given a connection that breaks after the words arrived and before the answer did
    walk.page.route(f"**{FIRST_STEPS}", lambda route: (route.fetch(), route.abort()), times=1)
    write(walk, "Lie down.")
    then_shows(walk, "Not saved: no connection.")
    assert standing() == "Lie down."
    # When she goes on typing
    write(walk, "Lie down. Tell Joan.")
    # Then it is saved, and she hears of no other text
    then_shows(walk, "Saved")
    assert standing() == "Lie down. Tell Joan."
    assert not PersonalPlanText.objects.exists()


def test_page_that_was_closed_without_a_connection_brings_the_words_back(at_first_steps):
    walk = at_first_steps
    walk.page.context.set_offline(True)
    write(walk, "Put the list down.")
    then_shows(walk, "Not saved: no connection.")
    # When the page goes away with nothing saved, and comes back in the same tab
    walk.page.route(
        f"**{FIRST_STEPS}", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    walk.page.context.set_offline(False)
    walk.open(FIRST_STEPS)
    # Then the words are back in the box
    expect(walk.page.get_by_label(QUESTION)).to_have_value("Put the list down.")
    walk.page.unroute_all()
    then_shows(walk, "Saved")
    assert standing() == "Put the list down."


def test_two_tabs_show_both_texts(at_first_steps, maria):
    walk = at_first_steps
    # Given another device that has saved meanwhile
    other = {"revision": 0, "sitting": uuid.uuid4(), "step": 0, "by": maria, "now": NOW}
    edit_personal_section(kind="first_steps", text="Ring my sister.", **other)
    # When she types here
    write(walk, "Ring Joan.")
    then_shows(walk, "Not saved: this was changed on another page or device. Press Save to see both texts.")
    walk.follow("Save")
    # Then both are on the page
    walk.then_reads("What stands there now", "Ring my sister.")
    assert walk.page.get_by_label(QUESTION).input_value() == "Ring Joan."
    assert standing() == "Ring my sister."
    # And once she has put them together, the other one can still be read
    write(walk, "Ring Joan, then my sister.")
    walk.follow("Save")
    walk.then_reads("Ring Joan, then my sister.")
    walk.follow(re.compile("Change the words ?: First steps"))
    walk.follow("What it said before")
    walk.then_reads("Ring my sister.")
    walk.follow(re.compile("Bring this back"))
    walk.then_reads("It is back.")
    assert standing() == "Ring my sister."


def test_session_that_ran_out_keeps_the_words_until_she_is_signed_in_again(at_first_steps, client, maria):
    walk = at_first_steps
    # Given a session that ran out while the page was open
    Session.objects.all().delete()
    write(walk, "Cut today in half.")
    then_shows(walk, "Not saved: you are signed out. Your words are kept on this page.")
    walk._look()
    # When she signs in on another page and comes back
    walk.sign_in(client, maria)
    other = walk.page.context.new_page()
    other.goto(walk.address + "/my-plan/")
    other.close()
    walk.page.evaluate("dispatchEvent(new Event('focus'))")
    # Then it is saved
    then_shows(walk, "Saved")
    assert standing() == "Cut today in half."


def test_someone_else_who_signs_in_on_the_device_gets_none_of_it(at_first_steps, client):
    walk = at_first_steps
    walk.page.context.set_offline(True)
    write(walk, "My own words.")
    then_shows(walk, "Not saved: no connection.")
    # When another person signs in in the meantime
    other = MembershipFactory().person
    walk.sign_in(client, other)
    walk.page.context.set_offline(False)
    # Then nothing is saved for either, and the page says so
    then_shows(walk, "Someone else is signed in on this device now.")
    assert not PersonalPlanSection.objects.exists()
    # And their own page neither shows nor keeps it
    walk.open(FIRST_STEPS)
    assert walk.page.get_by_label(QUESTION).input_value() == ""
    assert kept_in_the_tab(walk) == 0


def test_far_too_much_pasted_is_said_and_not_cut(at_first_steps):
    walk = at_first_steps
    text = "words " * 17_000
    write(walk, text)
    then_shows(walk, "Use 5000 characters or fewer.")
    assert walk.page.get_by_label(QUESTION).input_value() == text
    walk.follow("Save")
    walk.then_reads("Use 5000 characters or fewer.")
    assert not PersonalPlanSection.objects.exists()
    # And once it is shorter it saves itself again
    write(walk, "Words.")
    then_shows(walk, "Saved")
    assert standing() == "Words."


def test_saving_says_so_once_and_not_at_every_word(at_first_steps):
    walk = at_first_steps
    walk.page.evaluate(
        """() => { window.said = []; new MutationObserver(() => said.push(1)).observe(
        document.querySelector('[data-autosave-said]'), {childList: true, characterData: true, subtree: true}) }"""
    )
    for text in ("Lie", "Lie down", "Lie down."):
        write(walk, text)
        expect(walk.page.locator("[data-state=typing]")).to_be_visible()
        expect(walk.page.locator("[data-state=saved]")).to_be_visible()
    assert walk.page.evaluate("said.length") == 1


def test_a_card_is_chosen_and_printed(walk, client, maria):
    # Given a plan with some words
    plan = PersonalPlanSectionFactory(plan__person=maria, text="Lie on my side for twenty minutes. Tell Joan.").plan
    PersonalPlanSectionFactory(plan=plan, kind="contacts", text="Joan, by text. My sister, after six.")
    PersonalPlanSectionFactory(plan=plan, kind="reward", text="Cake at the garden centre.")
    walk.sign_in(client, maria)
    walk.open("/my-plan/")
    walk.follow("Print a card for your wallet or fridge")
    # Then the usual sections are on it
    walk.then_reads("Joan, by text.", "116 123")
    walk.then_does_not_read("Cake at the garden centre.")
    # When she adds one and makes it big
    walk.tick("Something nice for me")
    walk.choose("How big?", "For the fridge")
    walk.follow("Show the card")
    walk.then_reads("Cake at the garden centre.")
    # Then nothing but the card is printed
    walk.page.emulate_media(media="print")
    visible = " ".join(walk.page.inner_text("body").split())
    assert visible.startswith("First steps when it flares Lie on my side")
    assert visible.endswith("Cake at the garden centre.")
    walk.page.emulate_media(media="screen")


def test_a_part_is_shown_to_one_person_and_reported(walk, client, maria):
    # Given a plan, of which nobody else sees anything
    group = maria.memberships.get().group
    ben = MembershipFactory(group=group, person__preferred_name="Ben").person
    plan = PersonalPlanSectionFactory(plan__person=maria, text="Lie on my side. Tell Joan.").plan
    PersonalPlanSectionFactory(plan=plan, kind="reward", text="Cake at the garden centre.")
    walk.sign_in(client, maria)
    walk.open("/my-plan/")
    # When she shows one part to Ben
    walk.follow(re.compile("^Change who can see this"))
    walk.choose("Who can see this?", "Only people I choose")
    walk.tick("Ben")
    walk.follow("Save")
    walk.then_reads("Who can see this: You and 1 other: Ben", "Who can see this: Only you")
    # Then he reads that part and no other
    walk.sign_in(client, ben)
    walk.open(group.get_absolute_url())
    walk.follow("What members share with you from their own plans")
    walk.follow("What Maria shares with you")
    walk.then_reads("Lie on my side. Tell Joan.")
    walk.then_does_not_read("Cake")
    # And can say that others should not see it
    walk.follow(re.compile("^Report this"))
    walk.choose("What is wrong with it?", "It says something about someone else")
    walk.follow("Send it")
    walk.then_reads("Sent to those who look after the group.")
