"""The words of a Word file (.docx): a zip in which `word/document.xml` holds the text (ECMA-376, part 1, 17.3)."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from defusedxml import DefusedXmlException, ElementTree
from django.utils.translation import gettext_lazy as _

from evaluation.texts import TOO_BIG, UnreadableText

SIGNATURE = b"PK\x03\x04"
BODY = "word/document.xml"
#: XML takes some ten times the room of its words. What says it is larger is never unpacked; zipfile reads no more of
#: a part than the part says it is.
MOST_XML_BYTES = 40 * 1024 * 1024
NOT_WORD = _(
    "This file could not be opened as a Word document. Open it in your word processor, save it as"
    " “Word document (.docx)” or “Plain text (.txt)”, and choose that file here."
)
_WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SAYS = {f"{_WORDS}tab": "\t", f"{_WORDS}br": "\n", f"{_WORDS}cr": "\n", f"{_WORDS}noBreakHyphen": "-"}
#: What a paragraph looks like, what was deleted or moved elsewhere, and what older programs are shown instead.
_SAYS_NOTHING = {f"{_WORDS}{name}" for name in ("pPr", "rPr", "del", "moveFrom")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}


def text_of(content: bytes) -> str:
    """The text of a .docx, a line for each paragraph, also of those in tables; with what was inserted under tracked
    changes and without what was deleted. Comments, footnotes, headers and pictures are left out.

    Raises UnreadableText.
    """
    try:
        return "\n".join(_lines(_body(content)))
    except (ElementTree.ParseError, DefusedXmlException) as error:
        raise UnreadableText(NOT_WORD) from error


def _body(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.getinfo(BODY).file_size > MOST_XML_BYTES:
                raise UnreadableText(TOO_BIG)
            return archive.read(BODY)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnreadableText(NOT_WORD) from error


def _lines(xml) -> Iterator[str]:
    """Paragraph by paragraph, as they end; one may stand within another (a text box)."""
    open_lines: list[list[str]] = [[]]
    skipped = 0
    for event, element in ElementTree.iterparse(io.BytesIO(xml), events=("start", "end"), forbid_dtd=True):
        is_end = event == "end"
        if element.tag in _SAYS_NOTHING:
            skipped += -1 if is_end else 1
        elif skipped:
            continue
        elif element.tag == f"{_WORDS}p" and not is_end:
            open_lines.append([])
        elif element.tag == f"{_WORDS}p":
            yield "".join(open_lines.pop())
            element.clear()
        elif is_end:
            open_lines[-1].append(_said_by(element))


def _said_by(element):
    return element.text or "" if element.tag == f"{_WORDS}t" else _SAYS.get(element.tag, "")
