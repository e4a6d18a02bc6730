"""What every test stands on: database, broker, browser. Test data is in factories.py."""

import os
import time
from datetime import timedelta
from pathlib import Path

import django.test
import pytest
import redis
from django.conf import settings
from django.db import connections
from py_vapid import b64urlencode

from tests import database, processes
from tests.httpsink import HTTPSink
from tests.mailsink import MailSink
from tests.second_factor import give_authenticator

NOTIFY_KEY = "tests-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0"
VAPID_KEY = b64urlencode(bytes(range(1, 33)))
#: What takes longest begins first, so that no worker is left alone with it at the end.
LONGEST = ["test_urls.py", "test_demo.py", "test_supervisor.py", "test_canaries.py", "test_group_canaries.py"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """In place of pytest-django's, which would run everything as one role."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        database.create()
        emptying = database.Emptying()
        patch.setattr(django.test.TransactionTestCase, "_fixture_teardown", lambda case: emptying())
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def broker():
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def _empty_broker(broker):
    """Rate limits and queued tasks of one test are no matter of the next."""
    broker.flushdb()


@pytest.fixture(scope="session")
def _mail_sink():
    with MailSink().listening(os.environ["SMTP_URL"]) as sink:
        yield sink


@pytest.fixture
def mail_sink(_mail_sink):
    """The mail server that worker processes send to. In the tests' own process Django keeps mail in `mail.outbox`."""
    _mail_sink.forget()
    return _mail_sink


@pytest.fixture
def celery_worker_process(transactional_db, mail_sink):
    """A real worker on the tests' database and broker, for this test alone; it sends mail to `mail_sink`."""
    with processes.celery_worker() as worker:
        yield worker


@pytest.fixture(scope="session")
def base_url():
    return settings.BASE_URL


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    installed = processes.installed_browser()
    if not installed and not Path(playwright.chromium.executable_path).exists():
        pytest.fail("The journeys need a browser. Install Chromium or Chrome, or run: playwright install chromium")
    # Chromium's sandbox refuses to run as root, as in containers; the pages it opens here are our own.
    as_root = ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else []
    # There is no graphics card to help with drawing, and what stands in for one takes longer than drawing itself.
    quick = ["--disable-background-networking", "--disable-gpu"]
    args = [*browser_type_launch_args.get("args", []), *quick, *as_root]
    return browser_type_launch_args | {"args": args} | ({"executable_path": installed} if installed else {})


@pytest.fixture
def with_second_factor():
    """Give a person an authenticator, as their role demands."""

    def give(person):
        give_authenticator(person)
        return person

    return give


@pytest.fixture
def has_given_second_factor():
    """As if whoever is signed in with the client had given their second factor `ago`."""

    def give(client, *, ago=timedelta(0)):
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() - ago.total_seconds()}]
        session["account_authentication_methods_user"] = session["_auth_user_id"]
        session.save()
        return client

    return give


@pytest.fixture
def http_sink():
    with HTTPSink().listening() as sink:
        yield sink


@pytest.fixture
def notify(http_sink, settings):
    """GOV.UK Notify, set up for text messages."""
    settings.NOTIFY_API_KEY, settings.NOTIFY_URL = NOTIFY_KEY, http_sink.address
    settings.NOTIFY_TEXT_TEMPLATE = "text-template"
    http_sink.replies["/v2/notifications?"] = (200, {"notifications": []})
    return http_sink


@pytest.fixture
def push_service(http_sink, settings):
    settings.VAPID_PRIVATE_KEY = VAPID_KEY
    return http_sink


@pytest.fixture
def sign_in(client):
    """`sign_in(person)`: the client, signed in as them with the second factor that their roles may ask for."""

    def sign_in_as(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["has_second_factor"] = True
        session.save()
        return client

    return sign_in_as
