"""What surrounds the meetings of the story: those who usually come, things to bring, notes, and a room that is full."""

from datetime import timedelta

from groups.models import RSVP, Meeting, Membership
from groups.services.answer import set_capacity
from groups.services.around_meeting import add_bring_item, take_bring_item, write_note
from groups.services.membership import edit_membership
from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle

NOTES = 6


def tell_around_meetings(telling: Telling, circles: list[Circle]):
    """Told last, so that chance runs for the rest of the story as it did before."""
    for number, circle in enumerate(circles):
        _write_notes(telling, circle)
        meeting = _next_meeting(telling, circle)
        if meeting:
            _say_who_usually_comes(telling, circle)
            _fill_the_list(telling, circle, meeting)
            if number == 0:
                _fill_the_room(telling, circle, meeting)


def _next_meeting(telling, circle):
    upcoming = Meeting.objects.filter(group=circle.group).going_ahead().upcoming(now=telling.now)
    return upcoming.filter(starts_at__gt=telling.now).first()


def _write_notes(telling, circle):
    held = Meeting.objects.filter(group=circle.group, state=Meeting.State.HELD).order_by("-starts_at")
    for meeting in held[:NOTES]:
        if telling.often(0.6):
            writer = telling.chance.choice(circle.members)
            at = meeting.ends_at + timedelta(hours=2)
            write_note(meeting=meeting, text=telling.some("decisions"), base=None, by=writer, now=min(at, telling.now))


def _say_who_usually_comes(telling, circle):
    """Whoever the story lets do so, but for the one who is asked each time: Maria."""
    memberships = Membership.objects.joined().filter(group=circle.group).with_account().select_related("person")
    for membership in memberships.order_by("pk"):
        if membership.person.email != "member@example.org" and telling.often(0.4):
            edit_membership(
                membership=membership,
                usually_comes=telling.often(0.5),
                shows_answer=True,
                greeter_may_know=telling.often(0.5),
                by=membership.person,
                now=telling.now,
            )


def _fill_the_list(telling, circle, meeting):
    joined = set(Membership.objects.joined().filter(group=circle.group).values_list("person", flat=True))
    still_here = [person for person in circle.members if person.pk in joined]
    for what in telling.chance.sample(telling.words["bring_items"], k=3):
        item = add_bring_item(meeting=meeting, what=what, by=circle.contact, now=telling.now)
        if telling.often(0.6):
            take_bring_item(item=item, by=telling.chance.choice(still_here), now=telling.now)


def _fill_the_room(telling, circle, meeting):
    """Room for one fewer than mean to come, so that there is a waiting list."""
    coming = RSVP.objects.coming().filter(meeting=meeting).count()
    capacity = max(coming - 1, 1)
    set_capacity(meeting=meeting, capacity=capacity, is_for_series=False, by=circle.contact, now=telling.now)
