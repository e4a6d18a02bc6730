"""A closed round in numbers: agreement per code, and where its coders differ."""

from dataclasses import dataclass

from evaluation.agreement import Agreement, Position, disagreements, over_characters, over_turns
from evaluation.coded import with_names
from evaluation.models import Code, Coding, CodingRound, Settlement, Source
from evaluation.passages import Passage, passage, units_of
from members.models import Person


@dataclass(frozen=True)
class Row:
    code: Code
    characters: Agreement
    turns: Agreement


@dataclass(frozen=True)
class Difference:
    """A stretch that `coded_by` coded and `left_by` did not; `settled` is the latest word on it."""

    source: Source
    code: Code
    passage: Passage
    coded_by: list[Person]
    left_by: list[Person]
    settled: Settlement | None


class Reading:
    """A round's texts, coders and codings as `person` may see them, read once: four queries."""

    def __init__(self, round: CodingRound, person):
        self.round = round
        self.coders = list(round.coders.order_by("pk"))
        texts = Source.objects.visible_to(person).readable().filter(coding_rounds=round)
        self.sources = {source.pk: source for source in with_names(texts).order_by("pk")}
        codings = Coding.objects.visible_to(person).standing().filter(round=round, source__in=self.sources)
        fields = ("source_id", "code_now", "coder_id", "start", "end")
        self.positions = [Position(*values) for values in codings.values_list(*fields)]
        codes = Code.objects.in_use().filter(study=round.study_id)
        self.codes = {code.pk: code for code in codes.order_by("name")}

    @property
    def lengths(self):
        return {pk: len(source.text) for pk, source in self.sources.items()}

    @property
    def order(self):
        return [coder.pk for coder in self.coders]

    def rows(self) -> list[Row]:
        """By name of the code; only codes that anyone used."""
        characters = over_characters(self.lengths, self.order, self.positions)
        units = {pk: units_of(source) for pk, source in self.sources.items()}
        turns = over_turns(units, self.order, self.positions)
        return [Row(code, characters[pk], turns[pk]) for pk, code in self.codes.items() if pk in characters]

    def differences(self) -> list[Difference]:
        """In reading order, but for stretches without a word in them. One more query."""
        settled = {
            (row.source_id, row.code.merged_into_id or row.code_id, row.start, row.end): row
            for row in self.round.settlements.select_related("code", "settled_by")
        }
        found = disagreements(self.lengths, self.order, self.positions)
        found.sort(key=lambda one: (one[0], one[2].start, one[1]))
        return [
            self._difference(text, code, stretch, settled.get((text, code, stretch.start, stretch.end)))
            for text, code, stretch in found
            if any(character.isalnum() for character in self.sources[text].text[stretch.start : stretch.end])
        ]

    def _difference(self, text, code, stretch, settled):
        coded = [coder for number, coder in enumerate(self.coders) if stretch.coders >> number & 1]
        source = self.sources[text]
        return Difference(
            source=source,
            code=self.codes[code],
            passage=passage(source.text, stretch.start, stretch.end),
            coded_by=coded,
            left_by=[coder for coder in self.coders if coder not in coded],
            settled=settled,
        )
