"""docker-compose.yml, the image and .env.example, as far as they can be checked without an engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
APPLICATION = ["web", "worker", "beat", "migrate"]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text()
EXAMPLE = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.M))
#: Secrets of what is off until they are there.
SWITCHES = {"NOTIFY_API_KEY", "VAPID_PRIVATE_KEY"}
VARIABLE = re.compile(r"\$\{(\w+)(:[-?])?([^}]*)\}")


def names_read_by(path):
    """Environment variables that a module reads."""
    reads = r'(?:env\.\w+|environ\.get|required)\(\s*["\']([A-Z_]+)["\']'
    return set(re.findall(reads, (ROOT / path).read_text()))


SETTINGS = names_read_by("peersupport/settings.py")
WEB_SERVER = names_read_by("gunicorn.conf.py")


@pytest.mark.parametrize("service", APPLICATION)
def test_application_is_given_only_what_it_reads(service):
    assert set(SERVICES[service]["environment"]) - SETTINGS - WEB_SERVER == set()


@pytest.mark.parametrize("service", APPLICATION)
def test_application_is_given_all_it_must_have(service):
    required = set(re.findall(r'required\(\s*"([A-Z_]+)"', (ROOT / "peersupport/settings.py").read_text()))
    assert required - set(SERVICES[service]["environment"]) == set()


def test_only_migrations_are_given_the_owner():
    knowing = [name for name, service in SERVICES.items() if "OWNER_PASSWORD" in str(service.get("environment"))]
    assert sorted(knowing) == ["database", "migrate"]


def test_only_the_proxy_is_reachable():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_every_service_says_whether_it_is_healthy():
    assert [name for name, service in SERVICES.items() if "healthcheck" not in service] == ["migrate"]


def test_every_image_is_pinned_to_a_version():
    images = [service["image"] for service in SERVICES.values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)
    assert [image for image in images if not re.search(r":\d", image)] == []


def test_every_service_may_gain_no_privileges():
    assert [n for n, s in SERVICES.items() if s["security_opt"] != ["no-new-privileges:true"]] == []
    assert [n for n in APPLICATION if not (SERVICES[n]["read_only"] and SERVICES[n]["cap_drop"] == ["ALL"])] == []
    assert "\nUSER app\n" in DOCKERFILE


def test_application_starts_after_migrations_and_they_after_the_database():
    for name in ["web", "worker", "beat"]:
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_named_volumes_are_declared_and_files_exist():
    mounts = [mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])]
    files = {mount for mount in mounts if mount.startswith(".")}
    assert {mount for mount in mounts if not mount.startswith(".")} == set(COMPOSE["volumes"])
    assert [file for file in files if not (ROOT / file).is_file()] == []


def test_files_that_the_image_copies_exist():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    assert [name for names in copied for name in names.split() if not (ROOT / name).exists()] == []


def test_image_holds_no_secrets_and_no_tests():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".*", "tests", "node_modules"} <= set(ignored)
    assert [name for name in ignored if name.startswith("!")] == ["!.npmrc"]


def test_image_collects_static_files_with_what_it_is_told():
    [line] = re.findall(r"^RUN (SERVICE_RUN_BY=(?:.*\\\n)*.*)", DOCKERFILE, re.M)
    told = dict(part.split("=", 1) for part in line.replace("\\\n", "").split() if re.match(r"[A-Z_]+=", part))
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--dry-run", "--verbosity=0"]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"], **told}, check=False)
    assert done.returncode == 0


def test_variables_of_the_compose_file_are_explained():
    used = {name for name, _, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())}
    assert used - set(EXAMPLE) == set()


def test_variables_of_the_settings_are_explained_and_nothing_else_is():
    compose = {name for name, _, _ in VARIABLE.findall((ROOT / "docker-compose.yml").read_text())}
    assert set(EXAMPLE) == SETTINGS | WEB_SERVER | compose


def test_missing_values_are_named_before_anything_starts():
    text = (ROOT / "docker-compose.yml").read_text()
    secret = {name: kind for name, kind, _ in VARIABLE.findall(text) if re.search("KEY$|PASSWORD|URL|RUN_BY", name)}
    assert {name for name, kind in secret.items() if kind != ":?"} == SWITCHES


def test_engine_accepts_the_compose_file():
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("needs docker compose")
    values = {name: EXAMPLE[name] or "x" for name in EXAMPLE}
    command = [docker, "compose", "--env-file", "/dev/null", "config", "--quiet"]
    assert subprocess.run(command, cwd=ROOT, env=os.environ | values, check=False).returncode == 0
