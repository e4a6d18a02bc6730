"""The tables of texts. Unlike those in `data/` they hold words: of approved texts, and of the team."""

from dataclasses import dataclass

from evaluation.exports.columns import Purpose, known, number
from evaluation.exports.tables import PARTICIPANT
from evaluation.exports.variables import MISSING, Variable, choices
from evaluation.models import Source

ANYTHING = r"(?s:.+)"
_GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True)
class TextVariable(Variable):
    """A column whose cells `verify` holds against the texts themselves. `cell` is a regular expression for one."""

    cell: str = ANYTHING

    @property
    def is_words(self) -> bool:
        return self.cell == ANYTHING

    def __post_init__(self):
        """May hold words."""

    @property
    def pattern(self) -> str:
        return self.cell


@dataclass(frozen=True)
class TextTable:
    """One CSV file about texts, in `qual/`. Words take up lines, commas and quotes: a line of it is no row."""

    name: str
    label: str
    purposes: tuple[str, ...]
    variables: tuple[Variable, ...]

    #: A quote could be the very word that marks what is hidden elsewhere.
    missing = {"": MISSING[""]}

    @property
    def path(self) -> str:
        return f"qual/{self.name}.csv"

    @property
    def header(self) -> list[str]:
        return [variable.name for variable in self.variables]


def guid(use: str, label: str) -> Variable:
    return TextVariable(f"{use}_id", label, "", identifies=use, cell=_GUID)


def words(name: str, label: str) -> Variable:
    return TextVariable(name, label, "")


SOURCE = guid("source", "Text; its words are in sources/<source_id>.txt")
INTERVIEW = known("interview", "Interview", "")

SOURCES = TextTable(
    "sources",
    "Approved transcripts, one file each in `qual/sources`",
    (Purpose.INTERVIEW,),
    (
        SOURCE,
        PARTICIPANT,
        INTERVIEW,
        Variable("kind", "What it is", "", categories={Source.Kind.TRANSCRIPT: choices(Source.Kind)["transcript"]}),
        number("characters", "Length in characters (Unicode code points)", ""),
        TextVariable("sha256", "SHA-256 of the file", "", cell="[0-9a-f]{64}"),
    ),
)
CODINGS = TextTable(
    "codings",
    "What is coded in these transcripts; not what is being coded in a round that is open",
    (Purpose.INTERVIEW,),
    (
        guid("coding", "Coding"),
        SOURCE,
        PARTICIPANT,
        INTERVIEW,
        words("code_name", "Name of the code"),
        guid("code", "Code, as in `qual/codebook.qdc`"),
        known("coder", "Who coded it", ""),
        number("round", "Round in which it was coded unseen by others; empty where in none", ""),
        number("start", "Where it starts, in characters from 0", ""),
        number("end", "Where it ends: the first character that is not in it", ""),
        words("text", "The words between the two"),
        number("coded_day", "Days from the participant's entry into the study to the coding", ""),
    ),
)
TEXT_TABLES = (SOURCES, CODINGS)
