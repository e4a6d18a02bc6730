"""The page in a bundle that people read first."""

from django.conf import settings
from django.urls import reverse

from evaluation.exports.snapshot import Snapshot

README = """# {title}

Evaluation data from {service}, as of {as_of}.

## Still personal data

{still_personal}.
Identifiers are keyed hashes, and days are counted from each participant's entry into the study. People who know the
groups could still recognise someone, and so could people who know when groups met. Keep it as the study's protocol
says, do not try to find out who anyone is, do not join it with other records of the same people, and do not pass it
on.

## What it rests on

Each row rests on consent that held at the instant above, statement by statement; no answer counts as no. Each table
names the purposes it needs in `dictionary/variables.csv`. Whoever withdrew before then is not in here. Whoever
withdraws later is gone from the next export: when you are told of them, delete them from this one.

## What is in it

{tables}
{report}

`withdrawals.csv` lists who was in an earlier export of this kind and is in it no more: delete them from every copy.

`dictionary/` explains every variable and value, `datapackage.json` says the same to programs (Frictionless Data
Package v2), `dictionary/ddi-codebook.xml` to archives (DDI Codebook 2.5), and `manifest.json` says how the bundle was
made.

The tables in `data/` are also there as Parquet, and in `stats/` for SPSS (.sav) and Stata (.dta); long ones come there
in parts, numbered from 1. There categories are numbers in the order of `dictionary/categories.csv`, yes is 1 and no is
0. A number that is hidden is -9 in SPSS (declared missing) and .a in Stata; in Parquet it is null, and
`<name>_missing` beside it says why. Labels too long for a program are cut, and listed in `dictionary/labels_cut.csv`.
Scripts that read the CSV files instead: `stats/import.R`, `stats/import.sps`, `stats/import.do`.

- An empty cell is missing: not zero, not absent, not well.
- Days below zero are from before the participant's entry: consent covers what they had logged by then, too.
- "suppressed" hides what only a few people stand behind. "Few" is fewer than {threshold} in this study.
- How many people were left out is rounded to the nearest five.
- Groups with few participants are together as "other". Their meetings are not listed, so that nobody can tell them
  apart by who met whom.
- Days of meetings are moved by a secret number of whole weeks, one for all meetings of a group. They can't be counted
  against the days of participants.
{words}

## To check that it is whole and comes from this service

    sha256sum -c SHA256SUMS
    openssl pkeyutl -verify -rawin -pubin -inkey export-key.pem -sigfile manifest.json.sig -in manifest.json

The key `export-key.pem` is at {key_address}. On the service's own machine `manage.py verify_export FILE` checks
all of that, and who in here has withdrawn since. With the Python package frictionless, `frictionless validate
datapackage.json` checks the tables.

## Who to ask

The lead of the study "{title}" ({ethics}), or whoever runs the service: {run_by}.
"""


STILL_PERSONAL = {
    False: "There are no names, addresses or words of anyone in here",
    True: "There are words of people in here. What names them or others was taken out by hand",
}
NO_WORDS = """- Nobody's words are in here: not what goals say, nor transcripts, nor notes. Free text leaves only once
  it has been redacted and a second person has approved it. Sound never leaves."""
WORDS = """
## Their words

`qual/sources` has {texts}, each redacted, and approved by a second person. Goals, notes,
memos and sound never leave, nor do transcripts that nobody approved ({not_approved}).

- Quote only people who agreed to that: `consents_quotes` is "true" in `data/participants.csv`.
- `qual/codings.csv` says what was coded where. Positions count characters (Unicode code points) from 0, and the end is
  the first character that is not in it: `text[start:end]` in Python. What coders do in a round that is still open is
  not in it. Codings that begin or end within words replaced since are left out ({left_out}).
- `qual/project.qdpx` is the same as programs for qualitative analysis exchange it (REFI-QDA 1.5), with a case for
  each participant. Its dates are not true: 2000-01-01 is the day of each participant's entry. `qual/codebook.qdc` is
  the code book alone, where there are codes. Names and definitions of codes are the team's own words.
- `report/agreement.csv` says how far coders agreed in each closed round, over the texts of these participants as they
  were coded: per cent, Jaccard, Cohen's kappa and Krippendorff's alpha, over characters and over turns. Empty is
  undefined, not 0."""


REPORT = """
In `report/` are numbers of the whole study, also of people who said no and are in no table: what came of asking them
(`consent_flow.csv`), who was interviewed (`interviewed.csv`), and what the records say on the items of COREQ
(`coreq.csv`; Tong, Sainsbury and Craig 2007). `summary_tables.csv` sums up how many came how far, and `charts/`
draws it. Small numbers are hidden there, the others rounded."""
NO_REPORT = """
There are no numbers of the whole study in here: they differ by few people from those in an earlier export, and
the two together would tell about these few. The numbers of the earlier one stand until more has changed."""


def readme(snapshot: Snapshot) -> str:
    study = snapshot.study
    return README.format(
        title=study.title,
        ethics=study.ethics_reference,
        service=settings.SERVICE_NAME,
        run_by=settings.SERVICE_RUN_BY,
        key_address=settings.BASE_URL + reverse("evaluation:export_key"),
        as_of=f"{snapshot.as_of:%Y-%m-%d %H:%M:%S} UTC",
        report=REPORT if snapshot.counted is not None else NO_REPORT,
        threshold=study.small_number_threshold,
        tables="\n".join(f"- `{table.path}`: {table.label}." for table in snapshot.profile.described),
        still_personal=STILL_PERSONAL[snapshot.profile.has_texts],
        words=_words(snapshot),
    )


def _words(snapshot):
    if not snapshot.profile.has_texts:
        return NO_WORDS
    texts = snapshot.texts
    number = len(texts.texts)
    return WORDS.format(
        texts="1 transcript" if number == 1 else f"{number} transcripts",
        not_approved=texts.not_approved,
        left_out=texts.left_out,
    )
