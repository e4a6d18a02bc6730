"""What time it is for all who plan and send: what the database's clock says.

They compare leases and due times across machines. One that went by a clock of its own, an hour off, would take
messages from workers that are still at it, or lose its own to them, send too early and drop what is still of use.
"""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

_behind = timedelta()


def set_by_database() -> None:
    """Find out how far this machine's clock is behind. Each pass does so once, not with every message."""
    global _behind
    _behind = database_now() - timezone.now()


def now() -> datetime:
    return timezone.now() + _behind


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
