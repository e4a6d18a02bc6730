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
from peersupport.embedded.folder import Folder


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config):
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        _prepare_run(early_config)
    _take_own_databases(worker or "main")
    return (yield)


def _prepare_run(config):
    folder = tempfile.TemporaryDirectory(prefix="peersupport-tests-")
    config.add_cleanup(folder.cleanup)
    # Nothing of the developer's own environment may change what the tests see, but for where the servers are.
    os.environ |= development_environment(Folder(folder.name))
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
