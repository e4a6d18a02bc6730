"""What identifies someone in a transcript reaches nobody but key-holders once it is replaced, on no page."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.canaries import ALL_IN_ONE, CANARY, OUTSIDERS, planted, visit
from tests.test_urls import EVERYONE, READERS

pytestmark = [pytest.mark.django_db, ALL_IN_ONE]

#: Which of these transcripts, word for word, each may read.
WHOLE = {"transcript": {"lead", "interviewer"}, "waiting_transcript": {"lead", "interviewer"}}
ORIGINAL = f"{CANARY} original of original."


@pytest.fixture
def texts():
    """Each role to all that it gets of the texts, asked for one by one by every address that shows one."""
    world = planted()
    names = ("source_detail", "redaction_desk", "redaction_approve", "redaction_log", "words_add", "transcript_reopen")
    rows = ("transcript", "waiting_transcript", "original", "approved")
    pages = [reverse(f"evaluation:{name}", args=[world.rows[row].pk]) for name in names for row in rows]
    pages += [world.rows[row].interview.get_absolute_url() for row in rows]

    def texts(who):
        browser = Client()
        if who != "anonymous":
            browser.force_login(world.people[who])
        return " ".join(browser.get(page, follow=True).text for page in pages)

    return texts


def test_original_of_an_approved_transcript_is_read_by_key_holders_alone(texts):
    reads = {who for who in EVERYONE if ORIGINAL in texts(who)}
    assert reads == {"key_holder"}


def test_deidentified_version_is_read_by_those_who_read_texts(texts):
    assert {who for who in EVERYONE if "[person A] original of original." in texts(who)} == READERS


def test_approver_reads_what_waits_as_it_will_be(texts):
    said = texts("approver")
    assert "[person A] original of waiting_transcript." in said
    assert f"{CANARY} original" not in said


@pytest.mark.parametrize("who", sorted((EVERYONE | set(OUTSIDERS)) - {"lead", "interviewer", "analyst", "key_holder"}))
def test_no_page_at_all_shows_others_a_word_of_it(who):
    assert f"{CANARY} original".encode() not in visit(who).content
