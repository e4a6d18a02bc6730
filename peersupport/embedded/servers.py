"""Both servers, up for as long as somebody uses them."""

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from peersupport.embedded.folder import Folder, is_only_user
from peersupport.embedded.postgresql import PostgreSQL
from peersupport.embedded.valkey import Valkey

THROWAWAY_PREFIX = "peersupport-throwaway-"


class Servers:
    """`with Servers(data_dir) as servers:` starts what isn't running yet; whoever leaves last stops it.

    Several processes may use one folder at once. Without `data_dir` the servers are throwaway: their data
    goes when they stop and is not safe against a crash.
    """

    def __init__(self, data_dir=None):
        self.throwaway = data_dir is None
        if self.throwaway:
            remove_leftovers()
        self.folder = Folder(data_dir or tempfile.mkdtemp(prefix=THROWAWAY_PREFIX))
        self.postgresql = PostgreSQL(self.folder, throwaway=self.throwaway)
        self.valkey = Valkey(self.folder, throwaway=self.throwaway)
        self.all = [self.postgresql, self.valkey]

    @property
    def environment(self):
        """The environment variables that say where the servers are."""
        return {
            "DATABASE_URL": self.postgresql.url("app"),
            "MIGRATION_DATABASE_URL": self.postgresql.url("owner"),
            "REDIS_URL": self.valkey.url(),
        }

    def __enter__(self):
        self.folder.check_space()
        with self.folder.locked():
            self._use = self.folder.use()
        try:
            self.start_stopped()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        with self.folder.locked():
            if is_only_user(self._use):
                self.stop()
            self._use.close()

    def start_stopped(self):
        """Start the servers that aren't running; their names."""
        with self.folder.locked():
            stopped = [server for server in self.all if not server.process()]
            for server in stopped:
                server.start()
        return [server.name for server in stopped]

    def stop(self):
        for server in reversed(self.all):
            server.stop()
        if self.throwaway:
            shutil.rmtree(self.folder.path, ignore_errors=True)


def remove_leftovers():
    """Stop and remove throwaway servers whose users were killed before they could."""
    for path in Path(tempfile.gettempdir()).glob(f"{THROWAWAY_PREFIX}*"):
        # Its own run may be removing it at this moment.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_uid == os.geteuid() and time.time() - path.stat().st_mtime > 60:
                _remove_if_unused(path)


def _remove_if_unused(path):
    left = Servers(path)
    left.throwaway = left.postgresql.throwaway = True
    with left.folder.locked(), left.folder.use() as use:
        if is_only_user(use):
            left.stop()
