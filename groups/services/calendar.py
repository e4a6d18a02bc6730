"""A person's secret calendar address."""

from datetime import datetime

from django.db import transaction

from groups.models import CalendarFeed, SupportGroup
from members.models import Person
from peersupport.access import tokens


@transaction.atomic
def open_feed(*, person: Person, now: datetime, group: SupportGroup | None = None) -> CalendarFeed:
    """The person's live feed of all their groups, or of one; the first time, a new one."""
    # The lock makes two first visits at once share one feed.
    Person.objects.select_for_update().get(pk=person.pk)
    live = CalendarFeed.objects.filter(person=person, group=group, revoked_at=None).first()
    return live or _add_feed(person, group, now)


@transaction.atomic
def renew_feed(*, person: Person, now: datetime, group: SupportGroup | None = None) -> CalendarFeed:
    """A new address; the old one stops working at once."""
    Person.objects.select_for_update().get(pk=person.pk)
    CalendarFeed.objects.filter(person=person, group=group, revoked_at=None).update(revoked_at=now)
    return _add_feed(person, group, now)


def _add_feed(person, group, now):
    nonce = tokens.new_nonce()
    # The token is derived from the row's key, so the fingerprint follows once there is one.
    feed = CalendarFeed.objects.create(person=person, group=group, nonce=nonce, fingerprint=nonce, created_at=now)
    feed.fingerprint = tokens.fingerprint(feed.token())
    feed.save(update_fields=["fingerprint"])
    return feed
