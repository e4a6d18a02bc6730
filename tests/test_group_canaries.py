"""What people write around a group reaches only those it is for: canaries in every text, every page as every role."""

import pytest

from groups.models import Concern, Invitation, JoinRequest, MeetingNote, Membership, SupportRequest, Venue
from supportplans.models import KeepInTouchWish
from tests import world as worlds
from tests.factories import NOW
from tests.test_canaries import OUTSIDERS, pages_for

pytestmark = pytest.mark.django_db
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


def canary(what):
    return f"Zq7{what.replace(' ', '')}"


@pytest.fixture
def world():
    world = worlds.build()
    rows, people = world.rows, world.people
    group, meeting = rows["group"], rows["meeting"]
    Membership.objects.filter(pk=rows["kept_membership"].pk).update(name=canary("kept name"))
    ended = {"group": group, "joined_at": NOW, "ended_at": NOW}
    Membership.objects.create(
        person=worlds.make.PersonFactory(), state="removed", removal_reason=canary("removal reason"), **ended
    )
    Membership.objects.create(
        person=worlds.make.PersonFactory(), state="left", reason=canary("leaving reason"), **ended
    )
    Invitation.objects.filter(pk=rows["email_invitation"].pk).update(
        declined_at=NOW, withdrawn_at=NOW, decline_reason=canary("declining reason")
    )
    MeetingNote.objects.create(
        meeting=meeting, text=canary("note of a meeting"), written_by=people["contact"], written_at=NOW
    )
    meeting.bring_items.update(what=canary("thing to bring"))
    JoinRequest.objects.filter(pk=rows["join_request"].pk).update(note=canary("question to join"))
    asked = {"group": group, "asked_by": people["contact"], "asked_at": NOW}
    for to in ("tutor", "coordinator"):
        SupportRequest.objects.create(to=to, text=canary(f"request to the {to}"), **asked)
    Concern.objects.create(
        site=group.site, group=group, text=canary("concern"), raised_by=people["peer"], raised_at=NOW
    )
    own = KeepInTouchWish.objects.filter(membership=rows["wish"].membership)
    own.update(reach=canary("how to reach the member"))
    KeepInTouchWish.objects.exclude(pk=rows["wish"].pk).update(best_time=canary("good time of the peer"))
    asked = worlds.make.KeepInTouchFactory(is_asked=True, first=rows["pair"].first)
    KeepInTouchWish.objects.filter(membership=asked.second).update(reach=canary("how to reach who only waits"))
    room = Venue.objects.create(
        site=group.site, kind="online", name="Room", join_link=f"https://{canary('online link')}.org", created_at=NOW
    )
    type(meeting).objects.filter(pk=meeting.pk).update(online_venue=room)
    return world


def read_by(world, who):
    """What of all that is on any page that `who` gets."""
    pages = b"".join(content for _name, content in pages_for(world, who))
    return {what for what in READERS if canary(what).encode() in pages}


@pytest.mark.parametrize("who", sorted(EVERYONE | set(OUTSIDERS)))
def test_each_reads_only_what_is_for_them(world, who):
    allowed = {what for what, readers in READERS.items() if who in readers}
    assert read_by(world, who) <= allowed


@pytest.mark.parametrize("who", ["contact", "member"])
def test_what_is_for_someone_is_where_they_can_read_it(world, who):
    """Or the test above would prove nothing. Requests and concerns have pages of their own, with tests of their own."""
    expected = {"kept name", "note of a meeting", "online link", "thing to bring"}
    if who == "member":
        expected |= {"how to reach the member", "good time of the peer"}
    assert expected <= read_by(world, who)
