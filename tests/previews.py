"""The pages in docs/messages: every message as it goes out, made from the real templates and made-up people.

`make previews` writes them; tests/test_previews.py holds them against what the templates give.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.utils import timezone, translation

from peersupport.reminders.letters import Letter, letter_for
from peersupport.reminders.registry import Email, Kind, all_kinds, kind_named
from peersupport.reminders.truth import reason_not_to_send
from tests.factories import NOW
from tests.messages import html_of
from tests.scenes import SCENES, Scene

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "messages"
INTRODUCTION = """\
# Messages

Every kind of message as it goes out, for made-up people in November 2026. `make previews` writes this folder from the
templates in `templates/emails/` and the scenes in `tests/scenes/`; a test fails when it is out of date. Numbers and
secrets in addresses stand for real ones.

"On a phone" is what a text message, or a notification on a locked phone, says besides the address to go to.
"""
# What differs from one run to the next: secrets in links, and the keys of rows.
SECRET = re.compile(r"/(invitation|unsubscribe)/[^/\s\"]+/")
KEY = re.compile(r"(?<=/)\d+(?=/)")
ADDRESS = re.compile(r"https://peersupport\.example\.org[^\s\"<>]*")


@dataclass(frozen=True)
class Preview:
    """What a scene's message says. `reason_against` is why it would not be sent, "" where it would."""

    scene: Scene
    kind: Kind
    email: Email
    letter: Letter
    reason_against: str

    @property
    def subject(self) -> str:
        return str(self.letter.subject)

    @property
    def brief(self) -> str:
        return str(self.email.brief or self.email.subject)

    @property
    def action(self) -> str:
        """The address of the one thing to do next."""
        return _steady(self.email.action[1])

    @property
    def text(self) -> str:
        return _steady(str(self.letter.body))

    @property
    def html(self) -> str:
        return _steady(html_of(self.letter))


def preview_of(scene: Scene) -> Preview:
    """Plays a scene, writes its message as sending does, and takes back what the scene made."""
    kind = kind_named(scene.kind)
    with transaction.atomic():
        message = scene.play()
        message.kind, message.is_wanted = scene.kind, None
        row = kind.rows().in_bulk([message.subject_id])[message.subject_id]
        with timezone.override(message.recipient and message.recipient.zone), translation.override("en-gb"):
            email = kind.compose(message, row)
            letter = letter_for(message, kind, email)
        reason = reason_not_to_send(message, kind, row, NOW)
        transaction.set_rollback(True)
    return Preview(scene, kind, email, letter, reason)


def files() -> dict[str, str]:
    """The whole folder: each file's name and text."""
    previews = [preview_of(scene) for scene in SCENES]
    readme = "\n".join([INTRODUCTION, *(_chapter(kind, previews) for kind in all_kinds())])
    return {"README.md": readme} | {f"{preview.scene.name}.html": preview.html for preview in previews}


def committed() -> dict[str, str]:
    return {path.name: path.read_text() for path in FOLDER.iterdir()} if FOLDER.exists() else {}


def write(wanted: dict[str, str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in committed().keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text)


def _steady(text):
    """The same words in every run."""

    def steady(address):
        return KEY.sub("1", SECRET.sub(r"/\1/secret/", address[0]))

    return ADDRESS.sub(steady, text)


def _chapter(kind, previews):
    own = [preview for preview in previews if preview.kind == kind]
    return "\n".join([f"## {kind.label}\n", f"`{kind.name}`. {_when(kind, own[0])}\n", *map(_section, own)])


def _when(kind, usual):
    sentences = [usual.scene.play.__doc__]
    if kind.leads:
        usually = " and ".join(str(kind.leads[minutes]) for minutes in kind.usual_leads).lower()
        choices = ", ".join(map(str, kind.leads.values())).lower()
        sentences.append(f"How long before is everyone's own choice ({choices}); {usually} until they choose.")
    sentences.append("It can be turned off." if kind.can_turn_off else "It can't be turned off.")
    if kind.at_most_once:
        sentences.append("When nobody knows whether it went out, it is not sent again.")
    return " ".join(sentences)


def _section(preview):
    title = f"### {preview.scene.title}\n\n{preview.scene.play.__doc__}\n\n" if preview.scene.title else ""
    lines = f"- Subject: {preview.subject}\n- On a phone: {preview.brief}\n- [As HTML]({preview.scene.name}.html)\n"
    return f"{title}{lines}\n```text\n{preview.text.rstrip()}\n```\n"
