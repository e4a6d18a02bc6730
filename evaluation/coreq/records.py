"""What the records say on items 9 to 21 and 23, small numbers of people hidden.

Items 10 to 13 and 16 have the numbers of `StudyReport`. The others are of interviews whose participants agree to be
interviewed now.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import quantiles

from django.db.models import Count, Exists, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluation.consent import consented
from evaluation.models import ApproachStep, ConsentStatement, Interview, Participant, Source, Study, TranscriptStep
from evaluation.small_numbers import shown, total_of
from evaluation.study_report import Outcome, StudyReport
from peersupport.spoken import spoken_date

Kind = Source.Kind
Step = TranscriptStep.Step


@dataclass(frozen=True)
class Fact:
    """One line. `value` is a number of people or interviews, None where it is hidden, or words."""

    label: str | Promise
    value: int | str | None


class Records:
    """The facts of a study at one moment. About twenty queries, however much there is.

    `has_words`: with what people typed, like the names of places.
    """

    def __init__(self, study: Study, now: datetime, *, has_words: bool = True):
        self.study, self.has_words = study, has_words
        self.threshold = study.small_number_threshold
        self.report = StudyReport(study, now)
        self.people = consented(study, ConsentStatement.Purpose.INTERVIEW, now)

    def facts(self, number: int) -> list[Fact]:
        """Empty for an item that the records know nothing of, and for one with nothing recorded."""
        return ON_ITEM[number](self) if number in ON_ITEM else []

    @cached_property
    def interviews(self) -> list[Interview]:
        notes = Source.objects.filter(interview=OuterRef("pk"), kind=Kind.FIELD_NOTE)
        given_back = TranscriptStep.objects.filter(
            source__interview=OuterRef("pk"), step__in=[Step.RETURNED, Step.NOT_WISHED]
        ).order_by("-pk")
        return list(
            Interview.objects.filter(study=self.study, participant__in=self.people)
            .annotate(has_note=Exists(notes), given_back=Subquery(given_back.values("step")[:1]))
            .order_by("started_at", "pk")
        )

    def method(self) -> list[Fact]:
        return [Fact(_("As the study says"), self.study.method)] if self.study.method and self.has_words else []

    def sampling(self) -> list[Fact]:
        frames = self.study.frames.annotate(people=Count("steps")).order_by("number")
        return [*(self._frame(frame) for frame in frames), *self._asked_by_hand()]

    def approach(self) -> list[Fact]:
        invited = ApproachStep.objects.filter(approach__study=self.study, step=ApproachStep.Step.INVITED)
        people = Counter(dict(invited.values_list("way").annotate(number=Count("approach", distinct=True)).order_by()))
        return self._counted(people, ApproachStep.Way.choices)

    def size(self) -> list[Fact]:
        if not self.report.interviewed_rows:
            return []
        people = total_of(cell for row in self.report.interviewed_rows for cell in row.cells)
        return [Fact(_("People interviewed, without those that are hidden"), people or None)]

    def refusals(self) -> list[Fact]:
        columns = self.report.outcome_columns
        numbers = [
            Fact(outcome.label, total_of(columns[outcome]) or _few_or_none(columns[outcome]))
            for outcome in (Outcome.DECLINED, Outcome.NOT_REACHED, Outcome.STOPPED)
            if columns[outcome]
        ]
        declined = ApproachStep.objects.filter(approach__study=self.study, step=ApproachStep.Step.DECLINED)
        reasons = Counter(declined.values_list("reason", flat=True))
        return [*numbers, *self._counted(reasons, ApproachStep.Reason.choices, said=_("Declined: %(why)s"))]

    def settings(self) -> list[Fact]:
        """How they talked, and where, but for places that few named: those could tell who it was."""
        modes = self._counted(Counter(one.mode for one in self.interviews), Interview.Mode.choices)
        places = Counter(one.setting for one in self.interviews if one.setting and self.has_words)
        named = [Fact(place, number) for place, count in places.most_common() if (number := self._shown(count))]
        return [*modes, *named]

    def company(self) -> list[Fact]:
        with_others = Counter(bool(one.others_present) for one in self.interviews)
        return self._counted(with_others, [(True, _("Someone else was there")), (False, _("Alone"))])

    def sample(self) -> list[Fact]:
        return [Fact(row.label, total_of(row.cells) or _few_or_none(row.cells)) for row in self.report.interviewed_rows]

    def guides(self) -> list[Fact]:
        guides = self.study.topic_guides.annotate(questions=Count("prompts")).order_by("kind", "version")
        used = Counter(one.topic_guide_id for one in self.interviews)
        return [Fact(_guide_name(guide), self._shown(used[guide.pk])) for guide in guides]

    def repeats(self) -> list[Fact]:
        times = Counter(one.participant_id for one in self.interviews).values()
        again = sum(number > 1 for number in times)
        return [Fact(_("People interviewed more than once"), self._shown(again))] if times else []

    def recordings(self) -> list[Fact]:
        return self._counted(Counter(one.recording for one in self.interviews), Interview.Recording.choices)

    def notes(self) -> list[Fact]:
        noted = Counter(one.has_note for one in self.interviews)
        return self._counted(noted, [(True, _("With a field note")), (False, _("Without"))])

    def lengths(self) -> list[Fact]:
        """Quartiles to the nearest five minutes, and only of so many that no length is one person's."""
        minutes = [one.length_minutes for one in self.interviews]
        if len(minutes) < max(self.threshold, 2):
            return []
        low, middle, high = (round(cut / 5) * 5 for cut in quantiles(minutes, n=4, method="inclusive"))
        half = _("%(low)s to %(high)s minutes") % {"low": low, "high": high}
        return [Fact(_("Median"), _("%(middle)s minutes") % {"middle": middle}), Fact(_("Middle half"), half)]

    def given_back(self) -> list[Fact]:
        steps = Counter(one.given_back for one in self.interviews if one.given_back)
        return self._counted(steps, [(Step.RETURNED, Step.RETURNED.label), (Step.NOT_WISHED, Step.NOT_WISHED.label)])

    def _frame(self, frame):
        kinds = ", ".join(str(label) for label in frame.kind_labels)
        facts = {"how": frame.get_method_display(), "kinds": kinds, "day": spoken_date(frame.drawn_at)}
        return Fact(_("%(how)s, on %(day)s: %(kinds)s") % facts, self._shown(frame.people))

    def _asked_by_hand(self):
        number = self.study.approaches.filter(is_by_service=False).count()
        return [Fact(_("Chosen by the researchers"), self._shown(number))] if number else []

    def _shown(self, number):
        return shown(number, self.threshold)

    def _counted(self, counter, choices, said="%(why)s"):
        """A line for each choice that anything was counted for."""
        return [
            Fact(said % {"why": label}, self._shown(counter[value])) for value, label in choices if counter.get(value)
        ]


ON_ITEM: dict[int, Callable[[Records], list[Fact]]] = {
    9: Records.method,
    10: Records.sampling,
    11: Records.approach,
    12: Records.size,
    13: Records.refusals,
    14: Records.settings,
    15: Records.company,
    16: Records.sample,
    17: Records.guides,
    18: Records.repeats,
    19: Records.recordings,
    20: Records.notes,
    21: Records.lengths,
    23: Records.given_back,
}


def _few_or_none(cells: Iterable[int | None]) -> int | None:
    """For a sum that is nought: nought, or hidden where some of it is."""
    return None if None in list(cells) else 0


def _guide_name(guide):
    who = Participant.Kind(guide.kind).label if guide.kind else _("Everyone")
    questions = ngettext("%(number)s question", "%(number)s questions", guide.questions) % {"number": guide.questions}
    return _("%(who)s, version %(version)s, %(questions)s") % {
        "who": who,
        "version": guide.version,
        "questions": questions,
    }
