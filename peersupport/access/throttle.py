"""A limit on tries, shared by all workers through the cache."""

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def allows(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one try of `what` by `who` (an address, a key); whether it is within `most` in a span of `seconds`.

    The span starts with the first try. Without the cache nothing is allowed: a guard that can't count stays shut.
    """
    key = f"throttle:{what}:{hashlib.sha256(who.encode()).hexdigest()}"
    try:
        return _count(key, seconds) <= most
    except RedisError:
        log.warning("Tries of %s can't be counted; they are refused.", what)
        return False


def _count(key, seconds):
    if cache.add(key, 1, timeout=seconds):
        return 1
    try:
        return cache.incr(key)
    except ValueError:
        # The span ended between the two commands, so a new one starts.
        return _count(key, seconds)
