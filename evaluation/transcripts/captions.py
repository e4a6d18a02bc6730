"""The words of captions as Teams, Zoom and others save them (WebVTT): who spoke, without the times."""

import html
import re
from collections.abc import Iterator
from itertools import groupby

import webvtt
from django.utils.translation import gettext_lazy as _

from evaluation.texts import UnreadableText

NOT_CAPTIONS = _(
    "This file begins like captions (.vtt) but could not be read as such. Save the transcript once more from the"
    " program that made it, or paste its text."
)
_TIMES = re.compile(r"^[^\n]*-->", re.MULTILINE)
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(r"</?[a-z][^<>]*>|<[\d:.]+>", re.IGNORECASE)


def is_captions(text: str) -> bool:
    return text.split("\n", 1)[0].split(maxsplit=1)[0:1] == ["WEBVTT"]


def text_of(text: str) -> str:
    """A line for each turn, "Name: words" where the captions say who spoke. Raises UnreadableText."""
    cues = _cues(text)
    said = [piece for cue in cues for piece in _pieces(cue)]
    turns = [(voice, list(pieces)) for voice, pieces in groupby(said, key=lambda piece: piece[0])]
    return "\n".join(line for voice, pieces in turns for line in _lines(voice, [words for _voice, words in pieces]))


def _cues(text):
    """What each cue says. The library passes over what it can't read, and here no word may get lost."""
    try:
        cues = [caption.raw_text for caption in webvtt.from_string(text)]
    except (webvtt.errors.MalformedFileError, webvtt.errors.MalformedCaptionError) as error:
        raise UnreadableText(NOT_CAPTIONS) from error
    if len(cues) != len(_TIMES.findall(text)):
        raise UnreadableText(NOT_CAPTIONS)
    return cues


def _lines(voice, words):
    """All that one voice says in a row is one turn; without a voice, a cue stays a line."""
    return [f"{voice}: {' '.join(words)}"] if voice else words


def _pieces(cue) -> Iterator[tuple[str, str]]:
    """(voice, words) of one cue, which may hold several voices; "" where it doesn't say."""
    before, *voiced = _VOICE.split(cue)
    for voice, words in [("", before), *zip(voiced[::2], voiced[1::2], strict=True)]:
        if spoken := " ".join(_plain(words).split()):
            yield " ".join(_plain(voice).split()), spoken


def _plain(words):
    return html.unescape(_TAG.sub("", words))
