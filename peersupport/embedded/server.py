"""What PostgreSQL and Valkey have in common: a process that outlives who started it, found again by its pid file."""

import contextlib
import subprocess
import time

import psutil

from peersupport.embedded.folder import EmbeddedError

START_SECONDS = 60
STOP_SECONDS = 30


class Server:
    """One server in one folder. Subclasses say what it is called, how it is started and when it is ready."""

    name: str
    stop_signal: int

    def __init__(self, folder, *, throwaway):
        self.folder = folder
        self.throwaway = throwaway
        self.data = folder.path / self.name.lower()
        self.log = folder.logs / f"{self.name.lower()}.log"

    def start(self):
        """Start the server, on another port if someone took ours meanwhile."""
        self.prepare()
        for attempt in range(5):
            self.pid_file.unlink(missing_ok=True)
            with self.log.open("ab") as log:
                process = subprocess.Popen(
                    self.command(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=self.data,
                    start_new_session=True,
                )
            if self._becomes_ready(process):
                process.returncode = 0  # it may outlive us, so Popen needn't warn that it is still running
                return
            process.kill()
            process.wait()
            time.sleep(attempt)
        raise EmbeddedError(f"{self.name} doesn't start. Its log says why: {self.log}")

    def _becomes_ready(self, process):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            if self.is_ready():
                return True
            time.sleep(0.05)
        return False

    def process(self):
        """The running process, also when another process than ours started it; None where there is none."""
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            process = psutil.Process(int(self.pid_file.read_text().split()[0]))
            # A pid may have gone to somebody else since; both servers work in their data folder.
            if not has_ended(process) and process.cwd() == str(self.data):
                return process
        return None

    def stop(self):
        if process := self.process():
            process.send_signal(self.stop_signal)
            if not _ends(process):
                process.kill()
                _ends(process)


def _ends(process):
    """Whether `process` ends in time. Not psutil's `wait`: where nobody reaps a dead process, that waits in vain."""
    until = time.monotonic() + STOP_SECONDS
    while not has_ended(process) and time.monotonic() < until:
        time.sleep(0.02)
    return has_ended(process)


def has_ended(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE
    return True
