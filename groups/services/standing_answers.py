""" "I usually come": an answer that fills in meetings, and never overrides what was said."""

from collections.abc import Iterable
from datetime import datetime
from itertools import product

from groups.models import RSVP, Meeting, Membership


def answer_what_is_ahead(*, membership: Membership, now: datetime) -> None:
    """ "I usually come": an answer for each meeting ahead that has none. A word that was given stands."""
    ahead = Meeting.objects.filter(group=membership.group_id, starts_at__gt=now).going_ahead()
    _fill_in([(meeting, membership) for meeting in ahead.exclude(rsvps__membership=membership)], now)


def answer_for_the_usual(*, meetings: Iterable[Meeting], now: datetime) -> None:
    """New meetings begin with those who usually come."""
    meetings = list(meetings)
    groups = {meeting.group_id for meeting in meetings}
    usual = Membership.objects.joined().filter(group__in=groups, usually_comes=True).order_by("joined_at", "pk")
    members = list(usual)
    _fill_in([pair for pair in product(meetings, members) if pair[0].group_id == pair[1].group_id], now)


def _fill_in(pairs, now):
    RSVP.objects.bulk_create(
        [
            RSVP(
                meeting=meeting,
                membership=membership,
                answer=RSVP.Answer.COMING,
                answered_at=now,
                coming_since=now,
                is_standing=True,
            )
            for meeting, membership in pairs
        ],
        ignore_conflicts=True,
    )
