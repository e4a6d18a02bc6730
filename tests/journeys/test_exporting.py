"""From asking for an export to having it, and what a withdrawal changes in the next one."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from evaluation.exports.verify import verify
from peersupport.access.models import AccessLogEntry
from tests.evaluation.exporting import PURPOSES, StudyWorld, table
from tests.factories import StudyMemberFactory
from tests.second_factor import code_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("celery_worker_process")]
MADE_WITHIN = 20_000


@pytest.fixture
def world():
    """A study with four people who agreed to all it asks."""
    world = StudyWorld()
    for _number in range(4):
        world.participant(*PURPOSES)
    return world


@pytest.fixture
def analyst(world, with_second_factor):
    return with_second_factor(StudyMemberFactory(study=world.study, duty="analyst").person)


@pytest.fixture
def approver(world, with_second_factor):
    return with_second_factor(world.approver)


def asks_for_an_export(walk):
    walk.follow("Ask for an export")
    walk.choose("What goes in?", "Numbers")
    walk.choose("Does it have to fit with other exports of this study?", "Yes")
    walk.fill("What is it for?", "A paper on attendance")
    walk.fill("Who will use it?", "The study team")
    walk.follow("Ask for the export")
    walk.then_reads("Waiting for a second person")
    return walk.page.url


def approves_it(walk):
    walk.then_reads("A paper on attendance", "Could someone be recognised?")
    walk.choose("Do you approve it?", "Yes")
    walk.fill("Why?", "It is in the protocol.")
    walk.follow("Save the decision")


def takes_it(walk, address, path):
    """Wait until it is made, and take it."""
    walk.page.goto(address)
    walk.page.get_by_role("button", name="Download").wait_for(timeout=MADE_WITHIN)
    walk.tab_to("Download")
    with walk.page.expect_download() as download:
        walk.page.keyboard.press("Enter")
    download.value.save_as(path)
    verify(path)
    return path


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("phone")
def test_a_researcher_exports_and_a_withdrawal_is_gone_from_the_next_one(
    walk, client, world, analyst, approver, has_given_second_factor, tmp_path
):
    # Given an analyst of a study
    walk.sign_in(client, analyst)
    walk.open(world.study.get_absolute_url())
    walk.follow("Exports")
    walk.then_reads("No exports yet")
    # When nothing is filled in, each question says what to do
    walk.follow("Ask for an export")
    walk.then_reads("Who would be in it, if it were made now", "Left out: they withdrew 0")
    walk.follow("Ask for the export")
    walk.then_reads("Choose what goes in", "Enter what the export is for", "Enter who will use the export")
    walk.open(f"/research/studies/{world.study.pk}/exports/")
    first = asks_for_an_export(walk)
    # And someone else reads what it is for and how well people are hidden, and says yes with their second step
    walk.sign_in(client, approver)
    walk.page.goto(first)
    walk.follow("Look at it and decide")
    approves_it(walk)
    walk.fill("Code", code_of(approver))
    walk.follow("Continue")
    walk.then_reads("Your decision is saved.", "It is in the protocol.")
    # Then the export is made while the page is looked at, and the download is on record
    walk.sign_in(client, analyst)
    has_given_second_factor(client)
    before = takes_it(walk, first, tmp_path / "first.zip")
    assert len(table(before, "participants")) == 4
    assert AccessLogEntry.objects.filter(actor=analyst, action="downloaded").count() == 1
    # And someone without an account can be given it by a link
    walk.follow("Make a link for someone without an account")
    walk.fill("Who gets it?", "Dr Lee, Bristol")
    walk.follow("Make the link")
    link = walk.page.locator(".app-code").inner_text()
    walk.page.context.clear_cookies()
    walk.page.goto(walk.address + urlsplit(link).path)
    walk.then_reads("for Dr Lee, Bristol", "You can take the file once.")
    walk._look()
    # When someone who takes part stops, in their own words and on their own page
    person = world.study.participants.first().identity_key.person
    walk.sign_in(client, person)
    walk.open(f"/research/mine/{world.study.pk}/withdraw/")
    walk.then_reads("These exports hold you:", "for The study team")
    walk.choose("How far do you want to stop?", "No more collection")
    walk.follow("Stop taking part")
    # Then the next export holds the others, and nothing of theirs has changed
    walk.sign_in(client, analyst)
    walk.open(f"/research/studies/{world.study.pk}/exports/")
    walk.then_reads("The study team", "SHA-256")
    second = asks_for_an_export(walk)
    walk.sign_in(client, approver)
    has_given_second_factor(client)
    walk.page.goto(second)
    walk.follow("Look at it and decide")
    approves_it(walk)
    walk.sign_in(client, analyst)
    has_given_second_factor(client)
    after = takes_it(walk, second, tmp_path / "second.zip")
    kept = table(after, "flareups")
    assert len(kept) == 3
    assert [row for row in table(before, "flareups") if row in kept] == kept
    # And an export that should not have been is recalled
    walk.sign_in(client, approver)
    walk.page.goto(first)
    walk.follow("Recall it")
    walk.fill("Why is it recalled?", "Someone in it has stopped.")
    walk.follow("Recall it")
    walk.then_reads("Recalled", "Someone in it has stopped.")


def test_page_of_an_export_works_without_javascript(browser, live_server, client, world, analyst):
    export = world.export(state="running", progress=30, lease_until=timezone.now() + timedelta(minutes=5))
    context = browser.new_context(java_script_enabled=False)
    client.force_login(analyst)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + export.get_absolute_url())
    type(export).objects.update(state="failed", failure="The disk is full.", lease_until=None)
    page.get_by_role("link", name="Look again").click()
    assert "The disk is full." in page.inner_text("main")
    context.close()
