"""Real processes beside the tests: Celery's worker and beat, the web server."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]


def installed_browser():
    """Where the system's own Chromium or Chrome is; None without one: then Playwright's is taken."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def running(command, *, ready, environment=None):
    """`command` in a process of its own, from the moment that `ready(its output so far)` until the block ends."""
    with tempfile.NamedTemporaryFile("w+") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_until_ready(process, Path(output.name), ready)
            yield process
        finally:
            process.terminate()
            _end(process)


def celery_worker(environment=None, app="peersupport"):
    command = [sys.executable, "-m", "celery", "-A", app, "worker"]
    command += ["--concurrency=1", "--without-gossip", "--loglevel=INFO"]
    return running(command, ready=lambda output: " ready." in output, environment=environment)


def celery_beat(schedule_folder, environment=None, app="peersupport"):
    schedule = Path(schedule_folder) / "schedule"
    command = [sys.executable, "-m", "celery", "-A", app, "beat", f"--schedule={schedule}", "--loglevel=INFO"]
    return running(command, ready=lambda output: "beat: Starting" in output, environment=environment)


def web_server(port, environment=None):
    """Production's web server, at 127.0.0.1:`port`."""
    command = [sys.executable, "-m", "gunicorn", "peersupport.wsgi"]
    own = {"BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    return running(command, ready=lambda output: "Booting worker" in output, environment=own | (environment or {}))


def _wait_until_ready(process, output, ready):
    until = time.monotonic() + START_SECONDS
    while not ready(output.read_text()):
        if process.poll() is not None or time.monotonic() > until:
            raise AssertionError(f"{process.args} did not get ready. It said:\n{output.read_text()}")
        time.sleep(0.1)


def _end(process):
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
