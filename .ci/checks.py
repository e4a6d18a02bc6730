"""Everything that has to hold, part by part; the tests come last, so that pytest's closing line ends the run.

A part that fails doesn't keep the others from running, but fails the whole.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
WITH_SERVERS = [PYTHON, "-m", "peersupport.embedded", "exec", "--throwaway", "--"]
# What production is told, but for the addresses of its servers.
PRODUCTION = {
    "BASE_URL": "https://peersupport.example.org",
    "ALLOWED_HOSTS": "peersupport.example.org",
    "BEHIND_PROXY": "true",
    "DEBUG": "false",
    "SECURE": "true",
    "STATICFILES_BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
}
PARTS = {
    "lint": [BIN / "ruff", "check"],
    "format": [BIN / "ruff", "format", "--check", "--output-format", "concise"],
    "types": [*WITH_SERVERS, BIN / "mypy"],
    "import layers": [BIN / "lint-imports", "--no-logo"],
    "templates": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "migrations": [*WITH_SERVERS, PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": [*WITH_SERVERS, PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}
TESTS = [BIN / "pytest", "-n", "2", "--dist", "loadgroup"]


def main(arguments):
    began = time.monotonic()
    failed = [name for number, name in enumerate(PARTS, start=1) if not passes(number, name)]
    print(f"Checks took {time.monotonic() - began:.0f} s. {verdict(failed)}", flush=True)
    if "--no-tests" in arguments:
        return bool(failed)
    print(f"[{len(PARTS) + 1}/{len(PARTS) + 1}] tests ...", flush=True)
    code = subprocess.run(TESTS, cwd=ROOT, check=False).returncode
    return code or bool(failed)


def passes(number, name):
    """Whether part `name` passes; what it said is shown only where it doesn't."""
    print(f"[{number}/{len(PARTS) + 1}] {name} ...", end=" ", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        PARTS[name],
        cwd=ROOT,
        env=os.environ | PRODUCTION,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"{'FAILED' if done.returncode else 'ok'} ({time.monotonic() - began:.1f} s)", flush=True)
    if done.returncode:
        print(done.stdout, flush=True)
    return done.returncode == 0


def verdict(failed):
    return f"FAILED: {', '.join(failed)}." if failed else "All passed."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
