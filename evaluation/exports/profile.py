"""What goes into the bundle: tables and variables, defined once for files, dictionary and descriptor alike."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from evaluation.models import ConsentStatement, Interview, Observation, Participant
from groups.models import RSVP, Attendance, Meeting
from supportplans.models import FlareUp, Goal, GoalReview

Purpose = ConsentStatement.Purpose
YES_NO = {"true": "Yes", "false": "No"}
#: What an empty or marked cell means.
MISSING = {"": "Not filled in, or not applicable", "suppressed": "Hidden because the number is small"}
OTHER_GROUP = "other"


@dataclass(frozen=True)
class Variable:
    """One column. `kind` is a Table Schema type; `categories` maps each value to its label."""

    name: str
    label: str
    kind: str = "string"
    categories: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """One CSV file. `purposes` are the consents its rows stand on; a row needs all of them."""

    name: str
    label: str
    purposes: tuple[str, ...]
    variables: tuple[Variable, ...]

    @property
    def path(self):
        return f"data/{self.name}.csv"

    @property
    def header(self):
        return [variable.name for variable in self.variables]


def choices(enum):
    """The values and labels of Django choices, as categories."""
    return {str(value): str(label) for value, label in enum.choices}


PARTICIPANT = Variable("participant_id", "Participant, the same in every table and every export of this study")
GROUP = Variable("group_id", f'Group; groups with few participants are together under "{OTHER_GROUP}"')
MEETING = Variable("meeting_id", "Meeting, the same in every table")
GOAL = Variable("goal_id", "Goal, the same in every table")
SCALE = "0 to 10"

TABLES = (
    Table(
        "participants",
        "Everyone who consented to at least one purpose below",
        (),
        (
            PARTICIPANT,
            Variable("kind", "Kind of participant", categories=choices(Participant.Kind)),
            GROUP,
            *(
                Variable(f"consents_{purpose}", f"Consent holds: {purpose.label}", "boolean", YES_NO)
                for purpose in (Purpose.APP_DATA, Purpose.INTERVIEW, Purpose.OBSERVATION)
            ),
        ),
    ),
    Table(
        "meetings",
        "Meetings of the groups covered, as far as a participant's attendance is known or they were observed",
        (Purpose.APP_DATA,),
        (
            MEETING,
            GROUP,
            Variable("shifted_on", "Day of the meeting, moved by secret whole weeks, the same for its group", "date"),
            Variable("state", "State of the meeting", categories=choices(Meeting.State)),
        ),
    ),
    Table(
        "attendance",
        "Whether a participant came, as a role holder recorded it",
        (Purpose.APP_DATA,),
        (
            PARTICIPANT,
            MEETING,
            Variable("outcome", "Outcome", categories=choices(Attendance.Outcome)),
            Variable("answer_before", "What they had said before", categories=choices(RSVP.Answer)),
        ),
    ),
    Table(
        "goals",
        "Goals that a participant set",
        (Purpose.APP_DATA,),
        (
            GOAL,
            PARTICIPANT,
            Variable("set_day", "Days from the participant's entry into the study to setting the goal", "integer"),
            Variable("state", "State now", categories=choices(Goal.State)),
            Variable("confidence", f"How sure, {SCALE}", "integer"),
            Variable("rhythm_weeks", "Weeks between looks back", "integer"),
            Variable("is_shared", "Shared with a group", "boolean", YES_NO),
        ),
    ),
    Table(
        "goal_reviews",
        "Looks back at goals",
        (Purpose.APP_DATA,),
        (
            GOAL,
            PARTICIPANT,
            Variable("review_day", "Days from the participant's entry into the study", "integer"),
            Variable("outcome", "How it went", categories=choices(GoalReview.Outcome)),
            Variable("confidence", f"How sure, {SCALE}", "integer"),
            Variable("state_after", "State of the goal afterwards", categories=choices(Goal.State)),
        ),
    ),
    Table(
        "flareups",
        "Flare-ups that a participant logged; none logged does not mean well",
        (Purpose.APP_DATA,),
        (
            Variable("flareup_id", "Flare-up"),
            PARTICIPANT,
            Variable("kind", "Kind", categories=choices(FlareUp.Kind)),
            Variable("start_day", "Days from the participant's entry into the study to its start", "integer"),
            Variable("is_start_approximate", "The start is a guess", "boolean", YES_NO),
            Variable("length_days", "Days from start to end; empty while its end is not known", "integer"),
            Variable("helped", "Whether what they tried helped", categories=choices(FlareUp.Helped)),
            Variable("has_used_plan", "Used a plan", "boolean", YES_NO),
            Variable("has_turned_to_group", "Turned to the group", "boolean", YES_NO),
            Variable("contacts", "Who they got help from, by codes parted by a space"),
            Variable("pain", f"Pain at its worst, {SCALE}", "integer"),
            Variable("effect", f"Effect on what matters, {SCALE}", "integer"),
        ),
    ),
    Table(
        "interviews",
        "Interviews held",
        (Purpose.INTERVIEW,),
        (
            Variable("interview_id", "Interview"),
            PARTICIPANT,
            Variable("participant_kind", "Kind of participant on the day", categories=choices(Participant.Kind)),
            Variable("interview_day", "Days from the participant's entry into the study", "integer"),
            Variable("mode", "How", categories=choices(Interview.Mode)),
            Variable("length_minutes", "Length in minutes", "integer"),
            Variable("recording", "Recording", categories=choices(Interview.Recording)),
            Variable("has_transcript", "A transcript is kept", "boolean", YES_NO),
        ),
    ),
    Table(
        "observations",
        "Meetings observed, as far as at least one participant consents to be described",
        (Purpose.OBSERVATION,),
        (
            Variable("observation_id", "Observation"),
            MEETING,
            GROUP,
            Variable("observer_role", "The observer's part", categories=choices(Observation.ObserverRole)),
            Variable("style", "How it is written", categories=choices(Observation.Style)),
            Variable("present_count", "How many people were there; hidden below the study's threshold", "integer"),
            Variable("described_count", "How many of them may be described", "integer"),
        ),
    ),
)  # fmt: skip

NAME, VERSION = "quantitative", 1
PURPOSES = (Purpose.APP_DATA, Purpose.INTERVIEW, Purpose.OBSERVATION)


def profile_hash() -> str:
    """SHA-256 over the definition: another definition is another profile."""
    definition = json.dumps([NAME, VERSION, [asdict(table) for table in TABLES]], sort_keys=True)
    return hashlib.sha256(definition.encode()).hexdigest()
