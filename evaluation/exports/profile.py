"""A profile says what goes into a bundle. Another definition is another profile, and has another hash."""

import hashlib
import json
from dataclasses import asdict, dataclass

from evaluation.exports.columns import NOTED, Purpose
from evaluation.exports.qual.tables import TEXT_TABLES, TextTable
from evaluation.exports.questionnaires import QUESTIONNAIRE_TABLES
from evaluation.exports.tables import TABLES
from evaluation.exports.variables import Table


@dataclass(frozen=True)
class Profile:
    """`purposes`: consent to any of them puts a participant in; each table names those that its rows need.

    With `text_tables`, approved transcripts go in as well, with their codings and the code book. `formats`: what tables
    are in beside CSV.
    """

    name: str
    version: int
    purposes: tuple[Purpose, ...]
    tables: tuple[Table, ...]
    text_tables: tuple[TextTable, ...] = ()
    formats: tuple[str, ...] = ("parquet", "sav", "dta")

    @property
    def has_texts(self) -> bool:
        return bool(self.text_tables)

    @property
    def described(self) -> tuple[Table | TextTable, ...]:
        """Every table that the dictionary and the descriptor tell of."""
        return (*self.tables, *self.text_tables)

    @property
    def asked(self) -> tuple[Purpose, ...]:
        """The purposes that put people in, and those that only say what may be done with what is in."""
        return (*self.purposes, *NOTED)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @classmethod
    def of(cls, name: str, version: int, purposes: tuple[Purpose, ...], *, has_texts: bool = False) -> "Profile":
        """With every table and variable that these purposes allow."""
        tables = (table.within(purposes) for table in (*TABLES, *QUESTIONNAIRE_TABLES))
        return cls(name, version, purposes, tuple(table for table in tables if table), TEXT_TABLES if has_texts else ())


QUANTITATIVE = Profile.of(
    "quantitative", 3, (Purpose.APP_DATA, Purpose.QUESTIONNAIRES, Purpose.INTERVIEW, Purpose.OBSERVATION)
)
QUALITATIVE = Profile.of("qualitative", 1, (Purpose.INTERVIEW, Purpose.OBSERVATION), has_texts=True)
EVERYTHING = Profile.of("everything", 2, QUANTITATIVE.purposes, has_texts=True)
PROFILES = {profile.name: profile for profile in (QUANTITATIVE, QUALITATIVE, EVERYTHING)}
