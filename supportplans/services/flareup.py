"""Flare-ups: logged in one tap, filled in later or never."""

import uuid
from datetime import date, datetime

from django.db import transaction

from members.models import Person
from supportplans.models import FlareUp


@transaction.atomic
def log_flareup(
    *, by: Person, client_id: uuid.UUID, started_on: date, now: datetime, is_start_approximate: bool = False
) -> FlareUp:
    """A new entry; the same `client_id` again (double tap, retry, back button) is the same entry."""
    flareup, _is_new = FlareUp.objects.get_or_create(
        person=by,
        client_id=client_id,
        defaults={
            "started_on": started_on,
            "is_start_approximate": is_start_approximate,
            "logged_at": now,
            "changed_at": now,
        },
    )
    return flareup


@transaction.atomic
def edit_flareup(*, flareup: FlareUp, now: datetime, **fields) -> FlareUp:
    for name, value in fields.items():
        setattr(flareup, name, value)
    flareup.changed_at = now
    flareup.save(update_fields=[*fields, "changed_at"])
    return flareup
