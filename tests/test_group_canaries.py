"""What people write around a group reaches only those it is for: canaries in every text, every page as every role."""

import pytest

from tests.canaries import ALL_IN_ONE, OUTSIDERS, canary, visit

pytestmark = [pytest.mark.django_db, ALL_IN_ONE]
#: Text by what it is, and the roles of the small world that may ever read it.
READERS = {
    "kept name": {"member", "peer", "contact", "tutor"},
    "removal reason": {"contact", "tutor"},
    "leaving reason": set(),
    "declining reason": set(),
    "note of a meeting": {"member", "peer", "contact", "tutor"},
    "question to join": {"contact", "tutor"},
    "request to the tutor": {"contact", "tutor"},
    "request to the coordinator": {"contact", "coordinator"},
    "concern": {"peer", "safeguarding"},
    "online link": {"member", "peer", "contact", "tutor"},
    "thing to bring": {"member", "peer", "contact", "tutor"},
    "how to reach the member": {"member", "peer"},
    "good time of the peer": {"member", "peer"},
    "how to reach who only waits": set(),
}
EVERYONE = {
    *("stranger", "administrator", "coordinator", "other_coordinator", "tutor", "member", "peer", "outsider"),
    *("contact", "lead", "interviewer", "analyst", "key_holder", "approver", "other_lead"),
}  # fmt: skip


def read_by(who):
    """What of all that is on any page that `who` gets."""
    return {what for what in READERS if canary(what).encode() in visit(who).content}


@pytest.mark.parametrize("who", sorted(EVERYONE | set(OUTSIDERS)))
def test_each_reads_only_what_is_for_them(who):
    allowed = {what for what, readers in READERS.items() if who in readers}
    assert read_by(who) <= allowed


@pytest.mark.parametrize("who", ["contact", "member"])
def test_what_is_for_someone_is_where_they_can_read_it(who):
    """Or the test above would prove nothing. Requests and concerns have pages of their own, with tests of their own."""
    expected = {"kept name", "note of a meeting", "online link", "thing to bring"}
    if who == "member":
        expected |= {"how to reach the member", "good time of the peer"}
    assert expected <= read_by(who)
