"""What changed between two versions of a plan, in words."""

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Two texts of 5,000 characters in ordinary words have some thousand pairs of equal words.
MOST_COMPARISONS = 20_000


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
    """`old` and `new` as runs of words; where a comparison could take long, all of the one and all of the other."""
    old_words, new_words = old.split(), new.split()
    if _comparisons(old_words, new_words) > MOST_COMPARISONS:
        return _replaced(old_words, new_words)
    pieces = []
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", " ".join(old_words[old_from:old_to])))
        else:
            pieces += _replaced(old_words[old_from:old_to], new_words[new_from:new_to])
    return pieces


def _comparisons(old_words, new_words):
    """Pairs of equal words: what one pass of the matcher looks at. Few in prose, millions in one word repeated."""
    counted = Counter(new_words)
    return sum(counted[word] for word in old_words)


def _replaced(gone, came):
    return [(tag, " ".join(words)) for tag, words in (("gone", gone), ("new", came)) if words]
