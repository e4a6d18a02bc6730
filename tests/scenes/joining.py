"""Messages about coming into a group and being taken out of it."""

from datetime import timedelta

from groups.models import Invitation, JoinRequest
from tests import factories as make
from tests.factories import NOW
from tests.scenes.stage import PRIVATE, group, message, person, scene


def invitation(about="We talk over tea, and go for a short walk when the weather is kind.", **changes):
    return Invitation.objects.create(
        **{"group": group(about=about), "kind": "email", "email": "sam@example.org", "name": "Sam", "nonce": "nonce"}
        | {"fingerprint": "fingerprint", "invited_by": person("Joan"), "created_at": NOW}
        | {"expires_at": NOW + timedelta(days=30)}
        | changes
    )


@scene("groups.invitation")
def invitation_made():
    """It comes at once to an address that an organiser gave us; no account is needed."""
    return message(invitation(), None)


@scene("groups.invitation", "Without a name")
def invitation_without_name():
    """Only the address is known."""
    return message(invitation(name="", about=""), None)


@scene("groups.invitation_reminder")
def invitation_waits():
    """It comes once, a week after an invitation that nobody has used or turned down."""
    return message(invitation(created_at=NOW - timedelta(days=7)), None)


@scene("groups.invitation_reminder", "Without a name")
def invitation_without_name_waits():
    """Only the address is known."""
    return message(invitation(name="", created_at=NOW - timedelta(days=7)), None)


def join_request(**changes):
    details = {"group": group(join_rule="by_agreement"), "person": person("Maria"), "note": PRIVATE}
    return JoinRequest.objects.create(**details | {"asked_at": NOW - timedelta(days=1)} | changes)


@scene("groups.join_asked")
def join_asked():
    """It comes at once to those who look after a group that lets people in by agreement."""
    request = join_request()
    return message(request, make.RoleTermFactory(group=request.group, person=person("Joan")).person)


def join_answer(state, note):
    answer = {"state": state, "answer_note": note, "answered_by": person("Joan"), "answered_at": NOW}
    request = join_request(**answer)
    return message(request, request.person)


@scene("groups.join_answered")
def join_accepted():
    """It comes at once when a group answers someone who asked to join."""
    return join_answer("accepted", "How good that you found us.\nAsk for me at the door.")


@scene("groups.join_answered", "Not this time")
def join_declined():
    """The group says no; it need not say why."""
    return join_answer("declined", "")


@scene("groups.membership_removed")
def membership_removed():
    """It comes at once when an organiser takes someone out of a group."""
    row = make.MembershipFactory(
        group=group(),
        person=person("Maria"),
        state="removed",
        ended_at=NOW,
        ended_by=person("Joan"),
        removal_reason="You shared what another member had told us.\nWe had asked you twice not to.",
    )
    return message(row, row.person)


@scene("groups.still_going")
def still_going():
    """It comes after 12 weeks of which nobody noted a meeting, to those who look after the group; once."""
    quiet_since = NOW - timedelta(weeks=12)
    place = group(quiet_since=quiet_since)
    contact = make.RoleTermFactory(group=place, person=person("Joan")).person
    return message(place, contact, version=int(quiet_since.timestamp()) // 60)
