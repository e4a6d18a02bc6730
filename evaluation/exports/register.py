"""A bundle held against the register: whether consent was there for everyone in it, and who has taken it back since."""

import hashlib
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evaluation.exports.identifiers import Identifiers
from evaluation.exports.profile import PROFILES
from evaluation.exports.snapshot import consents, included
from evaluation.exports.verify import NotVerified
from evaluation.models import Export, Participant


@dataclass(frozen=True)
class Held:
    """What the register says of a bundle now. `to_delete`: identifiers of those whose consent to some of it is gone."""

    export: Export
    people: int
    to_delete: list[str]


def hold_against_register(path: Path, now: datetime) -> Held:
    """Raises NotVerified for a file that no export of this service is, and where the people in it are not those who had
    agreed at its instant."""
    export = Export.objects.filter(sha256=_sha256_of(path)).select_related("study").first()
    if not export or not export.as_of:
        raise NotVerified("No export of this service is this file.")
    profile = PROFILES[export.profile]
    then, today = consents(export.study, export.as_of, profile), consents(export.study, now, profile)
    identifiers = Identifiers.of_export(export)
    agreed = _identifiers_of(included(then, profile), identifiers)
    if _people_in(path) != set(agreed):
        raise NotVerified("The people in it are not those who had agreed when it was made.")
    gone = set().union(*(then[purpose] - today[purpose] for purpose in profile.purposes))
    return Held(export, len(agreed), sorted(_identifiers_of(gone, identifiers)))


def _identifiers_of(keys: Iterable[int], identifiers: Identifiers) -> list[str]:
    pseudonyms = Participant.objects.filter(pk__in=keys).values_list("pseudonym", flat=True)
    return [identifiers.of("participant", pseudonym) for pseudonym in pseudonyms.iterator()]


def _people_in(path):
    with zipfile.ZipFile(path) as bundle:
        described = json.loads(bundle.read("datapackage.json"))["resources"]
        table = next(one for one in described if one["name"] == "participants")
        place = [field["name"] for field in table["schema"]["fields"]].index("participant_id")
        with bundle.open(table["path"]) as stream:
            next(stream)
            return {line.decode().rstrip("\n").split(",")[place] for line in stream}


def _sha256_of(path):
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
