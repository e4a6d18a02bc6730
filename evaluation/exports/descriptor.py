"""What describes the data: Data Package descriptor, dictionary, manifest, checksums, and a page to read."""

import json

from django.conf import settings

from evaluation.exports.profile import MISSING, NAME, PURPOSES, TABLES, VERSION, Table, Variable, profile_hash
from evaluation.exports.snapshot import Snapshot

CSV_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}

README = """# {title}

Evaluation data from {service}, as of {as_of}.

## Still personal data

Names, addresses and free text are not in here, identifiers are keyed hashes and days are counted from each
participant's entry into the study. People who know the groups could still recognise someone. Keep it as the study's
protocol says, do not try to identify anyone, and do not pass it on.

## What it rests on

Each row rests on consent that held at the instant above, statement by statement; no answer counts as no. Whoever
withdrew before then is not in here. Whoever withdraws later is gone from the next export: delete them from this one
when you are told.

## What is in it

{tables}

`dictionary/` explains every variable and value, `datapackage.json` says the same for programs (Frictionless Data
Package), `manifest.json` how the bundle was made. An empty cell is a missing answer: not zero, not absent, not well.
"suppressed" hides a number below {threshold}. Groups with fewer than {threshold} participants are together as "other".
Days of meetings are moved by a secret number of whole weeks, the same for all meetings of a group.
Text that a spreadsheet would take for a formula has an apostrophe in front.

Free text (goals in people's words, transcripts, notes) is not in here: it leaves only once it is redacted and approved.

## To verify

    sha256sum -c SHA256SUMS

## Who to ask

The lead of the study "{title}" ({ethics}), or whoever runs the service: {run_by}.
"""


def datapackage(snapshot: Snapshot) -> str:
    return _json(
        {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": f"{NAME}-export",
            "title": snapshot.study.title,
            "created": _instant(snapshot),
            "resources": [_resource(table) for table in TABLES],
        }
    )


def _resource(table: Table):
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
            "fields": [_field(variable) for variable in table.variables],
            "missingValues": list(MISSING),
        },
    }


def _field(variable: Variable):
    described = {"name": variable.name, "type": variable.kind, "title": variable.label}
    if variable.kind == "boolean":
        return described | {"trueValues": ["true"], "falseValues": ["false"]}
    if variable.categories:
        values = list(variable.categories)
        labelled = [{"value": value, "label": label} for value, label in variable.categories.items()]
        return described | {"constraints": {"enum": values}, "categories": labelled}
    return described


def variables():
    """Rows of dictionary/variables.csv."""
    for table in TABLES:
        for variable in table.variables:
            yield table.name, variable.name, variable.label, variable.kind, " ".join(table.purposes)


def categories():
    """Rows of dictionary/categories.csv."""
    for table in TABLES:
        for variable in table.variables:
            for value, label in variable.categories.items():
                yield table.name, variable.name, value, label
    for value, label in MISSING.items():
        yield "", "", value, label


def manifest(snapshot: Snapshot, members) -> str:
    """How the bundle was made. It names the key that identifiers were made with, never the key."""
    return _json(
        {
            "study": {"title": snapshot.study.title, "ethics_reference": snapshot.study.ethics_reference},
            "as_of": _instant(snapshot),
            "profile": {"name": NAME, "version": VERSION, "sha256": profile_hash()},
            "purposes": list(PURPOSES),
            "identifiers": {"mode": "study", "key_id": snapshot.identifiers.key_id},
            "dates": "days since entry; meetings shifted by whole weeks per group",
            "suppression": {"smallest_number_shown": snapshot.study.small_number_threshold},
            "participants": {"included": _shown(snapshot, len(snapshot.people)), "left_out": _left_out(snapshot)},
            "files": [
                {"path": member.path, "bytes": member.size, "sha256": member.sha256}
                | ({} if member.rows is None else {"rows": member.rows})
                for member in members
            ],
        }
    )


def checksums(members) -> str:
    """SHA256SUMS, as `sha256sum -c` reads it."""
    return "".join(f"{member.sha256}  {member.path}\n" for member in sorted(members, key=lambda member: member.path))


def readme(snapshot: Snapshot) -> str:
    return README.format(
        title=snapshot.study.title,
        ethics=snapshot.study.ethics_reference,
        service=settings.SERVICE_NAME,
        run_by=settings.SERVICE_RUN_BY,
        as_of=_instant(snapshot),
        threshold=snapshot.study.small_number_threshold,
        tables="\n".join(f"- `{table.path}`: {table.label}." for table in TABLES),
    )


def _left_out(snapshot):
    number = snapshot.total - len(snapshot.people)
    return {"without consent to any purpose": _shown(snapshot, number)}


def _shown(snapshot, number):
    """A count, unless it is small: then that it is."""
    return number if number == 0 or number >= snapshot.study.small_number_threshold else "suppressed"


def _instant(snapshot):
    return snapshot.as_of.isoformat(timespec="microseconds")


def _json(content):
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
