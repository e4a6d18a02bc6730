"""The demo: its folder, its settings, what is done before it starts, and the processes it consists of."""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from peersupport.embedded import EmbeddedError, Servers
from peersupport.embedded.environment import development_environment
from peersupport.embedded.folder import Folder, port_is_free
from peersupport.supervisor.child import Child

ROOT = Path(__file__).resolve().parents[2]
MANAGE = [sys.executable, str(ROOT / "manage.py")]
# What a reset removes, by name: a mistyped DATA_DIR must cost nobody anything else.
OURS = ["postgresql", "valkey", "mail", "exports", "static", "beat", "logs", "secrets.json", "valkey.conf"]
START_SECONDS = 60


class Demo:
    def __init__(self, data_dir, port, environment):
        self.folder = Folder(data_dir)
        self.port = port
        self.outside = environment
        self.address = f"http://localhost:{port}"

    @contextmanager
    def locked(self):
        """Held while the demo runs: one at a time from one folder."""
        with (self.folder.path / "demo.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EmbeddedError(
                    f"A demo is running from {self.folder.path} already. Stop it with Ctrl-C where it runs, "
                    "or start another beside it: DATA_DIR=.data/another PORT=8001 make demo"
                ) from None
            yield

    def check_port(self):
        if not port_is_free(self.port):
            raise EmbeddedError(f"Port {self.port} is in use: PORT={self.port + 1} make demo")

    def reset(self):
        servers = Servers(self.folder.path)
        for server in servers.all:
            server.stop()
        for path in (self.folder.path / name for name in OURS):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        self.folder = Folder(self.folder.path)

    def environment(self, servers):
        return {
            **self.outside,
            **development_environment(self.folder, port=self.port, smtp_port=self.folder.port("mail")),
            **servers.environment,
            "BIND": f"127.0.0.1:{self.port}",
            "DEMO": "true",
            # Its own web server plays GOV.UK Notify's part.
            "NOTIFY_URL": f"http://127.0.0.1:{self.port}",
            "NOTIFY_API_KEY": f"demo-{uuid4()}-{uuid4()}",
            "NOTIFY_TEXT_TEMPLATE": "text",
            "DEMO_MAIL_DIR": str(self.folder.path / "mail"),
            "STATIC_ROOT": str(self.folder.subfolder("static")),
            "STATICFILES_BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
            "PYTHONUNBUFFERED": "1",
            # Root is all there is in many a container, and the demo listens to this machine only.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser:UserWarning",
        }

    def children(self, environment):
        schedule = self.folder.subfolder("beat") / "schedule"
        celery = [sys.executable, "-m", "celery", "--quiet", "-A", "peersupport"]
        smtp = environment["SMTP_URL"].removeprefix("smtp://")
        mail = [sys.executable, "-m", "aiosmtpd", "--nosetuid", "--listen", smtp]
        commands = {
            "mail": [*mail, "--class", "aiosmtpd.handlers.Mailbox", environment["DEMO_MAIL_DIR"]],
            "web": [sys.executable, "-m", "gunicorn", "peersupport.wsgi"],
            "worker": [*celery, "worker", "--concurrency=2", "--without-gossip", "--loglevel=WARNING"],
            "beat": [*celery, "beat", f"--schedule={schedule}", "--loglevel=WARNING"],
        }
        return [Child(name, command, environment) for name, command in commands.items()]

    def migrate(self, environment):
        manage(environment, "migrate", "--verbosity=0", "--no-input")

    def collect_static_files(self, environment):
        """Only when they changed: hashing and compressing them takes a while."""
        state = _state_of(ROOT / "static", ROOT / "requirements.lock")
        if self.folder.remembered("static files", str) != state or not any(self.folder.subfolder("static").iterdir()):
            manage(environment, "collectstatic", "--verbosity=0", "--no-input", "--clear")
            self.folder.remember("static files", state)

    @property
    def is_filled(self):
        return self.folder.remembered("sample data made", lambda: False)

    def fill(self, environment):
        manage(environment, "demo")
        self.folder.remember("sample data made", True)

    def accounts(self, environment):
        return manage(environment, "demo", "--accounts", capture=True)

    def wait_until_ready(self, check):
        """Call `check` until /readyz says that everything is there."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            check()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise EmbeddedError(
            f"The demo did not get ready within {START_SECONDS} seconds; what it says above should tell why."
        )


def manage(environment, *arguments, capture=False):
    """Run a management command; what it printed, if `capture`."""
    output = subprocess.PIPE if capture else None
    done = subprocess.run([*MANAGE, *arguments], env=environment, text=True, stdout=output, check=False)
    if done.returncode:
        raise EmbeddedError(f"manage.py {arguments[0]} failed; what it says above should tell why.")
    return done.stdout


def _state_of(folder, *files):
    """Changes when any of the files does, those in `folder` included."""
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*"), *files]):
        stat = path.stat()
        digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
