"""Every message as its reader sees it: the pages in docs/messages, and what holds of all of them."""

import os
from functools import cache

import pytest

from peersupport.reminders import clock
from peersupport.reminders.registry import all_kinds
from tests import previews
from tests.factories import NOW
from tests.scenes import SCENES

pytestmark = pytest.mark.django_db


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
