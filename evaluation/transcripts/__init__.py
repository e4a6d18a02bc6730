"""Transcripts as they come from transcribers and meeting programs: plain text, Word (.docx), captions (.vtt)."""

from evaluation import texts
from evaluation.texts import TOO_BIG, UnreadableText
from evaluation.transcripts import captions, word

#: A Word file takes more room than its words do; see also MOST_BYTES in evaluation/texts.py.
MOST_FILE_BYTES = 10 * 1024 * 1024


def read(content: bytes) -> str:
    """The canonical text of a file, told by what is in it and not by its name; see evaluation/texts.py.

    Raises UnreadableText with a sentence for anything that is none of the three, or too big.
    """
    if len(content) > MOST_FILE_BYTES:
        raise UnreadableText(TOO_BIG)
    if content.startswith(word.SIGNATURE):
        return texts.canonical(word.text_of(content))
    plain = texts.read(content)
    return texts.canonical(captions.text_of(plain)) if captions.is_captions(plain) else plain
