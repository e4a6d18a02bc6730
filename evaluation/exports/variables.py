"""What a table and a variable of the bundle are. Files, dictionary, descriptor and the check all derive from these."""

import re
from collections.abc import Container
from dataclasses import dataclass, field, replace

YES_NO = {"true": "Yes", "false": "No"}
SUPPRESSED = "suppressed"
#: What an empty or marked cell means.
MISSING = {"": "Not filled in, or not applicable", SUPPRESSED: "Hidden because a number of people is small"}
OTHER_GROUP = "other"

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_PATTERNS = {"integer": r"-?\d+", "number": r"-?\d+(?:\.\d+)?", "boolean": "true|false", "date": r"\d{4}-\d\d-\d\d"}


class NotAVariable(Exception):
    """A definition that would let out what nobody checked."""


@dataclass(frozen=True)
class Variable:
    """One column. `sql` gives its value, `kind` is a Table Schema type, `categories` maps each value to its label.

    `identifies` names the kind of row it stands for. Where `is_raw_key`, `sql` gives the row's primary key and
    `bundle` turns it into the identifier. With a `purpose` it is only in bundles for that. Where it `can_be_hidden`, a
    cell may say that a number of people is too small. A string either identifies or has categories; no other text
    leaves, so no free text can.
    """

    name: str
    label: str
    sql: str
    kind: str = "string"
    categories: dict[str, str] = field(default_factory=dict)
    identifies: str = ""
    is_raw_key: bool = False
    purpose: str = ""
    can_be_hidden: bool = False

    def __post_init__(self):
        if not _NAME.fullmatch(self.name):
            raise NotAVariable(f"{self.name} is no name that every statistics program takes.")
        if self.is_words:
            raise NotAVariable(f"{self.name} would let free text out.")

    @property
    def is_words(self) -> bool:
        """Whether it may hold anything at all."""
        return self.kind == "string" and not (self.categories or self.identifies)

    @property
    def pattern(self) -> str:
        """What a cell of it may hold, as a regular expression: empty where it is missing."""
        return f"(?:{self._filled_in}{f'|{SUPPRESSED}' if self.can_be_hidden else ''})?"

    @property
    def is_hidden_number(self) -> bool:
        """Whether a number may be hidden, so that its column holds more than numbers."""
        return self.can_be_hidden and self.kind == "integer"

    @property
    def _filled_in(self):
        if self.identifies:
            return f"{prefix(self.identifies)}[0-9a-f]{{20}}|{OTHER_GROUP}"
        return _PATTERNS.get(self.kind) or "|".join(map(re.escape, self.categories))


def prefix(use: str) -> str:
    """What identifiers of this kind of row begin with."""
    return use[:2]


@dataclass(frozen=True)
class Table:
    """One CSV file. `purposes` are the consents its rows stand on; `rows` is FROM, WHERE and ORDER BY of its query."""

    name: str
    label: str
    purposes: tuple[str, ...]
    variables: tuple[Variable, ...]
    rows: str

    def __post_init__(self):
        if any(variable.is_words for variable in self.variables):
            raise NotAVariable(f"{self.name} would let free text out.")

    def within(self, purposes: Container[str]) -> "Table | None":
        """The table as it is in a bundle for these purposes; None where it rests on none of them."""
        if self.purposes and not any(purpose in purposes for purpose in self.purposes):
            return None
        return replace(self, variables=tuple(v for v in self.variables if not v.purpose or v.purpose in purposes))

    #: What an empty or marked cell of it means.
    missing = MISSING

    @property
    def path(self) -> str:
        return f"data/{self.name}.csv"

    @property
    def header(self) -> list[str]:
        return [variable.name for variable in self.variables]

    @property
    def raw_keys(self) -> dict[int, str]:
        """Where primary keys stand in a row, and what they are of."""
        return {place: v.identifies for place, v in enumerate(self.variables) if v.is_raw_key}

    @property
    def sql(self) -> str:
        return f"SELECT {', '.join(variable.sql for variable in self.variables)} {self.rows}"

    @property
    def line(self) -> re.Pattern[bytes]:
        """What one line of the file may be. No value holds a comma, quote or line end, so a line is a row."""
        return re.compile(",".join(variable.pattern for variable in self.variables).encode() + rb"\n")


def choices(enum) -> dict[str, str]:
    """The values and labels of Django choices, as categories."""
    return {str(value): str(label) for value, label in enum.choices}
