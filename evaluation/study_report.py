"""The numbers of a study that a paper owes its readers, small ones hidden: who was asked and what came of it, who was
interviewed, and which codes their words have.

Everyone who may see it sees the same numbers, whatever else they may read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from evaluation.coded import tree_of
from evaluation.consent import consented, ending_withdrawal
from evaluation.models import (
    Approach,
    ApproachStep,
    Coding,
    CodingRound,
    ConsentDecision,
    ConsentStatement,
    Interview,
    Participant,
    Source,
    Study,
)
from evaluation.small_numbers import shown, shown_within, total_of
from groups.models import Membership, SupportGroup

Kind = Participant.Kind
NO_GROUP = "none"


class Outcome(models.TextChoices):
    """What came of asking someone, up to now: each person has one."""

    WAITING = "waiting", _("No answer yet")
    NOT_REACHED = "not_reached", _("Not reached")
    DECLINED = "declined", _("Declined")
    AGREED = "agreed", _("Agreed, no interview yet")
    INTERVIEWED = "interviewed", _("Interviewed")
    STOPPED = "stopped", _("Stopped since")


OF_STEP = {
    ApproachStep.Step.INVITED: Outcome.WAITING,
    ApproachStep.Step.NOT_REACHED: Outcome.NOT_REACHED,
    ApproachStep.Step.DECLINED: Outcome.DECLINED,
    ApproachStep.Step.AGREED: Outcome.AGREED,
}


@dataclass(frozen=True)
class Row:
    """A line of a table: `cells` in the order of its columns, None where a number is hidden."""

    label: str
    cells: list[int | None]


class StudyReport:
    """A study's numbers at one moment. About ten queries, however many people there are."""

    def __init__(self, study: Study, now: datetime):
        self.study, self.now = study, now
        self.threshold = study.small_number_threshold
        self.outcomes: Counter[tuple[str, str]] = Counter()
        #: By kind and state of the group: what all numbers of people interviewed are made of.
        self.interviewed: Counter[tuple[str, str]] = Counter()
        self._count_participants()
        self._count_approaches()
        counted = {kind for kind, _other in (*self.outcomes, *self.interviewed)}
        self.kinds = [kind for kind in Kind if kind in counted]

    # Who was asked and what came of it

    @property
    def outcome_rows(self) -> list[Row]:
        """By kind; columns are those of `Outcome`."""
        rows = []
        for kind in self.kinds:
            cells = [
                self._interviewed_of(kind)
                if outcome == Outcome.INTERVIEWED
                else shown(self.outcomes[kind, outcome], self.threshold)
                for outcome in Outcome
            ]
            rows.append(Row(kind.label, cells))
        return rows

    @property
    def outcome_columns(self) -> dict[Outcome, list[int | None]]:
        """Each outcome with its numbers, in the order of `kinds`."""
        rows = self.outcome_rows
        return {outcome: [row.cells[place] for row in rows] for place, outcome in enumerate(Outcome)}

    @property
    def flow(self) -> list[tuple[str, int]]:
        """From being asked to stopping: sums of what is shown, none more than the one before but for the last."""
        sums = {outcome: total_of(cells) for outcome, cells in self.outcome_columns.items()}
        agreed = [Outcome.AGREED, Outcome.INTERVIEWED, Outcome.STOPPED]
        return [
            (_("Asked, or came by themselves"), sum(sums.values())),
            (_("Agreed"), sum(sums[outcome] for outcome in agreed)),
            (_("Interviewed"), sums[Outcome.INTERVIEWED]),
            (_("Stopped since"), sums[Outcome.STOPPED]),
        ]

    # Who was interviewed

    @property
    def group_states(self) -> list[tuple[str, str]]:
        """The columns of `interviewed_rows`: states of groups now, with their labels."""
        states = {state for _kind, state in self.interviewed}
        known = [(state.value, state.label) for state in SupportGroup.State if state in states]
        return [*known, (NO_GROUP, _("No group"))] if NO_GROUP in states else known

    @property
    def interviewed_kinds(self) -> list[Kind]:
        """The rows of `interviewed_rows`."""
        interviewed = {kind for kind, _state in self.interviewed}
        return [kind for kind in self.kinds if kind in interviewed]

    @property
    def interviewed_rows(self) -> list[Row]:
        return [
            Row(
                kind.label,
                [shown(self.interviewed[kind, state], self.threshold) for state, _label in self.group_states],
            )
            for kind in self.interviewed_kinds
        ]

    # Which codes their words have

    @property
    def coded_kinds(self) -> list[Kind]:
        """Those of whom a number of people interviewed is shown; what the others said would tell how many they are."""
        return [kind for kind in self.kinds if self._interviewed_of(kind)]

    def code_rows(self) -> list[Row]:
        """How many people of each kind said something that has the code, in the order of the code book."""
        kinds = self.coded_kinds
        people = self._people_by_code() if kinds else {}
        return [
            Row(
                branch.label,
                [
                    shown_within(people.get((branch.code.pk, kind), 0), self._interviewed_of(kind) or 0, self.threshold)
                    for kind in kinds
                ],
            )
            for branch in tree_of(self.study)
        ]

    def _people_by_code(self) -> dict[tuple[int, str], int]:
        """(code, kind) > people with a passage that has it: open texts of those interviewed whose consent holds,
        without what an open round keeps apart."""
        kept_apart = CodingRound.objects.open().filter(study=self.study).values("sources")
        sources = Source.objects.readable().filter(
            study=self.study,
            interview__participant__in=consented(self.study, ConsentStatement.Purpose.INTERVIEW, self.now),
        )
        codings = Coding.objects.standing().filter(source__in=sources.exclude(pk__in=kept_apart).values("pk"))
        participant = "source__interview__participant"
        found = codings.values_list("code_now", participant, F(f"{participant}__kind")).distinct()
        return Counter((code, kind) for code, _participant, kind in found)

    def _interviewed_of(self, kind) -> int | None:
        """The sum of what is shown of a kind; None where all of it is hidden."""
        cells = [shown(number, self.threshold) for (its, _state), number in self.interviewed.items() if its == kind]
        return total_of(cells) or (None if None in cells else 0)

    # Counting

    def _count_participants(self):
        people = list(
            Participant.objects.filter(study=self.study).annotate(
                has_ended=Exists(ending_withdrawal(self.now)),
                is_interviewed=Exists(Interview.objects.filter(participant=OuterRef("pk"))),
            ).values_list(
                "pk", "kind", "has_ended", "is_interviewed", "identity_key__person", "approach__group__state",
                named=True,
            )
        )  # fmt: skip
        answers, steps = _answers_of(self.study), self._last_steps()
        states = self._states_of_groups([one.identity_key__person for one in people])
        for one in people:
            answer = answers.get(one.pk)
            if one.has_ended or answer == Outcome.STOPPED:
                self.outcomes[one.kind, Outcome.STOPPED] += 1
            elif one.is_interviewed:
                state = states.get(one.identity_key__person) or one.approach__group__state or NO_GROUP
                self.interviewed[one.kind, state] += 1
            else:
                self.outcomes[one.kind, answer or steps.get(one.pk, Outcome.WAITING)] += 1

    def _count_approaches(self):
        """Of those who are not in the study."""
        others = Approach.objects.filter(study=self.study, participant=None).with_state()
        for approach in others:
            self.outcomes[approach.participant_kind, OF_STEP[approach.state]] += 1

    def _last_steps(self):
        """Participant > what came of asking them, where that was written down."""
        own = Approach.objects.filter(study=self.study, participant__isnull=False).with_state()
        return {participant: OF_STEP[state] for participant, state in own.values_list("participant", "state")}

    def _states_of_groups(self, people: Iterable[int | None]) -> dict[int, str]:
        """Person > the state of the group of the study that they joined last."""
        memberships = Membership.objects.filter(
            group__in=self.study.groups.values("pk"), person__in=[person for person in people if person]
        )
        return dict(memberships.order_by("joined_at", "pk").values_list("person", "group__state"))


def _answers_of(study):
    """Participant > what they made of the consent forms: agreed, declined, or stopped by taking back every yes."""
    decisions = ConsentDecision.objects.filter(participant__study=study).order_by("decided_at", "pk")
    latest: dict[int, dict[int, str]] = defaultdict(dict)
    ever = set()
    for participant, statement, decision in decisions.values_list("participant", "statement", "decision"):
        latest[participant][statement] = decision
        if decision == ConsentDecision.Decision.GIVEN:
            ever.add(participant)
    return {
        participant: Outcome.AGREED
        if ConsentDecision.Decision.GIVEN in said.values()
        else Outcome.STOPPED
        if participant in ever
        else Outcome.DECLINED
        for participant, said in latest.items()
    }
