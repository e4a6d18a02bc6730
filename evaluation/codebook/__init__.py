"""Code books as they come and go: CSV with `name,definition,parent`, and QDC (REFI-QDA 1.0).

Which of the two a file is, its content says and not its name.
"""

from evaluation.codebook import qdc, sheet
from evaluation.codebook.entry import Entry, UnreadableCodebook, in_order

__all__ = ["MOST_BYTES", "Entry", "UnreadableCodebook", "read"]

MOST_BYTES = 1024 * 1024


def read(content: bytes) -> list[Entry]:
    """The codes of a file, parents first. Raises UnreadableCodebook with a sentence for anything that is none."""
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return in_order(qdc.read(content) if is_xml else sheet.read(content))
