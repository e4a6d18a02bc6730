from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from redis.exceptions import ConnectionError as CacheDown

from peersupport.access import throttle


def tries(number, who="192.0.2.1", what="join", most=3):
    return [throttle.allows(what, who, most=most, seconds=60) for _number in range(number)]


def test_tries_are_allowed_up_to_the_limit():
    assert tries(5) == [True, True, True, False, False]


def test_each_address_and_each_thing_counts_on_its_own():
    tries(4)
    assert tries(1, who="192.0.2.2") == [True]
    assert tries(1, what="other") == [True]


def test_a_new_span_starts_afresh():
    assert throttle.allows("join", "192.0.2.1", most=1, seconds=1)
    cache.clear()
    assert throttle.allows("join", "192.0.2.1", most=1, seconds=1)


def test_the_span_is_not_drawn_out_by_more_tries(broker):
    tries(2)
    (key,) = broker.keys("*throttle:join*")
    broker.expire(key, 30)
    tries(2)
    assert broker.ttl(key) <= 30


def test_the_address_is_not_kept(broker):
    tries(1, who="192.0.2.77")
    assert [key for key in broker.keys("*") if b"192.0.2.77" in key] == []


def test_workers_at_the_same_moment_count_together():
    with ThreadPoolExecutor(8) as crowd:
        allowed = crowd.map(lambda _number: throttle.allows("join", "192.0.2.1", most=10, seconds=60), range(40))
    assert sum(allowed) == 10


def test_without_the_cache_nothing_is_allowed(monkeypatch):
    def down(*args, **kwargs):
        raise CacheDown

    monkeypatch.setattr(cache, "add", down)
    assert tries(1) == [False]


def test_a_span_that_ends_between_two_commands_starts_a_new_one(monkeypatch):
    answers = iter([False, True])
    monkeypatch.setattr(cache, "add", lambda *args, **kwargs: next(answers))

    def gone(key):
        raise ValueError(key)

    monkeypatch.setattr(cache, "incr", gone)
    assert throttle.allows("join", "192.0.2.1", most=1, seconds=60)


@pytest.mark.parametrize("most", [0, -1])
def test_a_limit_of_nothing_allows_nothing(most):
    assert tries(1, most=most) == [False]
