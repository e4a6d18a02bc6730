import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from peersupport.embedded.folder import free_port
from peersupport.embedded.server import has_ended
from peersupport.supervisor import child as child_module
from peersupport.supervisor.__main__ import main
from peersupport.supervisor.child import Child, KeepsFailing, end_leftovers
from peersupport.supervisor.demo import Demo


@pytest.fixture(autouse=True)
def _own_signals():
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, action in kept.items():
        signal.signal(number, action)


def python(code, name="child"):
    return Child(name, [sys.executable, "-u", "-c", code], dict(os.environ))


@contextmanager
def started(child):
    child.start()
    try:
        yield child
    finally:
        child.ask_to_stop()
        child.wait_or_kill()


def wait_until(true, seconds=20):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.1)


def test_port_in_use_says_which_to_take(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        answer = main(["--data-dir", str(tmp_path), "--port", str(port)])
    assert answer == f"Port {port} is in use: PORT={port + 1} make demo"


def test_second_demo_from_one_folder_is_told_how_to_start_another(tmp_path):
    with Demo(tmp_path, free_port(), {}).locked():
        answer = main(["--data-dir", str(tmp_path), "--port", str(free_port())])
    assert answer.startswith(f"A demo is running from {tmp_path} already.")
    assert "DATA_DIR=.data/another PORT=8001 make demo" in answer


def test_reset_removes_what_the_demo_made_and_nothing_else(tmp_path):
    demo = Demo(tmp_path, free_port(), {})
    demo.folder.remember("static files", "as they were")
    (demo.folder.subfolder("mail") / "new").mkdir()
    (tmp_path / "thesis.odt").touch()
    demo.reset()
    assert (tmp_path / "thesis.odt").exists()
    assert not (tmp_path / "mail").exists()
    assert demo.folder.remembered("static files", str) == ""


def test_child_output_carries_its_name(capsys):
    with started(python("print('hello'); print('there')", name="web")) as child:
        child.process.wait()
        child._reader.join()
    assert capsys.readouterr().out == "web    | hello\nweb    | there\n"


def test_child_that_ends_is_started_again(capsys):
    with started(python("input()")) as child:
        first = child.process
        first.wait()
        child.restart_if_ended()
        assert child.process.pid != first.pid
    assert "ended (exit code 1), starting it again" in capsys.readouterr().out


def test_child_that_keeps_ending_is_given_up():
    child = python("raise SystemExit(3)", name="beat")
    with started(child):
        for _ in range(child_module.MOST_STARTS_A_MINUTE - 1):
            child.process.wait()
            child.restart_if_ended()
        child.process.wait()
        with pytest.raises(KeepsFailing, match="beat keeps stopping"):
            child.restart_if_ended()


def test_child_that_ignores_being_asked_is_ended_with_all_it_started(monkeypatch):
    monkeypatch.setattr(child_module, "STOP_SECONDS", 0.5)
    code = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
signal.pause()
"""
    child = python(code)
    child.start()
    wait_until(lambda: psutil.Process(child.process.pid).children())
    [grandchild] = psutil.Process(child.process.pid).children()
    child.ask_to_stop()
    child.wait_or_kill()
    wait_until(lambda: has_ended(grandchild))
    assert child.process.returncode == -signal.SIGKILL


def test_leftovers_of_a_killed_supervisor_are_ended_but_not_their_successors():
    with (
        started(python("import time; time.sleep(60)")) as left,
        started(python("import time; time.sleep(60)")) as other,
    ):
        pid, created = other.identity()
        end_leftovers([left.identity(), [pid, created - 5]])
        assert left.process.wait(5) == -signal.SIGKILL
        assert other.process.poll() is None


class RunningDemo:
    """`make demo` after its set-up, as a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.output = folder.parent / "output"

    @contextmanager
    def run(self, port):
        command = [sys.executable, "-m", "peersupport.supervisor", "--data-dir", str(self.folder), "--port", str(port)]
        with self.output.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output)
        try:
            wait_until(lambda: "The demo is at" in self.said() or process.poll() is not None, seconds=180)
            assert process.poll() is None, self.said()
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)

    def said(self):
        return Path(self.output).read_text()


@pytest.mark.xdist_group("demo")
def test_demo_starts_recovers_stops_and_starts_again_with_what_it_had(tmp_path):
    demo, port = RunningDemo(tmp_path / "demo"), free_port()
    with demo.run(port) as supervisor:
        address = f"http://localhost:{port}"
        assert f"The demo is at {address}/" in demo.said()
        with urllib.request.urlopen(f"{address}/readyz") as answer:
            assert answer.status == 200
        send_mail(demo.said(), supervisor)
        with urllib.request.urlopen(f"{address}/demo/mail/") as answer:
            assert "Something to read" in answer.read().decode()
        children = psutil.Process(supervisor.pid).children(recursive=True)
        [worker] = [c for c in psutil.Process(supervisor.pid).children() if "worker" in c.cmdline()]
        worker.kill()
        wait_until(lambda: "worker | ended (signal SIGKILL), starting it again" in demo.said())
    assert supervisor.returncode == 0
    first = demo.said()
    assert first.endswith("The demo has stopped. Its data is kept: make demo starts it again.\n")
    wait_until(lambda: all(has_ended(child) for child in children))
    assert "Making sample data" in first
    with demo.run(port):
        assert "Making sample data" not in demo.said()
        with urllib.request.urlopen(f"{address}/demo/mail/") as answer:
            assert "Something to read" in answer.read().decode()


def send_mail(said, supervisor):
    [sink] = [c for c in psutil.Process(supervisor.pid).children() if "aiosmtpd" in c.cmdline()]
    address = urlsplit("//" + re.search(r"127\.0\.0\.1:\d+", " ".join(sink.cmdline()))[0])
    with smtplib.SMTP(address.hostname, address.port) as smtp:
        smtp.sendmail("a@peersupport.example", ["b@example.org"], "Subject: Something to read\r\n\r\nHello\r\n")
