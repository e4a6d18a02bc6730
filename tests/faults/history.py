"""What became of every message, held against every letter that the mail server took."""

from collections import Counter

from peersupport.reminders.models import Message

SETTLED = {"sent", "dropped", "parked", "uncertain"}


def check_history(sink, *, sent, crashes=0, silent=(), waiting=()):
    """Nothing waits but kinds in `waiting`; `sent` messages went out, each to its recipient and once; no other letter.

    For each of the `crashes` (a worker killed or a line cut between the mail server's 250 and our commit) one letter
    may have come again: with the same Message-ID, and counted in `attempts`. Nobody in `silent` got anything.
    """
    messages = {str(message.message_id): message for message in Message.objects.select_related("recipient")}
    letters = Counter(_key_of(letter) for letter in sink.received)
    assert {message.kind for message in messages.values() if message.state not in SETTLED} == set(waiting)
    assert len([message for message in messages.values() if message.state == "sent"]) == sent
    assert {key for key, message in messages.items() if message.state == "sent"} == set(letters)
    for letter in sink.received:
        assert letter["to"] == messages[_key_of(letter)].recipient.email
        assert letter["to"] not in silent
    again = {key: number - 1 for key, number in letters.items() if number > 1}
    assert sum(again.values()) <= crashes
    assert all(messages[key].attempts > number for key, number in again.items())


def _key_of(letter):
    return letter["message-id"].strip("<>").partition("@")[0]
