"""What Celery wakes for this app."""

from celery import shared_task
from django.utils import timezone

from supportplans.services.resting import settle_pairs


@shared_task
def settle_keep_in_touch():
    """Have pairs follow what became of their members. Beat starts it once an hour; twice does no harm."""
    settle_pairs(now=timezone.now())
