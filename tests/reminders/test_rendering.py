"""What many are told is rendered once, and each still reads their own letter, as true as the rows it is about."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import signing
from django.template.loader import render_to_string
from django.utils import translation

from groups.models import Venue
from peersupport.reminders import rendering
from peersupport.reminders.letters import letter_for
from peersupport.reminders.models import Message
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import Email, kind_named
from tests.factories import KeptMembershipFactory, MeetingFactory, MembershipFactory, SupportGroupFactory, VenueFactory
from tests.messages import html_of, row_of

pytestmark = pytest.mark.django_db
COMING = "groups.meeting_coming"
START = datetime(2026, 12, 1, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_kept():
    rendering._kept.clear()


@pytest.fixture
def renderings():
    """How often something is rendered."""
    with patch.object(rendering, "render_to_string", side_effect=render_to_string) as render:
        yield render


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday Group")


@pytest.fixture
def messages(group):
    """Reminders of one meeting to three members."""
    for name in ("Maria", "Tom & <b>Jo</b>", "Ayesha"):
        MembershipFactory(group=group, person__preferred_name=name)
    MeetingFactory(group=group, venue=VenueFactory(site=group.site, name="The old library"), starts_at=START)
    plan_kind(kind_named(COMING), START - timedelta(days=1))
    return list(Message.objects.select_related("recipient").order_by("pk"))


def letters(messages, meeting):
    kind = kind_named(COMING)
    return [letter_for(message, kind, kind.compose(message, meeting)) for message in messages]


def test_it_is_rendered_once_for_a_group_and_addressed_to_each(messages, renderings):
    written = letters(messages, row_of(messages[0]))
    assert renderings.call_count == 2
    assert [letter.body.splitlines()[0] for letter in written] == [
        "Hello Maria,",
        "Hello Tom & <b>Jo</b>,",
        "Hello Ayesha,",
    ]
    assert "Hello Tom &amp; &lt;b&gt;Jo&lt;/b&gt;," in html_of(written[1])
    for letter in written:
        address = letter.extra_headers["List-Unsubscribe"].strip("<>")
        assert address in letter.body
        assert address in html_of(letter)
    assert len({letter.extra_headers["List-Unsubscribe"] for letter in written}) == 3


def test_nothing_that_stands_in_goes_out(messages):
    for letter in letters(messages, row_of(messages[0])):
        for text in (letter.body, html_of(letter), str(letter.extra_headers)):
            assert rendering.SOMEONE.preferred_name not in text
            assert rendering.STOP not in text


def test_it_reads_as_if_it_had_been_rendered_for_each_alone(messages, monkeypatch):
    # The way to unsubscribe holds the second in which it was written.
    monkeypatch.setattr(signing.TimestampSigner, "timestamp", lambda _signer: "1")
    meeting = row_of(messages[0])
    together = letters(messages, meeting)
    for message, letter in zip(messages, together, strict=True):
        rendering._kept.clear()
        [alone] = letters([message], row_of(message))
        assert (alone.subject, alone.body, html_of(alone)) == (letter.subject, letter.body, html_of(letter))


def test_what_was_read_again_is_told_as_it_is_now(messages):
    letters(messages, row_of(messages[0]))
    Venue.objects.update(name="The new library")
    [letter] = letters(messages[:1], row_of(messages[0]))
    assert "The new library" in letter.body
    assert "The new library" in html_of(letter)


def test_own_time_is_told_only_to_who_lives_by_another_clock(messages):
    meeting = row_of(messages[0])
    messages[1].recipient.time_zone = "America/New_York"
    here, there, again = letters(messages, meeting)
    assert "9am" in there.body
    assert "9am" not in here.body + again.body


def test_who_tells_someone_without_an_account_reads_that_alone(group, messages):
    KeptMembershipFactory(group=group, name="Bert", told_by=messages[0].recipient)
    teller, other, _third = letters(messages, row_of(messages[0]))
    assert "Bert" in teller.body
    assert "Bert" not in other.body


def test_each_language_has_its_own(messages, renderings):
    meeting = row_of(messages[0])
    letters(messages, meeting)
    with translation.override("cy"):
        letter = letters(messages[:1], meeting)[0]
    assert renderings.call_count == 4
    assert '<html lang="cy">' in html_of(letter)


def test_it_does_not_grow_without_end(messages, monkeypatch):
    monkeypatch.setattr(rendering, "MOST_KEPT", 3)
    kind = kind_named(COMING)
    for number in range(5):
        email = Email(subject="A note", template="emails/base", action=("Look", f"https://example.org/{number}/"))
        letter_for(messages[0], kind, email)
    assert [key[1][1][-2] for key in rendering._kept] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"a": [1, "x"]}, {"a": [1, "x"]}, True),
        ({"a": [1, "x"]}, {"a": [1, "y"]}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ((1,), [1], False),
        (START, datetime(2026, 12, 1, 14, tzinfo=UTC), True),
        (None, None, True),
        (object(), object(), False),
    ],
)
def test_only_what_surely_reads_alike_counts_as_alike(one, other, alike):
    assert rendering._is_alike(one, other) is alike


def test_a_row_read_twice_does_not_count_as_alike(messages):
    row = row_of(messages[0])
    assert rendering._is_alike([row], [row])
    assert not rendering._is_alike([row], [row_of(messages[0])])
