"""What Celery wakes for this app."""

from celery import shared_task
from django.utils import timezone

from supportplans.services.plan import settle_plans
from supportplans.services.resting import settle_pairs


@shared_task
def settle_keep_in_touch():
    """Have pairs follow what became of their members. Beat starts it once an hour; twice does no harm."""
    settle_pairs(now=timezone.now())


@shared_task
def settle_group_plans():
    """Take plans into use whose time for words is over. Beat starts it every five minutes; twice does no harm."""
    settle_plans(now=timezone.now())
