"""What every test stands on: database, broker, browser. Test data is in factories.py."""

import shutil

import django.test
import pytest
import redis
from django.conf import settings
from django.db import connections

from tests import database

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """In place of pytest-django's, which would run everything as one role."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        database.create()
        emptying = database.Emptying()
        patch.setattr(django.test.TransactionTestCase, "_fixture_teardown", lambda case: emptying())
        yield
        connections.close_all()
        database.drop()


@pytest.fixture(scope="session")
def broker():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def _empty_broker(broker):
    """Rate limits and queued tasks of one test are no matter of the next."""
    broker.flushdb()
