"""What Celery wakes for this app."""

from celery import shared_task
from django.utils import timezone

from groups.services.group_state import note_last_meetings
from groups.services.series import extend_all_series


@shared_task
def extend_series():
    """Keep half a year of meetings made ahead. Beat starts it a few times a day; twice does no harm."""
    extend_all_series(now=timezone.now())


@shared_task
def note_quiet_groups():
    """Keep up since when each group is quiet. Beat starts it once an hour; twice does no harm."""
    note_last_meetings(now=timezone.now())
