import pytest
from django.db.models import F
from django.http import QueryDict

from members.models import Person
from peersupport.paging import page_of
from tests.factories import NOW, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Seven, of which some share a name, so that the primary key decides."""
    return [PersonFactory(preferred_name=name, joined_at=NOW) for name in ("Ann", "Bo", "Bo", "Bo", "Cy", "Di", "Di")]


def page(query="", *, key="preferred_name", is_descending=False, size=3, queryset=None):
    queryset = Person.objects.all() if queryset is None else queryset
    return page_of(queryset, key=key, query=QueryDict(query.lstrip("?")), size=size, is_descending=is_descending)


def walk(direction, start, **options):
    """The rows of each page from `start` on, following its links."""
    pages = [start]
    while url := getattr(pages[-1], direction):
        pages.append(page(url, **options))
    return [[person.pk for person in one.rows] for one in pages], pages[-1]


@pytest.mark.parametrize("is_descending", [False, True])
def test_pages_hold_each_row_once_in_order_forwards_and_back(people, is_descending):
    keys = [person.pk for person in people]
    if is_descending:
        keys.reverse()
    there, last = walk("next_url", page(is_descending=is_descending), is_descending=is_descending)
    assert there == [keys[:3], keys[3:6], keys[6:]]
    back, _first = walk("previous_url", last, is_descending=is_descending)
    assert back == [keys[6:], keys[3:6], keys[:3]]


def test_the_first_page_has_nothing_before_and_the_last_nothing_after(people):
    assert page().previous_url == ""
    assert walk("next_url", page())[1].next_url == ""
    assert page(size=7).next_url == ""


def test_a_list_without_rows_has_no_links():
    empty = page(queryset=Person.objects.none())
    assert (empty.rows, empty.previous_url, empty.next_url) == ([], "", "")


def test_times_and_annotations_serve_as_keys(people):
    annotated = Person.objects.annotate(since=F("joined_at"))
    there, _last = walk("next_url", page(key="since", queryset=annotated), key="since", queryset=annotated)
    assert [pk for page_keys in there for pk in page_keys] == [person.pk for person in people]


def test_other_choices_stay_in_the_links(people):
    assert "state=active&after=" in page("state=active&after=nonsense").next_url


@pytest.mark.parametrize("query", ["after=nonsense", "before=nonsense", "after=", "after=%00"])
def test_a_cursor_that_was_tampered_with_gives_the_first_page(people, query):
    assert [person.pk for person in page(query).rows] == [person.pk for person in people[:3]]


def test_a_row_added_before_the_page_moves_nothing(people):
    link = page().next_url
    PersonFactory(preferred_name="Aaron")
    assert [person.pk for person in page(link).rows] == [person.pk for person in people[3:6]]


@pytest.mark.parametrize("size", [1, 3])
def test_a_page_is_one_query(people, size, django_assert_num_queries):
    with django_assert_num_queries(1):
        page(size=size)
