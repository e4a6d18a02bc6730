import os
import signal
import socket
import subprocess
import sys
import time
from collections import namedtuple
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from peersupport.embedded import EmbeddedError, Servers
from peersupport.embedded import folder as folder_module
from peersupport.embedded import servers as servers_module
from peersupport.embedded.postgresql import as_ordinary_user
from peersupport.embedded.server import has_ended


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with Servers(tmp_path_factory.mktemp("servers")) as servers:
        yield servers


def query(url, statement):
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


def test_roles_have_no_rights_beyond_their_work(running):
    rights = "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles"
    rows = query(running.environment["DATABASE_URL"], f"{rights} WHERE rolname LIKE 'peersupport%' ORDER BY 1")
    assert rows == [
        ("peersupport_app", False, False, False, False, False),
        ("peersupport_owner", False, False, True, False, False),
    ]


@pytest.mark.parametrize("statement", ["CREATE TABLE mine ()", "CREATE SCHEMA mine", "CREATE TEMP TABLE mine ()"])
def test_application_cannot_create(running, statement):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(running.environment["DATABASE_URL"], statement)


def test_application_uses_rows_of_new_tables_but_not_the_tables(running):
    owner, application = running.environment["MIGRATION_DATABASE_URL"], running.environment["DATABASE_URL"]
    query(owner, "CREATE TABLE note (id serial, text text)")
    query(application, "INSERT INTO note (text) VALUES ('a'), ('b')")
    query(application, "UPDATE note SET text = 'c' WHERE text = 'a'")
    query(application, "DELETE FROM note WHERE text = 'b'")
    assert query(application, "SELECT text FROM note") == [("c",)]
    for statement in ["TRUNCATE note", "DROP TABLE note", "ALTER TABLE note DISABLE TRIGGER ALL"]:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(application, statement)


def test_servers_refuse_the_wrong_password(running):
    password = running.folder.password("app")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        query(running.environment["DATABASE_URL"].replace(password, "guess"), "SELECT 1")
    url = running.environment["REDIS_URL"].replace(running.folder.password("Valkey"), "guess")
    with redis.Redis.from_url(url) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_every_way_in_asks_for_a_password(running):
    superuser = running.environment["DATABASE_URL"].replace("peersupport_app", "postgres")
    superuser = superuser.replace(running.folder.password("app"), running.folder.password("postgres"))
    ways = query(superuser, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
    assert ways == [("scram-sha-256",)]


def test_servers_listen_on_this_machine_only(running):
    addresses = {c.laddr.ip for s in running.all for c in s.process().net_connections("tcp")}
    assert addresses == {"127.0.0.1"}
    assert [c for s in running.all for c in s.process().net_connections("unix") if c.laddr] == []


def test_only_the_owner_reads_the_folder(running):
    modes = {path.name: path.stat().st_mode & 0o777 for path in running.folder.path.iterdir()}
    folders = ["logs", "postgresql", "valkey"]
    assert running.folder.path.stat().st_mode & 0o777 == 0o700
    assert [modes[name] for name in folders] == [0o700] * 3
    assert [modes[name] for name in ("secrets.json", "valkey.conf")] == [0o600] * 2


def test_passwords_are_on_no_command_line(running):
    passwords = [running.folder.password(name) for name in ("app", "owner", "postgres", "Valkey")]
    lines = " ".join(part for server in running.all for part in server.process().cmdline())
    assert not [password for password in passwords if password in lines]


def test_second_start_is_quick_and_keeps_data_and_ports(tmp_path):
    with Servers(tmp_path) as servers:
        before = servers.environment
        query(before["MIGRATION_DATABASE_URL"], "CREATE TABLE kept AS SELECT 1 AS number")
        with redis.Redis.from_url(before["REDIS_URL"]) as client:
            client.set("kept", "1")
    began = time.monotonic()
    with Servers(tmp_path) as servers:
        assert time.monotonic() - began < 10
        assert servers.environment == before
        assert query(before["DATABASE_URL"], "SELECT number FROM kept") == [(1,)]
        with redis.Redis.from_url(before["REDIS_URL"]) as client:
            assert client.get("kept") == b"1"


def test_start_after_both_were_killed_keeps_data(tmp_path):
    with Servers(tmp_path) as servers:
        query(servers.environment["MIGRATION_DATABASE_URL"], "CREATE TABLE kept AS SELECT 1 AS number")
        for process in [server.process() for server in servers.all]:
            process.kill()
            process.wait()
        assert servers.start_stopped() == ["PostgreSQL", "Valkey"]
        assert query(servers.environment["DATABASE_URL"], "SELECT number FROM kept") == [(1,)]


def test_port_that_was_taken_meanwhile_is_changed(tmp_path):
    with Servers(tmp_path) as servers:
        before = servers.environment["DATABASE_URL"]
    with socket.create_server(("127.0.0.1", urlsplit(before).port)), Servers(tmp_path) as servers:
        assert servers.environment["DATABASE_URL"] != before
        assert query(servers.environment["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_servers_stop_with_their_last_user(tmp_path):
    with Servers(tmp_path) as first:
        with Servers(tmp_path) as second:
            assert second.environment == first.environment
        assert query(first.environment["DATABASE_URL"], "SELECT 1") == [(1,)]
        processes = [server.process() for server in first.all]
    assert [has_ended(process) for process in processes] == [True, True]


def test_folder_may_have_a_long_path(tmp_path):
    with Servers(tmp_path / ("long" * 40)) as servers:
        assert query(servers.environment["DATABASE_URL"], "SELECT 1") == [(1,)]


def test_servers_of_a_killed_run_are_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(servers_module.tempfile, "tempdir", str(tmp_path))
    wait = "from peersupport.embedded import Servers\nwith Servers(): print(flush=True); input()"
    run = subprocess.Popen(
        [sys.executable, "-c", wait],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    with run:
        run.stdout.readline()
        run.send_signal(signal.SIGKILL)
    [left] = tmp_path.glob(f"{servers_module.THROWAWAY_PREFIX}*")
    processes = [server.process() for server in Servers(left).all]
    os.utime(left, (0, 0))
    servers_module.remove_leftovers()
    assert [has_ended(process) for process in processes] == [True, True]
    assert list(tmp_path.iterdir()) == []


def test_full_disk_says_what_to_do(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")(10, 9, 40 * 2**20)
    monkeypatch.setattr(folder_module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(EmbeddedError, match=r"There are 40 MB free at .* Make room, or keep the data elsewhere"):
        Servers(tmp_path).__enter__()


def test_root_without_user_namespaces_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("PATH", "/nowhere")
    as_ordinary_user.cache_clear()
    with pytest.raises(EmbeddedError, match="Run the same command as an ordinary user"):
        as_ordinary_user()
    as_ordinary_user.cache_clear()


def test_exec_gives_the_command_its_environment_and_answers_with_its_code(tmp_path):
    code = "import os, sys; sys.exit(40 + (os.environ['DATABASE_URL'] != '') + ('SECRET_KEY' in os.environ))"
    command = [
        sys.executable,
        "-m",
        "peersupport.embedded",
        "exec",
        "--data-dir",
        tmp_path,
        "--",
        sys.executable,
        "-c",
        code,
    ]
    assert subprocess.run(command, check=False).returncode == 42
