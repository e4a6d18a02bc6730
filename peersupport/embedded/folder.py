"""The folder that embedded servers keep their data, passwords, ports and logs in."""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import socket
from pathlib import Path

MEGABYTES_NEEDED = 300


class EmbeddedError(Exception):
    """Something the person at the keyboard can put right; the text says how."""


class Folder:
    """A data folder that only its owner can look into."""

    def __init__(self, path):
        self.path = Path(path).resolve()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        self.logs = self.subfolder("logs")

    def check_space(self):
        free = shutil.disk_usage(self.path).free // 2**20
        if free < MEGABYTES_NEEDED:
            raise EmbeddedError(
                f"There are {free} MB free at {self.path}; {MEGABYTES_NEEDED} MB are needed. "
                "Make room, or keep the data elsewhere: DATA_DIR=/another/folder make demo"
            )

    def subfolder(self, name):
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        return path

    def remembered(self, name, make):
        """The value kept under `name`; the first time, the one that `make()` gives."""
        kept = self._kept()
        if name not in kept:
            self.remember(name, make())
        return self._kept()[name]

    def remember(self, name, value):
        kept = self._kept() | {name: value}
        new = self._keeping.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        new.replace(self._keeping)

    def password(self, name):
        return self.remembered(f"{name} password", lambda: secrets.token_urlsafe(24))

    def port(self, name):
        """The port `name` had last time where it is still free, else a free one."""
        port = self._kept().get(f"{name} port")
        if port is None or not port_is_free(port):
            port = free_port()
            self.remember(f"{name} port", port)
        return port

    @contextlib.contextmanager
    def locked(self):
        """Held while servers start or stop, so that two processes don't do it at once."""
        with (self.path / "starting.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def use(self):
        """A lock that says "someone is using these servers"; it goes with the process that holds it."""
        file = (self.path / "in-use.lock").open("w")
        fcntl.flock(file, fcntl.LOCK_SH)
        return file

    @property
    def _keeping(self):
        return self.path / "secrets.json"

    def _kept(self):
        return json.loads(self._keeping.read_text()) if self._keeping.exists() else {}


def is_only_user(use):
    """Whether nobody but the holder of `use` is using the servers."""
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
