"""Which texts leave, and what stands coded in them, as of one instant. A few texts are held at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import batched
from typing import NamedTuple

from django.db.models import F, Q
from django.db.models.functions import Length, TruncDate

from evaluation.coded import Branch, tree_of
from evaluation.exports.identifiers import Identifiers
from evaluation.models import Code, Coding, Redaction, Source, Study
from evaluation.redaction.apply import CutsRedaction, moved

AT_ONCE = 20


@dataclass(frozen=True)
class Text:
    """An approved transcript. `versions` are the keys of those it was made from, the latest first."""

    pk: int
    guid: str
    participant: str
    interview: str
    entered_on: date
    characters: int
    sha256: str
    versions: tuple[int, ...]


class Coded(NamedTuple):
    """`text[start:end]` has the code; `day` counts from the participant's entry. `code` is a key, `round` a number."""

    guid: str
    code: int
    coder: str
    round: int | None
    start: int
    end: int
    day: int


class Texts:
    """Of a study's participants in `people` whose consent to interviews is among `consented` (keys)."""

    def __init__(
        self, study: Study, as_of: datetime, people: Iterable, consented: Collection[int], identifiers: Identifiers
    ):
        self.study, self.as_of, self.identifiers = study, as_of, identifiers
        self.people = {person.pk: person for person in people if person.pk in consented}

    @cached_property
    def texts(self) -> list[Text]:
        """By participant, then in the order of the interviews."""
        transcripts = Source.objects.filter(study=self.study, interview__participant__in=self.people)
        rows = transcripts.approved(by=self.as_of).annotate(characters=Length("text")).defer("text")
        found = [self._text(row) for row in rows.select_related("interview").order_by("interview__started_at", "pk")]
        return sorted(found, key=lambda text: text.participant)

    @cached_property
    def not_approved(self) -> int:
        """How many interviews of the same people have a transcript that is not approved."""
        transcripts = Source.objects.filter(study=self.study, kind=Source.Kind.TRANSCRIPT, added_at__lte=self.as_of)
        held = transcripts.filter(interview__participant__in=self.people)
        return held.values("interview").distinct().count() - len(self.texts)

    @cached_property
    def tree(self) -> list[Branch]:
        return tree_of(self.study)

    @cached_property
    def left_out(self) -> int:
        """How many codings begin or end within what was replaced since, so that they are of no words that are here."""
        return sum(codings.count(None) for codings in self._late.values())

    def code_guid(self, code: Code) -> str:
        return self.identifiers.guid("code", code.pk)

    @cached_property
    def coders(self) -> list[str]:
        """Everyone who coded in these texts."""
        keys = set(self._codings([text.pk for text in self.texts]).values_list("coder", flat=True).distinct())
        late = {coded.coder for codings in self._late.values() for coded in codings if coded}
        return sorted({self.coder(key) for key in keys} | late)

    def words(self) -> Iterator[tuple[Text, str]]:
        """Each text with what is in it."""
        for some in batched(self.texts, AT_ONCE):
            words = dict(Source.objects.filter(pk__in=[text.pk for text in some]).values_list("pk", "text"))
            yield from ((text, words[text.pk]) for text in some)

    def coded(self) -> Iterator[tuple[Text, list[Coded]]]:
        """Each text with what is coded in it, in reading order."""
        for some in batched(self.texts, AT_ONCE):
            by_key = {text.pk: text for text in some}
            found = {text.pk: [coded for coded in self._late.get(text.pk, ()) if coded] for text in some}
            for row in self._codings(by_key).values_list("source", *_FIELDS):
                text = by_key[row[0]]
                found[text.pk].append(self._coded(text, *row[1:]))
            for text in some:
                yield text, sorted(found[text.pk], key=lambda coded: (coded.start, -coded.end, coded.guid))

    @cached_property
    def _late(self) -> dict[int, list[Coded | None]]:
        """Key of a text > codings of rounds that were open when it was approved, and so did not go along with it then:
        where they are in it now. None where they are nowhere."""
        by_version = {version: text for text in self.texts for version in text.versions}
        stayed = Q(round__closed_at__gt=F("source__redacted_as__added_at"))
        rows = list(self._codings(by_version).filter(stayed).values_list("source", *_FIELDS))
        spans = self._spans({row[0] for row in rows}, by_version)
        found = defaultdict(list)
        for version, pk, code, coder, round, start, end, coded_on in rows:
            text = by_version[version]
            place: tuple[int, int] | None = (start, end)
            for earlier in reversed(text.versions[: text.versions.index(version) + 1]):
                place = place and _moved(place, spans[earlier])
            found[text.pk].append(place and self._coded(text, pk, code, coder, round, *place, coded_on))
        return found

    def _spans(self, versions, by_version):
        """What was replaced in each of these versions, and in those made from them."""
        texts = {by_version[version] for version in versions}
        found = defaultdict(list)
        for row in Redaction.objects.replacing().filter(source__in=[pk for text in texts for pk in text.versions]):
            found[row.source_id].append(row.as_replaced())
        return found

    def _codings(self, sources):
        is_done = Q(round=None) | Q(round__closed_at__lte=self.as_of)
        codings = Coding.objects.standing().annotate(coded_on=TruncDate("coded_at"))
        return codings.filter(is_done, source__in=list(sources), coded_at__lte=self.as_of)

    def _coded(self, text, pk, code, coder, round, start, end, coded_on):
        day = (coded_on - text.entered_on).days
        return Coded(self.identifiers.guid("coding", pk), code, self.coder(coder), round, start, end, day)

    def coder(self, key: int) -> str:
        if key not in self._known_coders:
            self._known_coders[key] = self.identifiers.of("coder", key)
        return self._known_coders[key]

    @cached_property
    def _known_coders(self) -> dict[int, str]:
        return {}

    @cached_property
    def _made_from(self):
        """Key of a version > key of the one it was made from."""
        redacted = Source.objects.filter(study=self.study, redacted_from__isnull=False)
        return dict(redacted.values_list("pk", "redacted_from"))

    def _text(self, row):
        person = self.people[row.interview.participant_id]
        versions = [row.redacted_from_id]
        while earlier := self._made_from.get(versions[-1]):
            versions.append(earlier)
        return Text(
            pk=row.pk,
            guid=self.identifiers.guid("source", row.pk),
            participant=person.identifier,
            interview=self.identifiers.of("interview", row.interview_id),
            entered_on=person.entered_on,
            characters=row.characters,
            sha256=row.sha256,
            versions=tuple(versions),
        )


_FIELDS = ("pk", "code_now", "coder", "round__number", "start", "end", "coded_on")


def _moved(place, spans):
    try:
        return moved(place, spans)
    except CutsRedaction:
        return None
