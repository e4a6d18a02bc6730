"""The table of COREQ as CSV."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from evaluation.coreq.items import DOMAINS
from evaluation.coreq.records import Fact, Records
from evaluation.exports.cells import line

COLUMNS = ("number", "domain", "item", "from_records", "in_own_words")


def lines(records: Records) -> Iterator[tuple[str, ...]]:
    """What the records say, without anyone's words: a heading, and a line an item of which they know something."""
    yield COLUMNS[:-1]
    for domain, items in DOMAINS:
        for item in items:
            if facts := records.facts(item.number):
                yield str(item.number), str(domain), str(item.name), _in_words(facts)


def write(records: Records, texts: dict[int, str]) -> bytes:
    """`texts` are the researchers' own words by number of the item. UTF-8, a line an item."""
    rows = [
        (
            str(item.number),
            str(domain),
            str(item.name),
            _in_words(records.facts(item.number)),
            texts.get(item.number, ""),
        )
        for domain, items in DOMAINS
        for item in items
    ]
    return line(COLUMNS) + b"".join(map(line, rows))


def _in_words(facts: list[Fact]) -> str:
    return "; ".join(f"{fact.label}: {_('a few') if fact.value is None else fact.value}" for fact in facts)
