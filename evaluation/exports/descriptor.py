"""What describes the data: Data Package descriptor, dictionary, manifest and checksums, from the one definition."""

import json
import tomllib
from collections.abc import Iterable, Iterator

from django.conf import settings

from evaluation.exports.bundle import SIGNATURE, Entry
from evaluation.exports.earlier import previous
from evaluation.exports.preview import left_out
from evaluation.exports.profile import Profile
from evaluation.exports.qual.tables import TextTable
from evaluation.exports.signature import ALGORITHM, fingerprint
from evaluation.exports.snapshot import Snapshot
from evaluation.exports.variables import MISSING, SUPPRESSED, Table, Variable
from evaluation.small_numbers import ROUNDED_TO

SCHEMAS = "https://datapackage.org/profiles/2.0"
CSV_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
NEUTRALISED = "Where it begins as a formula would, an apostrophe is put in front."
#: Where an identifier can be looked up.
HOME_TABLES = {
    "participant": "participants",
    "goal": "goals",
    "flareup": "flareups",
    "meeting": "meetings",
    "interview": "interviews",
    "source": "sources",
    "administration": "administrations",
}


def datapackage(snapshot: Snapshot) -> str:
    return _json(
        {
            "$schema": f"{SCHEMAS}/datapackage.json",
            "name": f"{snapshot.profile.name}-export",
            "title": snapshot.study.title,
            "created": _instant(snapshot),
            "resources": [resource(table) for table in snapshot.profile.described],
        }
    )


def resource(table: Table | TextTable) -> dict:
    """A table, as the Data Package says it."""
    return {
        "name": table.name,
        "path": table.path,
        "title": table.label,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": CSV_DIALECT,
        "schema": {
            "$schema": f"{SCHEMAS}/tableschema.json",
            "fields": [_field(variable) for variable in table.variables],
            "missingValues": [{"value": value, "label": label} for value, label in table.missing.items()],
            **_keys(table),
        },
    }


def _field(variable: Variable):
    described = {"name": variable.name, "type": variable.kind, "title": variable.label}
    if variable.is_words:
        return described | {"description": NEUTRALISED}
    if variable.kind == "boolean":
        return described | {"trueValues": ["true"], "falseValues": ["false"]}
    if variable.categories:
        labelled = [{"value": value, "label": label} for value, label in variable.categories.items()]
        return described | {"constraints": {"enum": list(variable.categories)}, "categories": labelled}
    return described


def _keys(table):
    """The table's own identifier, and those that lead to other tables."""
    own = next((use for use, home in HOME_TABLES.items() if home == table.name), "")
    foreign = [
        {"fields": variable.name, "reference": {"resource": HOME_TABLES[variable.identifies], "fields": variable.name}}
        for variable in table.variables
        if variable.identifies in HOME_TABLES and variable.identifies != own
    ]
    return ({"primaryKey": [f"{own}_id"]} if own else {}) | ({"foreignKeys": foreign} if foreign else {})


def variables(profile: Profile) -> Iterator[tuple[str, ...]]:
    """dictionary/variables.csv."""
    yield "table", "variable", "label", "type", "purposes"
    for table in profile.described:
        for variable in table.variables:
            yield table.name, variable.name, variable.label, variable.kind, " or ".join(table.purposes)


def categories(profile: Profile) -> Iterator[tuple[str, ...]]:
    """dictionary/categories.csv; rows without a table hold for all."""
    yield "table", "variable", "value", "label"
    for table in profile.described:
        for variable in table.variables:
            for value, label in variable.categories.items():
                yield table.name, variable.name, value, label
    for value, label in MISSING.items():
        yield "", "", value, label


def manifest(snapshot: Snapshot, entries: Iterable[Entry]) -> str:
    """How the bundle was made. It names the key that identifiers were made with, never the key."""
    profile = snapshot.profile
    return _json(
        {
            "study": {"title": snapshot.study.title, "ethics_reference": snapshot.study.ethics_reference},
            "as_of": _instant(snapshot),
            "application": {"name": "peersupport", "version": _application_version()},
            "profile": {"name": profile.name, "version": profile.version, "sha256": profile.sha256},
            "purposes": list(profile.purposes),
            "signature": {"algorithm": ALGORITHM, "file": SIGNATURE, "public_key_sha256": fingerprint()},
            "identifiers": {"mode": snapshot.identifiers.mode, "key_id": snapshot.identifiers.key_id},
            "dates": {"participants": "days since entry", "meetings": "moved by whole weeks, per group"},
            "free_text": "approved transcripts, redacted" if profile.has_texts else "none",
            **({"texts": _texts(snapshot)} if profile.has_texts else {}),
            "suppression": {"fewest_shown": snapshot.study.small_number_threshold, "rounded_to": ROUNDED_TO},
            "previous": _previous(snapshot),
            "report": "in report/" if snapshot.counted is not None else "left out: with an earlier one it tells of few",
            "participants": {
                "included": len(snapshot.people),
                "left_out": _left_out(snapshot),
            },
            "files": [_described(entry) for entry in entries],
        }
    )


def _previous(snapshot):
    export = previous(snapshot)
    return export and {"file": export.file_name, "sha256": export.sha256, "as_of": str(export.as_of)}


def _texts(snapshot):
    texts = snapshot.texts
    left_out = {"transcripts_not_approved": texts.not_approved, "codings_of_replaced_words": texts.left_out}
    return {"included": len(texts.texts), "left_out": left_out}


def _left_out(snapshot):
    numbers = left_out(snapshot.study, snapshot.as_of, snapshot.included)
    return {reason: SUPPRESSED if number is None else number for reason, number in numbers.items()}


def _application_version():
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def _described(entry):
    described = {"path": entry.path, "bytes": entry.size, "sha256": entry.sha256}
    return described if entry.rows is None else described | {"rows": entry.rows}


def checksums(entries: Iterable[Entry]) -> str:
    """SHA256SUMS, as `sha256sum -c` reads it."""
    return "".join(f"{entry.sha256}  {entry.path}\n" for entry in sorted(entries, key=lambda entry: entry.path))


def _instant(snapshot):
    return snapshot.as_of.isoformat(timespec="microseconds")


def _json(content):
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
