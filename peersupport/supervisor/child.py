"""One process that is kept running, its output marked with its name."""

import contextlib
import os
import signal
import subprocess
import threading
import time

import psutil

STOP_SECONDS = 20
# A process that ends this often within a minute won't get better by starting it again.
MOST_STARTS_A_MINUTE = 5


class KeepsFailing(Exception):
    """A process ended again and again; the text says which."""


class Child:
    def __init__(self, name, command, environment):
        self.name = name
        self.command = [str(part) for part in command]
        self.environment = environment
        self.starts = []

    def start(self):
        recent = [at for at in self.starts if at > time.monotonic() - 60]
        if len(recent) >= MOST_STARTS_A_MINUTE:
            raise KeepsFailing(f"{self.name} keeps stopping; what it says above should tell why.")
        self.starts = [*recent, time.monotonic()]
        # A session of its own: Ctrl-C goes to the supervisor, which stops its children in order.
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        self._reader = threading.Thread(target=self._show, args=[self.process.stdout], daemon=True)
        self._reader.start()

    def restart_if_ended(self):
        if (code := self.process.poll()) is not None:
            self.say(f"ended ({_reason(code)}), starting it again")
            self._end_all_it_started()
            self.start()

    def ask_to_stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait_or_kill(self):
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.say(f"did not stop within {STOP_SECONDS} seconds, ending it")
        self._end_all_it_started()
        self.process.wait()

    def _end_all_it_started(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self._reader.join(1)

    def identity(self):
        """What tells this process from a later one with the same id."""
        return [self.process.pid, psutil.Process(self.process.pid).create_time()]

    def say(self, text):
        print(f"{self.name:<7}| {text}", flush=True)

    def _show(self, output):
        with output:
            for line in output:
                self.say(line.rstrip())


def end_leftovers(identities):
    """End processes that a killed supervisor left behind."""
    for pid, created in identities:
        with contextlib.suppress(psutil.NoSuchProcess):
            if psutil.Process(pid).create_time() == created:
                os.killpg(pid, signal.SIGKILL)


def _reason(code):
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
