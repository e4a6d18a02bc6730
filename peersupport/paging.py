"""Pages of a list by keyset: the 200th costs what the first does, and rows added meanwhile shift nothing."""

from dataclasses import dataclass

from django.core import signing
from django.db.models import Q

SALT = "peersupport.paging"


@dataclass(frozen=True)
class Page:
    """`rows` in order; the queries ("?after=...", "" where there is nothing) that lead to the pages around it."""

    rows: list
    previous_url: str
    next_url: str


def page_of(queryset, *, key: str, query, size: int, is_descending: bool = False) -> Page:
    """The page of `queryset` that `query` (request.GET) asks for, ordered by `key` and then primary key.

    `key` is a field or annotation that is never null. A cursor that was tampered with gives the first page.
    """
    before, after = _read(query.get("before")), _read(query.get("after"))
    backwards = bool(before) and not after
    cursor = before if backwards else after
    rows = _ordered(queryset, key, is_descending != backwards)
    if cursor:
        rows = rows.filter(_beyond(key, cursor, is_descending != backwards))
    found = list(rows[: size + 1])
    has_more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous, has_next = (has_more, True) if backwards else (bool(cursor), has_more)
    return Page(
        found,
        _query(query, "before", found[0], key) if found and has_previous else "",
        _query(query, "after", found[-1], key) if found and has_next else "",
    )


def _ordered(queryset, key, is_descending):
    sign = "-" if is_descending else ""
    return queryset.order_by(f"{sign}{key}", f"{sign}pk")


def _beyond(key, cursor, is_descending):
    """Written so that an index on `key` bounds the scan."""
    value, pk = cursor
    if is_descending:
        return Q(**{f"{key}__lte": value}) & ~Q(**{key: value, "pk__gte": pk})
    return Q(**{f"{key}__gte": value}) & ~Q(**{key: value, "pk__lte": pk})


def _query(query, name, row, key):
    value = getattr(row, key)
    text = value if isinstance(value, str | int) else value.isoformat()
    kept = query.copy()
    for other in ("before", "after"):
        kept.pop(other, None)
    kept[name] = signing.dumps([text, row.pk], salt=SALT)
    return f"?{kept.urlencode()}"


def _read(cursor):
    if not cursor:
        return None
    try:
        return signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return None
