"""What migrations lead to, kept between runs: going through all of them again takes longer than most test runs.

Kept under a fingerprint of everything that can change it, as a dump that is restored in a second or two.
"""

import hashlib
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from peersupport.embedded.postgresql import binary

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".data" / "migrated"
CODE = ["peersupport", "members", "groups", "supportplans", "evaluation"]
OWN_MODULE = re.compile(rf"^(?:from|import) ((?:{'|'.join(CODE)})[\w.]*)", re.MULTILINE)


def restore(database):
    """Bring an empty `database` to where all migrations lead, from an earlier run; whether there was one to go by."""
    dump = _dump()
    return dump.exists() and _run("pg_restore", "--exit-on-error", "--single-transaction", dump, database=database)


def keep(database):
    """Keep `database`, just migrated, for later runs, in place of what was kept before."""
    KEPT.mkdir(parents=True, exist_ok=True)
    making = KEPT / f"{os.getpid()}.part"
    if _run("pg_dump", "--format=custom", "--compress=0", f"--file={making}", database=database):
        for old in KEPT.glob("*.dump"):
            old.unlink(missing_ok=True)
        making.rename(_dump())
    making.unlink(missing_ok=True)


def _run(program, *options, database):
    """Whether it went well. A server of one's own may be newer than our programs: then nothing is kept."""
    address = urlsplit(settings.MIGRATION_DATABASE_URL)
    url = urlunsplit(address._replace(path=f"/{database}"))
    command = [binary(program), *options, "--dbname", url]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _dump():
    return KEPT / f"{_fingerprint()}.dump"


def _fingerprint():
    """Of the migrations, the modules of ours that they import, the roles, and the packages with their own ones."""
    migrations = [path for app in CODE for path in sorted((ROOT / app).rglob("migrations/*.py"))]
    imported = {name for path in migrations for name in OWN_MODULE.findall(path.read_text())}
    sources = [ROOT / f"{name.replace('.', '/')}.py" for name in sorted(imported)]
    others = [ROOT / "requirements-dev.lock", ROOT / "docker" / "roles.sql"]
    digest = hashlib.sha256()
    for path in [*migrations, *filter(Path.exists, sources), *others]:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()
