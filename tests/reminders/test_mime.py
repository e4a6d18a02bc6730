"""What we put together ourselves reads as what Django would have put together."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given, settings
from hypothesis import strategies as st

from peersupport.reminders import mime
from peersupport.reminders.letters import Letter

# Surrogates are no text; other control characters than these no form lets in.
characters = st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t")
texts = st.text(characters, max_size=300).filter(str.strip)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=150).map(str.strip)


def letter(body="Hello", subject="Your group meets", to="maria@example.org", **parts):
    headers = {"Message-ID": "<1@example.org>", "List-Unsubscribe": f"<https://example.org/{'x' * 150}>"}
    written = Letter(subject=subject, body=body, from_email="Peer Süpport <no@example.org>", to=[to], headers=headers)
    for mimetype, content in parts.items():
        written.attach_alternative(content, f"text/{mimetype}")
    return written


def read(message):
    """What a mail program makes of it: headers, and each part with its type and text."""
    octets = message.as_bytes()
    assert b"\r\n" in octets
    assert octets.count(b"\n") == octets.count(b"\r\n")
    assert max(map(len, octets.split(b"\r\n"))) <= mime.LONGEST_LINE
    parsed = message_from_bytes(octets, policy=policy.default)
    assert parsed["Date"].datetime.utcoffset() == timedelta()
    parts = [part for part in parsed.walk() if not part.is_multipart()]
    headers = {name: str(parsed[name]) for name in ("Subject", "From", "To", "Message-ID", "List-Unsubscribe")}
    return headers, [(part.get_content_type(), " ".join(part.get_content().split())) for part in parts]


@settings(max_examples=150, deadline=None)
@given(body=texts, html=texts, subject=lines)
def test_it_reads_as_django_would_have_written_it(body, html, subject):
    ours = letter(body, subject, html=html)
    assert mime.is_simple(ours)
    theirs = EmailMultiAlternatives.message(ours, policy=policy.SMTP)
    assert read(ours.message()) == read(theirs)


@pytest.mark.parametrize("length", [997, 998, 999, 5000])
def test_a_line_that_is_too_long_arrives_whole(length):
    _headers, [(_type, text)] = read(letter("é" + "x" * (length - 2)).message())
    assert text == "é" + "x" * (length - 2)


@pytest.mark.parametrize("to", ["maria@exämple.org", "Maria <maria@example.org>"])
def test_an_address_that_needs_care_is_left_to_django(to):
    written = letter(to=to)
    assert not mime.is_simple(written)
    assert "maria@" in written.message()["To"]


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: eve@example.org", "Hello\nX: y"])
def test_a_header_can_not_be_smuggled_in(subject):
    with pytest.raises(Exception, match=r"newline|linefeed|header"):
        letter(subject=subject).message().as_bytes()


def test_a_calendar_part_says_its_method():
    written = letter(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    written.calendar_method = "CANCEL"
    part = written.message().get_payload()[1]
    assert (part.get_content_type(), part.get_param("method")) == ("text/calendar", "CANCEL")
    assert part.as_bytes().endswith(b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
