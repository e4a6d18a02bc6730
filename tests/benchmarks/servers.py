"""PostgreSQL and Valkey for benchmarks, and Django on them: once per run, thrown away at its end."""

import atexit
import contextlib
import functools
import os

import django
import psycopg2
from django.core.management import call_command

from peersupport.embedded import Servers
from peersupport.embedded.environment import development_environment


@functools.cache
def started():
    """Start the servers, unless DATABASE_URL says where some are, and bring the schema up to date."""
    if "DATABASE_URL" not in os.environ:
        servers = Servers()
        servers.__enter__()
        atexit.register(servers.__exit__)
        os.environ |= development_environment(servers.folder) | servers.environment
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)


def settle():
    """Clear away and count what stands in the tables, as autovacuum does in time: only their owner may."""
    connection = psycopg2.connect(os.environ["MIGRATION_DATABASE_URL"])
    connection.autocommit = True
    with contextlib.closing(connection), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
