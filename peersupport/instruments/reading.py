"""Reading a definition from its file. Whatever is wrong with it is said in one sentence, before anyone is asked."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ImproperlyConfigured

from peersupport.instruments.definition import Answer, Instrument, Item, Missing, ScoreRule, Words
from peersupport.instruments.scoring import SCORERS

NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
#: Statistics programs take names of 32 characters; a column is called after instrument and item.
LONGEST_COLUMN = 32
DIRECTIONS = ("better", "worse", "neither")


class BadDefinition(ImproperlyConfigured):
    """An instrument's file, or the choice of instruments, is wrong; the sentence says where and what to do."""


class Part:
    """One mapping of a file, read key by key; a key that nobody asked for is a slip and refused."""

    def __init__(self, raw: Any, where: str):
        if not isinstance(raw, Mapping):
            raise BadDefinition(f"{where} has to be a list of names and values.")
        self.raw, self.where, self.left = raw, where, set(raw)

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        self.left.discard(key)
        if key not in self.raw and default is not None:
            return default
        value: Any = self.raw.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) or not str(value).strip():
            raise BadDefinition(f"{self.where} needs “{key}” ({kind.__name__}).")
        return value

    def name(self, key: str = "code") -> str:
        name = self.get(key, str)
        if not NAME.fullmatch(name):
            raise BadDefinition(f"{self.where}: “{name}” has to be small letters, digits and _, 32 at most.")
        return name

    def words(self, languages: list[str], key: str = "") -> Words:
        """The text under each language: `{en: ...}`, or with `key`, `{en: {key: ...}}`."""
        texts = {}
        for language in languages:
            self.left.discard(language)
            text = self.raw.get(language)
            text = text.get(key) if key and isinstance(text, Mapping) else text
            if not isinstance(text, str) or not text.strip():
                raise BadDefinition(f"{self.where} needs {f'“{key}” in ' if key else 'words in '}{language}.")
            texts[language] = text.strip()
        return Words(texts)

    def parts(self, key: str, title: str) -> list["Part"]:
        rows = self.get(key, list)
        return [Part(row, f"{self.where}, {title} {number}") for number, row in enumerate(rows, start=1)]

    def end(self) -> None:
        if self.left:
            raise BadDefinition(f"{self.where} does not take {', '.join(sorted(map(str, self.left)))}.")


def read_definition(path: Path) -> Instrument:
    """The instrument in `path`. Raises BadDefinition with a sentence."""
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadDefinition(f"{path.name} is not YAML in UTF-8: {' '.join(str(error).split())}") from error
    part = Part(raw, path.name)
    languages = part.get("languages", list)
    code, items = part.name(), tuple(_items(part, languages))
    _sound_items(items, code, path.name)
    instrument = Instrument(
        code=code,
        version=part.get("version", int),
        name=part.get("name", str),
        licence=part.get("licence", str),
        source=part.get("source", str),
        recall=part.get("recall", str),
        plain_name=part.words(languages, "plain_name"),
        asks=part.words(languages, "asks"),
        credit=part.words(languages, "credit"),
        stem=Part(part.get("stem", dict), f"{path.name}, stem").words(languages) if "stem" in part.raw else None,
        items=items,
        scores=tuple(_score(one, items, languages) for one in part.parts("scores", "score")),
        missing_codes=part.get("missing_codes", dict),
    )
    part.end()
    _whole(instrument, path)
    return instrument


def _items(part: Part, languages: list[str]) -> Iterator[Item]:
    shared = part.raw.get("answers"), part.raw.get("scale")
    part.left -= {"answers", "scale"}
    for row in part.parts("items", "item"):
        answers = row.raw.get("answers", shared[0]), row.raw.get("scale", shared[1])
        row.left -= {"answers", "scale"}
        code, text = row.name(), row.words(languages)
        row.end()
        yield Item(code, text, *_answers(row.where, *answers, languages))


def _answers(where: str, answers: Any, scale: Any, languages: list[str]) -> tuple:
    """Answers with a label each, or a scale of bare numbers with words at both ends."""
    if bool(answers) == bool(scale):
        raise BadDefinition(f"{where} needs either “answers” or a “scale”.")
    if scale:
        part = Part(scale, f"{where}, scale")
        lowest, highest = part.get("lowest", int), part.get("highest", int)
        numbers = tuple(Answer(number, Words({"en": str(number)})) for number in range(lowest, highest + 1))
        return numbers, part.words(languages, "low"), part.words(languages, "high")
    rows = [Part(row, f"{where}, answers") for row in answers]
    return (tuple(Answer(row.get("value", int), row.words(languages)) for row in rows),)


def _sound_items(items: tuple[Item, ...], code: str, where: str) -> None:
    _named_apart("item", [item.code for item in items], where)
    for item in items:
        if len(item.values) < 2 or len(item.values) != len(set(item.values)):
            raise BadDefinition(f"{where}: {item.code} needs two answers or more, each with its own number.")
        if len(f"{code}_{item.code}") > LONGEST_COLUMN:
            raise BadDefinition(f"{where}: {code}_{item.code} is longer than {LONGEST_COLUMN} characters.")


def _named_apart(title: str, names: list[str], where: str) -> None:
    if not names or len(names) != len(set(names)):
        raise BadDefinition(f"{where} needs at least one {title}, each with a name of its own.")


def _score(part: Part, items: tuple[Item, ...], languages: list[str]) -> ScoreRule:
    codes = [item.code for item in items]
    limits = part.get("range", list)
    if len(limits) != 2 or not all(isinstance(limit, int) for limit in limits):
        raise BadDefinition(f"{part.where}: “range” is the lowest and the highest number, like [0, 12].")
    rule = ScoreRule(
        code=part.name(),
        rule=part.get("rule", str),
        items=tuple(part.get("items", list, codes)),
        lowest=limits[0],
        highest=limits[1],
        higher_is=part.get("higher_is", str),
        name=part.words(languages, "name"),
        higher=part.words(languages, "higher"),
        factor=part.get("factor", int, 1),
        counted={item: tuple(values) for item, values in part.get("counted", dict, {}).items()},
        may_miss=part.get("may_miss", int, 0),
        cuts=tuple(part.get("cuts", list, [])),
    )
    part.end()
    _sound(rule, part.where, {item.code: item.values for item in items})
    return rule


def _sound(rule: ScoreRule, where: str, values: Mapping[str, tuple[int, ...]]) -> None:
    """That the score can be worked out, and its range is the one that its answers give."""
    if rule.rule not in SCORERS:
        raise BadDefinition(f"{where}: there is no rule “{rule.rule}”. There are: {', '.join(SCORERS)}.")
    if rule.higher_is not in DIRECTIONS:
        raise BadDefinition(f"{where}: “higher_is” is one of {', '.join(DIRECTIONS)}.")
    if unknown := [item for item in (*rule.items, *rule.counted) if item not in values]:
        raise BadDefinition(f"{where} asks for {', '.join(unknown)}, which is no item here.")
    if rule.rule in ("single", "category") and len(rule.items) != 1:
        raise BadDefinition(f"{where}: the rule “{rule.rule}” takes one item.")
    if rule.rule == "count" and set(rule.counted) != set(rule.items):
        raise BadDefinition(f"{where}: say under “counted” which answers of each item count.")
    if (rule.lowest, rule.highest) != (reach := _reach(rule, values)):
        raise BadDefinition(f"{where}: its answers give {reach[0]} to {reach[1]}, not {rule.lowest} to {rule.highest}.")
    if list(rule.cuts) != sorted(set(rule.cuts)) or not all(rule.lowest < cut <= rule.highest for cut in rule.cuts):
        raise BadDefinition(f"{where}: “cuts” have to rise and lie within the range.")


def _reach(rule: ScoreRule, values: Mapping[str, tuple[int, ...]]) -> tuple[int, int]:
    """The lowest and highest score there can be."""
    if rule.rule == "count":
        return 0, len(rule.items)
    lowest, highest = ([pick(values[item]) for item in rule.items] for pick in (min, max))
    if rule.rule == "sum":
        return sum(lowest) * rule.factor, sum(highest) * rule.factor
    return min(lowest), max(highest)


def _whole(instrument: Instrument, path: Path) -> None:
    """What only shows once all is read."""
    where, taken = path.name, {value for item in instrument.items for value in item.values}
    if path.stem != f"{instrument.code}.v{instrument.version}":
        raise BadDefinition(f"{where} has to be called {instrument.code}.v{instrument.version}.yaml.")
    _named_apart("score", [rule.code for rule in instrument.scores], where)
    codes = instrument.missing_codes
    if set(codes) != {"not_asked", *Missing} or len(set(codes.values())) != len(codes):
        raise BadDefinition(f"{where}: “missing_codes” needs a number of its own for not_asked, {', '.join(Missing)}.")
    if clash := sorted(taken & set(codes.values())):
        raise BadDefinition(f"{where}: {clash[0]} is an answer and can't stand for a missing one.")
