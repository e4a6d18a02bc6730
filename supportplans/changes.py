"""What changed between two versions of a plan, in words."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Two texts of 5,000 characters in ordinary words have some thousand pairs of equal words.
MOST_COMPARISONS = 20_000
#: What a text is made of: words, and breaks between lines.
PARTS = re.compile(r"\n+|\S+")


@dataclass(frozen=True)
class Change:
    """One part that differs. `pieces` are ("same" | "gone" | "new", text), in reading order; `kind` says what became of
    the part: "new", "gone" or "changed"."""

    name: str
    kind: str
    pieces: list[tuple[str, str]]


def changes_between(before, after) -> list[Change]:
    """The sections that differ, compared word by word; both lists hold one section of each kind, in one order."""
    pairs = [(old, new) for old, new in zip(before, after, strict=True) if old.text != new.text]
    return [Change(new.get_kind_display(), _kind_of(old, new), pieces_of(old.text, new.text)) for old, new in pairs]


def pieces_of(old: str, new: str) -> list[tuple[str, str]]:
    """`old` and `new` as runs of words; where a comparison could take long, all of the one and all of the other."""
    old_words, new_words = PARTS.findall(old), PARTS.findall(new)
    if _comparisons(old_words, new_words) > MOST_COMPARISONS:
        return _replaced(old_words, new_words)
    pieces = []
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", _joined(old_words[old_from:old_to])))
        else:
            pieces += _replaced(old_words[old_from:old_to], new_words[new_from:new_to])
    return pieces


def _kind_of(old, new):
    if old.text and new.text:
        return "changed"
    return "new" if new.text else "gone"


def _comparisons(old_words, new_words):
    """Pairs of equal words: what one pass of the matcher looks at. Few in prose, millions in one word repeated."""
    counted = Counter(new_words)
    return sum(counted[word] for word in old_words)


def _replaced(gone, came):
    """A line break on its own is no change that anyone has to see: the new one is there, the old one is not."""
    pieces = []
    if not _is_blank(gone):
        pieces.append(("gone", _joined(gone)))
    if came:
        pieces.append(("same" if _is_blank(came) else "new", _joined(came)))
    return pieces


def _is_blank(words):
    return not "".join(words).strip()


def _joined(words):
    return re.sub(r" ?(\n+) ?", r"\1", " ".join(words))
