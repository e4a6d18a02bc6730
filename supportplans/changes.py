"""What changed between two versions of a plan, in words."""

from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Change:
    """One part that differs. `pieces` are ("same" | "gone" | "new", text), in reading order."""

    name: str
    pieces: list[tuple[str, str]]


def changes_between(before, after) -> list[Change]:
    """The sections that differ, compared word by word; both lists hold one section of each kind, in one order."""
    pairs = zip(before, after, strict=True)
    return [Change(new.get_kind_display(), pieces_of(old.text, new.text)) for old, new in pairs if old.text != new.text]


def pieces_of(old: str, new: str) -> list[tuple[str, str]]:
    old_words, new_words = old.split(), new.split()
    pieces = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old_words, new_words, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            pieces.append(("same", " ".join(old_words[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append(("gone", " ".join(old_words[old_from:old_to])))
        if new_to > new_from:
            pieces.append(("new", " ".join(new_words[new_from:new_to])))
    return pieces
