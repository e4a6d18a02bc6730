"""What stands coded: the texts there are to code, the tree of codes, and codings by text, code and participant."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from django.db.models import F, QuerySet

from evaluation.agreement.stretches import merged
from evaluation.codebook import Entry
from evaluation.models import Code, Coding, Participant, Source, Study
from evaluation.passages import Line


def texts_to_code(study: Study, person) -> QuerySet[Source]:
    """Of each text the newest version that `person` may read, without the words themselves."""
    readable = Source.objects.visible_to(person).readable().filter(study=study)
    newest = readable.order_by("interview_id", "observation_id", "kind", "-version").distinct(
        "interview_id", "observation_id", "kind"
    )
    return with_names(Source.objects.filter(pk__in=newest.values("pk"))).defer("text").order_by("pk")


def with_names(sources: QuerySet[Source]) -> QuerySet[Source]:
    """With what `name_of` needs."""
    return sources.select_related("interview__participant", "observation__meeting__group")


def name_of(source: Source) -> str:
    """How a text is called beside others: by pseudonym, or the group that was visited."""
    whose = source.interview.participant.pseudonym if source.interview else source.observation.meeting.group.name
    return f"{whose}, {source.get_kind_display()} {source.version}"


@dataclass(frozen=True)
class Branch:
    """A code with how deep it stands; `above` are the names on the way to it."""

    code: Code
    depth: int
    above: tuple[str, ...]

    @property
    def label(self) -> str:
        return " > ".join((*self.above, self.code.name))


def tree_of(study: Study) -> list[Branch]:
    """The codes in use, each before what stands below it. One query."""
    below = defaultdict(list)
    for code in Code.objects.in_use().filter(study=study):
        below[code.parent_id].append(code)
    return list(_branches(below, None, ()))


def entries_of(tree: list[Branch], guid_of: Callable[[Code], uuid.UUID | str] = attrgetter("guid")) -> list[Entry]:
    """The codes as a code book has them."""
    return [
        Entry(
            one.code.name,
            one.code.definition,
            one.above[-1] if one.above else "",
            uuid.UUID(str(guid_of(one.code))),
            one.code.colour,
        )
        for one in tree
    ]


def _branches(below, parent, above):
    for code in below[parent]:
        yield Branch(code, len(above), above)
        yield from _branches(below, code.pk, (*above, code.name))


def family_of(code: Code) -> list[Branch]:
    """The code and all below it."""
    tree = tree_of(code.study)
    at = next(number for number, branch in enumerate(tree) if branch.code == code)
    found = [tree[at]]
    for branch in tree[at + 1 :]:
        if branch.depth <= tree[at].depth:
            break
        found.append(branch)
    return found


def marks_by_line(lines: list[Line], codings: Iterable[Coding], codes: dict[int, Code]) -> list[tuple[Line, list[str]]]:
    """Each line with the marks of the codes that reach into it; `codings` in reading order, with `code_now`."""
    waiting, standing, found = list(codings)[::-1], [], []
    for line in lines:
        end = line.start + len(line.text)
        while waiting and waiting[-1].start < end:
            standing.append(waiting.pop())
        standing = [coding for coding in standing if coding.end > line.start]
        found.append((line, list(dict.fromkeys(codes[coding.code_now].mark for coding in standing))))
    return found


def passages_of(person, participants: Iterable[Participant], codes: Iterable[Code]) -> dict[tuple[int, int], int]:
    """(participant key, code key) > how many separate stretches of their interviews have the code. One query."""
    codings = (
        Coding.objects.visible_to(person)
        .standing()
        .filter(source__interview__participant__in=participants, code_now__in=codes)
        .values_list(F("source__interview__participant"), "code_now", "source", "start", "end")
    )
    stretches = defaultdict(list)
    for participant, code, source, start, end in codings:
        stretches[participant, code, source].append((start, end))
    found: dict[tuple[int, int], int] = defaultdict(int)
    for (participant, code, _source), intervals in stretches.items():
        found[participant, code] += len(merged(intervals))
    return found
