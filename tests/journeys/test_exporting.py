"""From asking for an export to having it, and what a withdrawal changes in the next one."""

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluation.exports.verify import verify
from peersupport.access.models import AccessLogEntry
from tests.evaluation.exporting import PURPOSES, StudyWorld, table
from tests.factories import StudyMemberFactory

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


def makes_an_export(walk, tmp_path, name):
    """Ask for an export, wait until it is made, and take it."""
    walk.follow("Make an export")
    walk.fill("What is it for?", "A paper on attendance")
    walk.fill("Who will use it?", "The study team")
    walk.follow("Make the export")
    walk.page.get_by_role("button", name="Download").wait_for(timeout=MADE_WITHIN)
    walk.tab_to("Download")
    with walk.page.expect_download() as download:
        walk.page.keyboard.press("Enter")
    path = tmp_path / name
    download.value.save_as(path)
    verify(path)
    return path


@pytest.mark.walked_twice
def test_a_researcher_exports_and_a_withdrawal_is_gone_from_the_next_one(walk, client, world, analyst, tmp_path):
    # Given an analyst of a study
    walk.sign_in(client, analyst)
    walk.open(world.study.get_absolute_url())
    walk.follow("Exports")
    walk.then_reads("No exports yet")
    # When nothing is filled in, each question says what to do
    walk.follow("Make an export")
    walk.then_reads("Who would be in it, if it were made now", "Left out: they withdrew 0")
    walk.follow("Make the export")
    walk.then_reads("Enter what the export is for", "Enter who will use the export")
    # Then the export is made while the page is looked at, and the download is on record
    walk.open(f"/research/studies/{world.study.pk}/exports/")
    first = makes_an_export(walk, tmp_path, "first.zip")
    assert len(table(first, "participants")) == 4
    assert AccessLogEntry.objects.filter(actor=analyst, action="downloaded").count() == 1
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
    second = makes_an_export(walk, tmp_path, "second.zip")
    kept = table(second, "flareups")
    assert len(kept) == 3
    assert [row for row in table(first, "flareups") if row in kept] == kept


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
