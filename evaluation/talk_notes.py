"""What the entries of a talk come to: which questions are covered, and its notes as one text."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.models import Talk, TalkEntry, TopicPrompt
from evaluation.models.fieldwork import LONGEST_MINUTES

Kind = TalkEntry.Kind


@dataclass
class Asked:
    """One question of the guide, and how far it is."""

    prompt: TopicPrompt
    is_covered: bool
    notes: list[TalkEntry]


@dataclass
class Written:
    """Everything of one talk, in two queries: `asked` in the order of the guide, `entries` in the order of time."""

    talk: Talk
    asked: list[Asked]
    entries: list[TalkEntry]

    @property
    def covered(self) -> list[int]:
        """The numbers of the questions that are covered."""
        return [one.prompt.number for one in self.asked if one.is_covered]

    @property
    def shown(self) -> list[TalkEntry]:
        """Without the ticks."""
        return [entry for entry in self.entries if entry.kind not in (Kind.COVERED, Kind.UNCOVERED)]

    @property
    def latest_first(self) -> list[tuple[TalkEntry, str]]:
        """What is shown, with its stamp."""
        return [(entry, stamp_of(entry)) for entry in reversed(self.shown)]

    @property
    def is_protocol_used(self) -> bool:
        return any(entry.kind == Kind.PAUSED for entry in self.entries)

    @property
    def length_minutes(self) -> int:
        """From start to end, at least one; as many as an interview may have."""
        length = (self.talk.ended_at or self.talk.started_at) - self.talk.started_at
        return min(max(1, round(length / timedelta(minutes=1))), LONGEST_MINUTES)


def written(talk: Talk) -> Written:
    entries = list(talk.entries.select_related("prompt"))
    for entry in entries:
        entry.talk = talk
    prompts = talk.topic_guide.prompts.all() if talk.topic_guide else []
    covered = covered_in(entries)
    return Written(talk, [_asked(prompt, covered, entries) for prompt in prompts], entries)


def covered_in(entries: Iterable[TalkEntry]) -> set[int]:
    """The keys of the prompts whose latest tick says covered."""
    latest = {entry.prompt_id: entry.kind for entry in entries if entry.kind in (Kind.COVERED, Kind.UNCOVERED)}
    return {prompt for prompt, kind in latest.items() if kind == Kind.COVERED}


def _asked(prompt, covered, entries):
    notes = [entry for entry in entries if entry.kind == Kind.NOTE and entry.prompt_id == prompt.pk]
    return Asked(prompt, prompt.pk in covered, notes)


def field_note_of(whole: Written) -> str:
    """The notes as the text that the interview's field note begins with; "" where nothing was written down."""
    lines = [_line(entry) for entry in whole.shown]
    left = [str(one.prompt.number) for one in whole.asked if not one.is_covered]
    if whole.covered and left:
        lines.append(_("Questions not covered: %(numbers)s") % {"numbers": ", ".join(left)})
    return "\n\n".join(lines)


def stamp_of(entry: TalkEntry) -> str:
    """ "12 minutes, question 3"."""
    minutes = ngettext("%(number)s minute", "%(number)s minutes", entry.minute) % {"number": entry.minute}
    if entry.prompt is None:
        return minutes
    return _("%(minutes)s, question %(number)s") % {"minutes": minutes, "number": entry.prompt.number}


def _line(entry):
    if entry.kind == Kind.PAUSED:
        said = _("The distress protocol was used.")
    elif entry.kind == Kind.CARED:
        said = _("What was done: %(text)s") % {"text": entry.text}
    else:
        said = entry.text
    return f"[{stamp_of(entry)}] {said}"
