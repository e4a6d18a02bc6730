"""A file that says it is an export: signed, whole, true, and still covered by consent."""

import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from evaluation.exports.bundle import MANIFEST, SIGNATURE
from evaluation.exports.signature import fingerprint, public_key
from evaluation.exports.verify import NotVerified, verify
from evaluation.services.consent import withdraw
from tests.evaluation.exporting import PURPOSES, StudyWorld, files_of, resealed, rezipped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_csv")]


@pytest.fixture
def world():
    return StudyWorld()


@pytest.fixture
def released(world, tmp_path):
    """Two people, and a bundle that they are in."""
    people = [world.participant(*PURPOSES), world.participant("interview", refused=["app_data"])]
    path = world.bundle(tmp_path)
    return people, path


def registered(world, path, as_of=None):
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    now = timezone.now()
    return world.export(
        state="ready", as_of=as_of or now, file_name=path.name, sha256=sha256, size_bytes=path.stat().st_size,
        finished_at=now,
    )  # fmt: skip


def said(path, *options):
    out = io.StringIO()
    call_command("verify_export", str(path), *options, stdout=out)
    return out.getvalue()


def pem_of(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


# The signature


def test_openssl_confirms_the_signature_with_the_published_key(client, world, released, tmp_path):
    _people, path = released
    answer = client.get(reverse("evaluation:export_key"))
    assert answer["Content-Type"] == "application/x-pem-file"
    (tmp_path / "export-key.pem").write_bytes(answer.content)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(tmp_path)
        readme = bundle.read("README.md").decode()
    [command] = [line.strip() for line in readme.splitlines() if line.strip().startswith("openssl")]
    assert reverse("evaluation:export_key") in readme
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not here")
    words = [openssl, *command.split()[1:]]
    assert subprocess.run(words, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / MANIFEST).write_bytes((tmp_path / MANIFEST).read_bytes() + b" ")
    assert subprocess.run(words, cwd=tmp_path, check=False, capture_output=True).returncode == 1


def test_manifest_names_the_key_and_the_bundle_does_not_hold_it(world, released):
    files = files_of(released[1])
    assert json.loads(files[MANIFEST])["signature"] == {
        "algorithm": "Ed25519",
        "file": SIGNATURE,
        "public_key_sha256": fingerprint(),
    }
    assert len(files[SIGNATURE]) == 64
    assert all(public_key().strip() not in content for content in files.values())


def test_another_secret_is_another_key(settings):
    before = fingerprint()
    settings.EXPORT_KEY = "another secret, long enough to be one"
    assert fingerprint() != before


def test_bundle_that_was_changed_is_not_verified(world, released, tmp_path):
    files = files_of(released[1])
    forged = Ed25519PrivateKey.generate()
    for changes in (
        {"data/goals.csv": files["data/goals.csv"] + b"x"},
        {MANIFEST: files[MANIFEST].replace(b"study", b"other", 1)},
        {SIGNATURE: bytes(64)},
        {SIGNATURE: forged.sign(files[MANIFEST])},
        {SIGNATURE: b""},
        {"data/more.csv": b"x"},
    ):
        with pytest.raises(NotVerified):
            verify(rezipped(tmp_path / "changed.zip", files | changes))
    without = {name: content for name, content in files.items() if name != "README.md"}
    with pytest.raises(NotVerified):
        verify(rezipped(tmp_path / "changed.zip", without))


def test_descriptor_that_says_something_else_is_not_verified(world, released, tmp_path):
    changed = files_of(released[1])["datapackage.json"].replace(b'"boolean"', b'"string"')
    path = resealed(released[1], tmp_path / "changed.zip", {"datapackage.json": changed})
    with pytest.raises(NotVerified, match="does not describe the tables"):
        verify(path)


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_bundle_is_said_so(tmp_path, content):
    path = tmp_path / "file.zip"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="This is no export, or a part of it is missing or broken"):
        said(path)


def test_file_cut_off_anywhere_is_not_verified(world, released, tmp_path):
    whole = released[1].read_bytes()
    path = tmp_path / "cut.zip"
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:length])
        with pytest.raises(NotVerified):
            verify(path)


# The register


def test_bundle_of_this_service_is_confirmed(world, released):
    _people, path = released
    export = registered(world, path)
    words = said(path)
    assert "Signature, checksums, descriptor and values: all right." in words
    assert f"Export {export.pk} of" in words
    assert "Consent was there for each of the 2 people in it." in words
    assert words.endswith("It still is.\n")


def test_who_has_withdrawn_since_is_to_be_deleted(world, released):
    (first, _second), path = released
    registered(world, path)
    identifier = world.snapshot().identifiers.of("participant", first.pseudonym)
    withdraw(participant=first, scope="remove", by=world.researcher, method="paper", now=timezone.now())
    with pytest.raises(CommandError) as told:
        said(path)
    assert str(told.value).splitlines() == ["Consent has ended since. Delete from every copy:", identifier]
    assert told.value.returncode == 2


def test_file_that_was_made_elsewhere_is_not_in_the_register(world, released):
    with pytest.raises(CommandError, match="No export of this service is this file"):
        said(released[1])


def test_bundle_that_holds_someone_who_had_not_agreed_is_found(world, released):
    """Signed and registered, and yet made before one of the two had agreed."""
    _people, path = released
    registered(world, path, as_of=timezone.now() - timedelta(days=365))
    with pytest.raises(CommandError, match="not those who had agreed when it was made"):
        said(path)


# The command's own input


def test_key_of_someone_else_does_not_confirm(world, released, tmp_path):
    key = tmp_path / "key.pem"
    key.write_bytes(pem_of(Ed25519PrivateKey.generate()))
    with pytest.raises(CommandError, match="was not signed with this key"):
        said(released[1], f"--key={key}")


@pytest.mark.parametrize("content", [b"", b"no key", pem_of(generate_private_key(SECP256R1()))])
def test_what_is_no_key_is_said_so(world, released, tmp_path, content):
    key = tmp_path / "key.pem"
    key.write_bytes(content)
    with pytest.raises(CommandError, match="is no Ed25519 public key in PEM"):
        said(released[1], f"--key={key}")


def test_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(CommandError, match=r"nothing.zip can't be read: No such file"):
        said(tmp_path / "nothing.zip")
    with pytest.raises(CommandError, match="can't be read: Is a directory"):
        said(tmp_path)
