"""The Celery application: `celery -A peersupport worker`. Settings carry the prefix CELERY_."""

import logging
import os

import redis
from celery import Celery
from kombu.exceptions import OperationalError
from redis.backoff import NoBackoff
from redis.retry import Retry

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")

logger = logging.getLogger(__name__)
app = Celery("peersupport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def wake(task: str, *arguments: int) -> None:
    """Have a worker do a task soon, if the broker answers within a second.

    Celery itself tries for 5 seconds and more, and somebody waits for a page. Nothing hangs on it: PostgreSQL holds
    what there is to do, and the beat's next pass finds it there.
    """
    try:
        with redis.Redis.from_url(
            app.conf.broker_url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        ) as broker:
            broker.ping()
        app.send_task(task, list(arguments), ignore_result=True)
    except (redis.RedisError, OperationalError):
        logger.warning("The broker does not answer; the next pass finds what %s is for.", task)
