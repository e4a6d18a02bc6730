"""Pytest plugin, loaded before Django's settings: gives the run its environment, servers included.

Where DATABASE_URL is set, that server and REDIS_URL's are used; else throwaway ones start once per run. Each
xdist worker has a database of its own on both.
"""

import os
import tempfile
from urllib.parse import urlsplit

import pytest

from peersupport.embedded import Servers
from peersupport.embedded.environment import development_environment
from peersupport.embedded.folder import Folder, free_port


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        _prepare_run(early_config)
    _take_own_databases(worker or "main")
    _take_own_ports()
    return (yield)


def _prepare_run(config):
    temporary = tempfile.TemporaryDirectory(prefix="peersupport-tests-")
    config.add_cleanup(temporary.cleanup)
    folder = Folder(temporary.name)
    # Nothing of the developer's own environment may change what the tests see, but for where the servers are.
    os.environ |= development_environment(folder) | {"STATIC_ROOT": str(folder.subfolder("static"))}
    # A machine that stalls for a moment fails no test: nothing here is timed.
    os.environ["STATEMENT_TIMEOUT_MS"] = "60000"
    if "DATABASE_URL" not in os.environ:
        servers = Servers()
        servers.__enter__()
        config.add_cleanup(servers.__exit__)
        os.environ |= servers.environment
    os.environ["TESTS_MAINTENANCE_DATABASE"] = urlsplit(os.environ["MIGRATION_DATABASE_URL"]).path.strip("/")


def _take_own_databases(worker):
    """Point the environment, and so every process that the tests start, to databases of this xdist worker."""
    database = f"test_{os.environ['TESTS_MAINTENANCE_DATABASE']}_{worker}"
    number = 0 if worker == "main" else 1 + int(worker.removeprefix("gw"))
    for name, path in [("DATABASE_URL", database), ("MIGRATION_DATABASE_URL", database), ("REDIS_URL", number)]:
        os.environ[name] = urlsplit(os.environ[name])._replace(path=f"/{path}").geturl()


def _take_own_ports():
    """The live server and the mail sink listen where settings, mails and worker processes say they do."""
    address = f"localhost:{free_port()}"
    os.environ["DJANGO_LIVE_TEST_SERVER_ADDRESS"] = address
    os.environ["BASE_URL"] = f"http://{address}"
    os.environ["SMTP_URL"] = f"smtp://127.0.0.1:{free_port()}"
    # Playwright keeps an event loop in the thread that the tests use the database from.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
