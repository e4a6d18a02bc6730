"""The mail server refuses, puts off, drops the line, stalls, or is away."""

import os
from urllib.parse import urlsplit

from peersupport.reminders.models import Message
from tests.faults.conftest import let_waiting_end, numbers_of, outcomes


def test_each_misbehaviour_touches_its_own_message_only(meeting, members, mail_sink, run_pass, monkeypatch):
    monkeypatch.setenv("SMTP_TIMEOUT", "1")
    put_off, refused, stalled, _good, dropped, _last = members
    mail_sink.replies = {put_off: "451 4.7.1 Try again later", refused: "550 5.1.1 No such user"}
    mail_sink.stalling, mail_sink.dropping = {stalled}, {dropped}
    assert run_pass() == "6 planned, 2 sent."
    assert outcomes() == [
        ("pending", 0, 1),
        ("parked", 1, 0),
        ("pending", 1, 1),
        ("sent", 1, 0),
        ("pending", 1, 1),
        ("sent", 1, 0),
    ]
    assert Message.objects.get(state="parked").reason == "The server refused it (550)."
    # Nothing is tried before its time; then all that can go goes, the dropped one again with the same Message-ID.
    mail_sink.behave()
    assert run_pass() == "0 planned, 0 sent."
    let_waiting_end()
    assert run_pass() == "0 planned, 3 sent."
    assert numbers_of(mail_sink, members) == [1, 0, 1, 1, 2, 1]
    first, again = mail_sink.received_by(dropped)
    assert first["message-id"] == again["message-id"]


def test_server_that_drops_every_line_is_left_alone(meeting, members, mail_sink, run_pass):
    mail_sink.dropping = set(members)
    assert run_pass() == "6 planned, 0 sent."
    assert len(mail_sink.received) == 2
    assert outcomes() == [("pending", 1, 1)] * 2 + [("pending", 0, 1)] * 4


def test_server_that_is_away_costs_no_message(meeting, members, mail_sink, run_pass, monkeypatch):
    away = urlsplit(os.environ["SMTP_URL"])._replace(netloc="127.0.0.1:1").geturl()
    with monkeypatch.context() as patch:
        patch.setenv("SMTP_URL", away)
        assert run_pass() == "6 planned, 0 sent."
    assert outcomes() == [("pending", 0, 1)] * 6
    let_waiting_end()
    assert run_pass() == "0 planned, 6 sent."
    assert numbers_of(mail_sink, members) == [1] * 6
