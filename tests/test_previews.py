"""Every message as its reader sees it: the pages in docs/messages, and what holds of all of them."""

import os
import re
from functools import cache
from html.parser import HTMLParser

import pytest
from django.utils.html import escape

from peersupport.reminders import clock
from peersupport.reminders.registry import all_kinds
from tests import previews
from tests.factories import NOW
from tests.scenes import SCENES
from tests.scenes.stage import GROUP, PRIVATE, PROGRAMME, SITE, VENUE

pytestmark = pytest.mark.django_db
#: What has no place on a locked phone: words that begin so.
HEALTH = re.compile(
    r"\b(pain|\w*ache|flare|setback|ill\b|illness|sick|unwell|condition|symptom|chronic|health|medic|clinic|doctor|nurse"
    r"|hospital|nhs|patient|treat|therap|disab|fatigue|tired|diagnos|surg|relapse|wellbeing|mental|concern|safeguard|goal)"
)


@pytest.fixture(autouse=True)
def _same_every_time(settings, monkeypatch):
    settings.BASE_URL = "https://peersupport.example.org"
    settings.SERVICE_NAME, settings.SERVICE_RUN_BY = "Peer Support", "Avonside Community Trust"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(params=SCENES, ids=lambda scene: scene.name)
def preview(request):
    return _played(request.param)


@cache
def _played(scene):
    """Once for all tests: nothing of it depends on the test."""
    return previews.preview_of(scene)


# The folder


def test_every_kind_has_a_scene_and_no_scene_is_left_over():
    usual = [scene.kind for scene in SCENES if not scene.title]
    assert sorted(usual) == [kind.name for kind in all_kinds()]
    assert {scene.kind for scene in SCENES} == set(usual)


def test_docs_hold_what_the_templates_give_today():
    wanted = previews.files()
    if "WRITE_PREVIEWS" in os.environ:
        previews.write(wanted)
    committed = previews.committed()
    differ = [name for name in sorted(committed.keys() | wanted.keys()) if committed.get(name) != wanted.get(name)]
    assert differ == [], "These files in docs/messages are not what the templates give. Run: make previews"


def test_every_scene_is_a_message_that_would_be_sent(preview):
    assert preview.reason_against == ""


# What holds of every message


def test_what_a_locked_phone_shows_says_nothing_of_health_or_of_the_group(preview):
    shown = f"{preview.subject} {preview.brief}".lower()
    assert HEALTH.findall(shown) == []
    assert [name for name in (GROUP, SITE, PROGRAMME, VENUE) if name.lower() in shown] == []


def test_words_meant_for_one_page_are_in_no_message(preview):
    assert (PRIVATE in preview.text, PRIVATE in preview.html) == (False, False)


def test_subject_and_brief_are_short_and_of_one_line(preview):
    assert len(preview.subject) <= 78
    assert len(preview.brief) <= 150
    assert [text for text in (preview.subject, preview.brief) if len(text.splitlines()) != 1] == []


def test_both_parts_say_what_to_do_and_whose_service_it_is_and_why_it_came(preview):
    needed = [preview.action, "Avonside Community Trust", str(preview.kind.why), "999", "116\u00a0123"]
    if preview.kind.can_turn_off:
        needed += ["/messages/unsubscribe/secret/", "/messages/preferences/"]
    for part in (preview.text, preview.html):
        assert [words for words in needed if words not in part] == []


def test_it_can_be_stopped_with_one_click_exactly_where_it_can_be_turned_off(preview):
    headers = preview.letter.extra_headers
    is_stoppable = preview.kind.can_turn_off and preview.letter.to != ["sam@example.org"]
    assert ("List-Unsubscribe" in headers, "List-Unsubscribe-Post" in headers) == (is_stoppable, is_stoppable)
    assert ("/unsubscribe/" in preview.text, "/unsubscribe/" in preview.html) == (is_stoppable, is_stoppable)


def test_plain_text_is_laid_out_cleanly(preview):
    for flaw in (r"\n\n\n", r"[ \t]\n", r"\S  +\S", r"[.,;:!?] *[.,;:!?]", r"\s[,.;:!?]", r"&\w+;", r"\r", "None"):
        assert re.findall(flaw, preview.text) == [], flaw


def test_sentences_begin_with_a_capital(preview):
    """Also the one after "Hello Maria,"; lines that people wrote are theirs."""
    body = re.sub(r"^Hello \w+,\n\n", "", preview.text)
    assert body[0].isupper()


# The HTML part


@pytest.fixture
def elements(preview):
    """(tag, attributes) of each element."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(preview.html)
    return found


def test_html_loads_and_runs_nothing(elements):
    assert {tag for tag, _attributes in elements} & {"img", "style", "script", "link", "iframe", "form"} == set()
    assert [found for _tag, found in elements if found.keys() & {"src", "background"}] == []
    assert [found for _tag, found in elements if "url(" in found.get("style", "")] == []


def test_html_says_its_language_and_its_subject(elements, preview):
    assert dict(elements)["html"]["lang"] == "en-gb"
    assert f"<title>{escape(preview.subject)}</title>" in preview.html


def test_html_links_go_to_addresses_in_full_and_say_where(elements, preview):
    links = [found["href"] for tag, found in elements if tag == "a"]
    assert [link for link in links if not link.startswith("https://")] == []
    assert re.findall(r"<a [^>]*>\s*</a>", preview.html) == []


def test_nothing_is_said_by_colour_alone(elements):
    """Only the one thing to do next has a colour of its own, and it has a border where colours are forced."""
    coloured = [found for _tag, found in elements if re.search(r"(^|;)(color|background)", found.get("style", ""))]
    assert len(coloured) == 1
    assert "border:2px solid" in coloured[0]["style"]
