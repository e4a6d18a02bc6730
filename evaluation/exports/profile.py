"""A profile says what goes into a bundle. Another definition is another profile, and has another hash."""

import hashlib
import json
from dataclasses import asdict, dataclass

from evaluation.exports.tables import TABLES, Purpose
from evaluation.exports.variables import Table


@dataclass(frozen=True)
class Profile:
    """`purposes`: consent to any of them puts a participant in; each table names those that its rows need."""

    name: str
    version: int
    purposes: tuple[Purpose, ...]
    tables: tuple[Table, ...]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


QUANTITATIVE = Profile("quantitative", 1, (Purpose.APP_DATA, Purpose.INTERVIEW, Purpose.OBSERVATION), TABLES)
