"""Is this process alive, and can it do its work? For the proxy, the container engine and whoever is on call."""

import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from peersupport.reminders.registry import all_kinds

logger = logging.getLogger(__name__)

# Whoever asks gives up soon, so a check that hangs counts as failed after this many seconds.
PATIENCE = 1.5
#: Reminders that are further behind than this are somebody's business at once.
LONGEST_LAG_MINUTES = 15
#: What mail servers put off for fewer people than this is a matter of their addresses, not of ours.
FEW_PEOPLE = 3
_BEHIND = """
    SELECT floor(extract(epoch FROM now() - least(
        (SELECT CASE WHEN count(DISTINCT coalesce(recipient_id, -subject_id)) < %s
                     THEN min(due_at) FILTER (WHERE failures = 0) ELSE min(due_at) END
         FROM reminders_message WHERE state IN ('pending', 'sending') AND due_at < now() AND expires_at > now()),
        (SELECT min(planned_until) FROM reminders_planningprogress WHERE kind = ANY (%s)),
        now()
    )) / 60)::int
"""
# Checks that hang hold a thread each until their own timeouts end them; with all threads held, the answer is no.
_threads = ThreadPoolExecutor(max_workers=6, thread_name_prefix="readyz")


@login_not_required
@never_cache
@require_safe
def livez(request):
    """200 as long as the process answers at all; asks nothing of anyone else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """200 if everything a page needs is there, else 503; says which part is not."""
    asked = {name: _threads.submit(check) for name, check in CHECKS.items()}
    wait(asked.values(), timeout=PATIENCE)
    answers = {name: _answer(name, future) for name, future in asked.items()}
    return JsonResponse(answers, status=200 if set(answers.values()) == {"ok"} else 503)


def _answer(name, future):
    if not future.done():
        future.cancel()
        return "no answer"
    if error := future.exception():
        logger.warning("Not ready: %s (%s)", name, type(error).__name__)
        return "failed"
    return future.result()


def check_database():
    with _fresh_connection() as fresh, fresh.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def check_migrations():
    """Every migration of this code is applied. More than that is fine: old code runs on the new schema."""
    with _fresh_connection() as fresh, fresh.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        missing = _migrations_of_this_code() - set(cursor.fetchall())
    return f"{len(missing)} to apply" if missing else "ok"


def check_broker():
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as client:
        client.ping()
    return "ok"


def check_reminders():
    """Whether messages go out: none is long overdue, and planning has not stopped."""
    with _fresh_connection() as fresh, fresh.cursor() as cursor:
        cursor.execute(_BEHIND, [FEW_PEOPLE, [kind.name for kind in all_kinds() if kind.plan]])
        minutes = cursor.fetchone()[0]
    return f"{minutes} minutes behind" if minutes >= LONGEST_LAG_MINUTES else "ok"


CHECKS = {
    "database": check_database,
    "migrations": check_migrations,
    "broker": check_broker,
    "reminders": check_reminders,
}


@contextlib.contextmanager
def _fresh_connection():
    """Not one that is kept: whether there is a connection to be had is part of the question."""
    fresh = connection.copy()
    fresh.settings_dict["OPTIONS"] |= {"connect_timeout": 2, "options": "-c statement_timeout=1000"}
    try:
        yield fresh
    finally:
        fresh.close()


@cache
def _migrations_of_this_code():
    return frozenset(key for key, migration in MigrationLoader(None).disk_migrations.items() if not migration.replaces)
