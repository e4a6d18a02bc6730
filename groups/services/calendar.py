"""A person's secret calendar address."""

from datetime import datetime

from django.db import transaction

from groups.models import CalendarFeed
from members.models import Person
from peersupport.access import tokens


@transaction.atomic
def open_feed(*, person: Person, now: datetime) -> CalendarFeed:
    """The person's live feed; the first time, a new one."""
    # The lock makes two first visits at once share one feed.
    Person.objects.select_for_update().get(pk=person.pk)
    live = CalendarFeed.objects.filter(person=person, revoked_at=None).first()
    return live or _add_feed(person, now)


@transaction.atomic
def renew_feed(*, person: Person, now: datetime) -> CalendarFeed:
    """A new address; the old one stops working at once."""
    Person.objects.select_for_update().get(pk=person.pk)
    CalendarFeed.objects.filter(person=person, revoked_at=None).update(revoked_at=now)
    return _add_feed(person, now)


def _add_feed(person, now):
    nonce = tokens.new_nonce()
    # The token is derived from the row's key, so the fingerprint follows once there is one.
    feed = CalendarFeed.objects.create(person=person, nonce=nonce, fingerprint=nonce, created_at=now)
    feed.fingerprint = tokens.fingerprint(feed.token())
    feed.save(update_fields=["fingerprint"])
    return feed
