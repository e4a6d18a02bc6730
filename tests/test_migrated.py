"""What is kept of the migrations between runs is what they lead to, to the last right and row."""

import re
import subprocess
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings

from peersupport.embedded.postgresql import binary
from tests import database, migrated


def address_of(name):
    return urlunsplit(urlsplit(settings.MIGRATION_DATABASE_URL)._replace(path=f"/{name}"))


def as_sql(name):
    """The database as SQL, without what PostgreSQL writes another way once it has read it back: casts and brackets."""
    dumped = subprocess.run([binary("pg_dump"), "--dbname", address_of(name)], capture_output=True, check=True)
    return re.sub(
        r"^\\(un)?restrict .*$|::(character varying|text)(\[\])?|[()]", "", dumped.stdout.decode(), flags=re.M
    )


@pytest.fixture
def empty_database(django_db_setup):
    owner = psycopg2.connect(address_of(database.MAINTENANCE))
    owner.autocommit = True
    # Each xdist worker has its own.
    restored = f"{settings.DATABASES['default']['NAME']}_restored"
    with owner.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{restored}"')
        yield restored
        cursor.execute(f'DROP DATABASE "{restored}"')
    owner.close()


def test_what_was_kept_comes_back_whole(empty_database, monkeypatch, tmp_path):
    monkeypatch.setattr(migrated, "KEPT", tmp_path)
    migrated.keep(database.TEMPLATE)
    assert migrated.restore(empty_database)
    assert as_sql(empty_database) == as_sql(database.TEMPLATE)
    assert "GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE" in as_sql(empty_database)
    assert "CREATE TRIGGER" in as_sql(empty_database)


def test_nothing_kept_is_said_and_leaves_the_database_empty(empty_database, monkeypatch, tmp_path):
    monkeypatch.setattr(migrated, "KEPT", tmp_path)
    assert not migrated.restore(empty_database)
    migrated._dump().write_bytes(b"PGDMP cut off")
    assert not migrated.restore(empty_database)
    assert "CREATE TABLE" not in as_sql(empty_database)


def test_only_the_newest_is_kept(monkeypatch, tmp_path, django_db_setup):
    monkeypatch.setattr(migrated, "KEPT", tmp_path)
    (tmp_path / "old.dump").write_bytes(b"")
    migrated.keep(database.TEMPLATE)
    assert [path.name for path in tmp_path.iterdir()] == [migrated._dump().name]


def test_each_migration_counts(monkeypatch, tmp_path):
    before = migrated._dump().name
    added = tmp_path / "groups" / "migrations" / "0099_more.py"
    added.parent.mkdir(parents=True)
    added.write_text("")
    for path in migrated.ROOT.iterdir():
        if path.name not in {"groups", ".venv", "node_modules", ".data"}:
            (tmp_path / path.name).symlink_to(path)
    for path in (migrated.ROOT / "groups").iterdir():
        if path.name != "migrations":
            (tmp_path / "groups" / path.name).symlink_to(path)
    for path in (migrated.ROOT / "groups" / "migrations").glob("*.py"):
        (added.parent / path.name).symlink_to(path)
    monkeypatch.setattr(migrated, "ROOT", tmp_path)
    assert migrated._dump().name != before
    added.unlink()
    assert migrated._dump().name == before
