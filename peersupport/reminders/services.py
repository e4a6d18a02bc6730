"""What people decide about their reminders."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from peersupport.reminders.models import Message, Preference


@transaction.atomic
def choose_reminders(*, person_id: int, wanted: Mapping[str, bool], now: datetime) -> None:
    """Turn kinds on or off; what already waits for a kind that is turned off does not go out."""
    for kind, is_wanted in wanted.items():
        Preference.objects.update_or_create(
            person_id=person_id, kind=kind, defaults={"is_wanted": is_wanted, "changed_at": now}
        )
    off = [kind for kind, is_wanted in wanted.items() if not is_wanted]
    waiting = Message.objects.filter(recipient=person_id, kind__in=off, state=Message.State.PENDING)
    waiting.update(state=Message.State.DROPPED, reason="This reminder was turned off.", settled_at=now)
