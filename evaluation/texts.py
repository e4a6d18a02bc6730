"""Texts as studies keep them: Unicode NFC, LF line ends, no byte order mark; and what a file must be to become one."""

import hashlib
import unicodedata

from django.utils.translation import gettext_lazy as _

#: The most a text may take, in bytes of UTF-8: some 300,000 words.
MOST_BYTES = 2 * 1024 * 1024

# A text has none of these: they give away word processor files, pictures, sound and archives.
_NEVER_IN_TEXT = {chr(code) for code in range(32)} - set("\t\n\v\f\r")
_STARTS_OF_OTHER_FILES = ("{\\rtf", "%PDF-")


class UnreadableText(ValueError):
    """`sentence` says to a person what is wrong and what to do."""

    def __init__(self, sentence):
        super().__init__(str(sentence))
        self.sentence = sentence


EMPTY = _("There is no text in it. Choose the file that has the words in it, or paste them.")
TOO_BIG = _("This is over 2 MB of text, which is more than any interview. Check that it is the right file.")
NOT_TEXT = _(
    "This is not a file with plain text. In your word processor choose “Save as”. Choose “Word document (.docx)”,"
    " or “Plain text (.txt)” with the encoding UTF-8. Then choose that file here."
)


def canonical(text: str) -> str:
    """`text` as it is kept. Offsets into it count code points from 0. Raises UnreadableText."""
    plain = unicodedata.normalize("NFC", text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if not plain.strip():
        raise UnreadableText(EMPTY)
    if len(plain.encode()) > MOST_BYTES:
        raise UnreadableText(TOO_BIG)
    if not _NEVER_IN_TEXT.isdisjoint(plain) or plain.startswith(_STARTS_OF_OTHER_FILES):
        raise UnreadableText(NOT_TEXT)
    return plain


def read(content: bytes) -> str:
    """The canonical text of a file, by what is in it and not its name: UTF-8, with or without BOM, else Windows-1252.

    Any other file raises UnreadableText.
    """
    if len(content) > MOST_BYTES:
        raise UnreadableText(TOO_BIG)
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return canonical(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableText(NOT_TEXT)


def sha256_of(text: str) -> str:
    """SHA-256 (hexadecimal) of a canonical text as UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
