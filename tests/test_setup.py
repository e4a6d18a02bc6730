"""What `make` does on a fresh clone, step by step; the steps that download are run by the clone itself."""

import importlib.util
import os
import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def setup():
    spec = importlib.util.spec_from_file_location("setup_steps", ROOT / ".ci" / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_python_says_what_to_install(tmp_path):
    for tool in ["dirname", "cat"]:
        (tmp_path / tool).symlink_to(shutil.which(tool))
    environment = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    found = subprocess.run(
        [shutil.which("sh"), ROOT / ".ci" / "find-python"], env=environment, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (1, "")
    assert "Install Python 3.13" in found.stderr


def test_python_that_is_named_is_taken():
    python = ROOT / ".venv" / "bin" / "python"
    environment = os.environ | {"PYTHON": str(python)}
    found = subprocess.run(
        [ROOT / ".ci" / "find-python"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert Path(found.strip()) == python


def test_full_disk_says_how_much_room_to_make(setup, monkeypatch, tmp_path):
    usage = namedtuple("usage", "total used free")(10, 9, 200 * 2**20)
    monkeypatch.setattr(setup.shutil, "disk_usage", lambda path: usage)
    monkeypatch.setattr(setup, "PYTHON", tmp_path / "python")
    with pytest.raises(SystemExit, match=r"There are 200 MB free at .*; 1500 MB are needed"):
        setup.environment()


def test_step_runs_only_when_its_inputs_changed(setup, tmp_path):
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.write_text("one")
    answers = []
    for text in ["one", "one", "two"]:
        lock.write_text(text)
        with setup.unless_current(stamp, [lock]) as needed:
            answers.append(needed)
    assert answers == [True, False, True]


def test_step_that_failed_runs_again(setup, tmp_path):
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.write_text("one")
    with pytest.raises(SystemExit), setup.unless_current(stamp, [lock]):
        setup.run(["false"], "Do this.")
    with setup.unless_current(stamp, [lock]) as needed:
        assert needed


def test_command_that_fails_shows_its_end_and_what_to_do(setup):
    with pytest.raises(SystemExit) as stopped:
        setup.run(["sh", "-c", "echo no route to host; exit 1"], "Is the network there?")
    assert str(stopped.value) == "\nno route to host\nIs the network there?"


def test_command_out_of_space_says_so(setup):
    with pytest.raises(SystemExit, match="There is no space left at"):
        setup.run(["sh", "-c", "echo 'OSError: [Errno 28] No space left on device'; exit 1"], "Is the network there?")


def test_node_comes_from_the_packages_where_the_system_has_none(setup, monkeypatch):
    monkeypatch.setenv("PATH", "/usr/sbin")
    node, npm = setup.find_node()
    assert node.is_relative_to(ROOT / ".venv")
    version = subprocess.run([*npm, "--version"], capture_output=True, text=True, check=True).stdout
    assert int(version.split(".")[0]) >= 10
