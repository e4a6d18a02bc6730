"""The test database: made and migrated as the owner, used as the application's role, as in production."""

import io
import os
from contextlib import contextmanager

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import migrate
from psycopg2 import sql

from peersupport.owner import as_owner
from tests import migrated

MAINTENANCE = os.environ["TESTS_MAINTENANCE_DATABASE"]
TEMPLATE = f"test_{MAINTENANCE}_template"
# Any number will do, so long as every xdist worker asks for the same.
TEMPLATE_LOCK = 20100
#: So many rows that were deleted slow down whoever reads the table, until it is vacuumed.
MANY = 1000


def create():
    """A fresh copy of the migrated template; the first worker of a run makes the template."""
    name = settings.DATABASES["default"]["NAME"]
    with _maintenance() as run:
        run("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not _template_is_of_this_run(run):
            _make_template(run)
        run("DROP DATABASE IF EXISTS {}", name)
        run("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)


def _make_template(run):
    run("DROP DATABASE IF EXISTS {}", TEMPLATE)
    run("CREATE DATABASE {}", TEMPLATE)
    if not migrated.restore(TEMPLATE):
        with as_owner(TEMPLATE):
            call_command(migrate.Command(), verbosity=0, interactive=False)
        migrated.keep(TEMPLATE)
    run("COMMENT ON DATABASE {} IS %s", [_this_run()], TEMPLATE)


def _template_is_of_this_run(run):
    """A server of one's own may still have the template of an earlier run."""
    found = run("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [TEMPLATE])
    return found == [(_this_run(),)]


def _this_run():
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))


@contextmanager
def _maintenance():
    """Gives a function that runs SQL as the owner outside the test databases: `{}` names, `%s` values; the rows."""
    url = f"{settings.MIGRATION_DATABASE_URL.rsplit('/', 1)[0]}/{MAINTENANCE}"
    owner = psycopg2.connect(url)
    owner.autocommit = True

    def run(statement, *names_and_values):
        values = [part for part in names_and_values if isinstance(part, list)]
        names = [sql.Identifier(part) for part in names_and_values if isinstance(part, str)]
        with owner.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*names), *values)
            return cursor.fetchall() if cursor.description else None

    try:
        yield run
    finally:
        owner.close()


class Emptying:
    """Puts the database back to its freshly migrated state after a test that committed.

    Django's `flush` can't: the application's role may not TRUNCATE, and rows that migrations made would be lost. And it
    would take longer: TRUNCATE makes every table anew that refers to one of them, which is nearly all.
    """

    def __init__(self):
        with as_owner() as owner, owner.cursor() as cursor:
            self.tables = [t for t in owner.introspection.table_names(cursor) if t != "django_migrations"]
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            self.guarded = {table for (table,) in cursor.fetchall()}
            self.migrated = {table: _copy(cursor, table) for table in self._filled(cursor)}

    def __call__(self):
        with as_owner() as owner, owner.cursor() as cursor:
            if filled := self._filled(cursor):
                self._empty(cursor, filled)

    def _filled(self, cursor):
        checks = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in self.tables]
        cursor.execute(" UNION ALL ".join(checks))
        return [table for (table,) in cursor.fetchall()]

    def _empty(self, cursor, filled):
        cursor.execute("BEGIN")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        # In some of them rows may only be added.
        guarded = [table for table in filled if table in self.guarded]
        _say_of_triggers(cursor, guarded, "DISABLE")
        many = [table for table in filled if _delete_all(cursor, table) > MANY]
        for table, rows in self.migrated.items():
            cursor.copy_expert(f'COPY "{table}" FROM STDIN', io.StringIO(rows))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _say_of_triggers(cursor, guarded, "ENABLE")
        cursor.execute("COMMIT")
        for table in many:
            cursor.execute(f'VACUUM "{table}"')


def _say_of_triggers(cursor, tables, what):
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" {what} TRIGGER USER')


def _delete_all(cursor, table):
    """How many rows there were."""
    cursor.execute(f'DELETE FROM "{table}"')
    return cursor.rowcount


def _copy(cursor, table):
    rows = io.StringIO()
    cursor.copy_expert(f'COPY "{table}" TO STDOUT', rows)
    return rows.getvalue()
