"""How old a reader has to be for what we say to them: `python -m tests.reading_age` prints the hardest first.

Two formulas, since each is blind on one eye; both give the school year (US grade) that reads a text with ease, and a
child in grade n is about n + 5 years old:
- Flesch-Kincaid (Kincaid and others 1975, Naval Technical Training Command, Research Branch Report 8-75): words in a
  sentence, syllables in a word. Syllables are counted by rules: textstat looks them up in a dictionary that it
  downloads, and tests reach no network.
- Automated Readability Index (Senter and Smith 1967, AMRL-TR-66-220), by textstat: words in a sentence, letters in a
  word.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import textstat
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ["peersupport", "members", "groups", "supportplans", "evaluation"]
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}

LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(?:_|n?gettext)\(\s*({LITERAL})(?:,\s*({LITERAL}))?")
FILLED_IN = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
SENTENCE_END = re.compile(r"(?<=[.?!:;])[”’)]*\s+")
WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
SILENT = re.compile(
    r"(?<=[^aeiouy])e$(?<![^aeiouy]le)|(?<=[^aeiouysxzcg])e(?=s$)(?<![^aeiouy]le)(?<!che)(?<!she)"
    r"|(?<=[^aeiouytd])e(?=d$)|(?<=som)e(?=\w)|(?<=tim)e(?=\w)|(?<=ev)e(?=ry|ning)|(?<=her)e(?=\w)|(?<=elv)e(?=s)"
    r"|(?<=car)e(?=[fl])|(?<=hom)e(?=\w)|(?<=us)e(?=[fl])|(?<=saf)e(?=\w)|(?<=clos)e(?=ly)"
)
SAID_APART = re.compile(
    r"(?<![ctsg])i[ao](?!u)(?<!nio)|(?<![ctxg])iou|(?<![gq])ua|eo(?!p)|[aeiouy](?=ing$)|(?<=\w)y[aeiou]|(?<=m)$(?<=ism)"
    r"|oe(?=[vm])|(?<=[dr])ea(?=s?$)|(?<=sc)ie|(?<![gq])ue[lt]|crea(?=t)|co(?=or)|uou|ie(?=t)|(?<=l)ie(?=n)|(?<=er)ie(?=n)|die(?=nc)"
)
#: Shorter ones are labels ("Your email address"): they would make every page look easy.
SHORTEST_SENTENCE = 4


@dataclass(frozen=True)
class Measure:
    """`grade` and `letter_grade` by the two formulas; `longest` is the sentence with the most words."""

    words: int
    grade: float
    letter_grade: float
    longest: str

    @property
    def age(self):
        return max(self.grade, self.letter_grade) + 5


def texts_of_template(path):
    """What can be translated in a template: all that it says."""
    calls = CALL.findall(templatize(path.read_text()))
    return [ast.literal_eval(literal) for call in calls for literal in call if literal]


def texts_of_module(path):
    """What can be translated in a module: labels, hints, errors, refusals, subjects."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    arguments = [call.args[:2] for call in calls if getattr(call.func, "id", "") in GETTEXT]
    constants = [argument for two in arguments for argument in two if isinstance(argument, ast.Constant)]
    return [constant.value for constant in constants if isinstance(constant.value, str)]


def texts_by_file():
    """File, relative to the root, to its texts."""
    templates = [path for path in (ROOT / "templates").rglob("*.*") if path.suffix in {".html", ".txt"}]
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    texts = {path: texts_of_template(path) for path in templates} | {path: texts_of_module(path) for path in modules}
    return {path.relative_to(ROOT).as_posix(): found for path, found in sorted(texts.items()) if found}


def sentences(texts):
    """Sentences of at least `SHORTEST_SENTENCE` words, without marks; what a page fills in counts as one word."""
    for text in texts:
        plain = re.sub(r"<[^>]+>", "", FILLED_IN.sub("Sam", text))
        for sentence in SENTENCE_END.split(" ".join(plain.split())):
            if len(WORD.findall(sentence)) >= SHORTEST_SENTENCE:
                yield sentence


def syllables(word):
    """By rules: vowels side by side are one, but for those said apart; a silent e counts for nothing."""
    spoken = word.lower().replace("’", "'")
    extra = len(re.findall(r"(?:[sd]|have)n't$", spoken))
    return extra + sum(max(1, _vowel_groups(part)) for part in re.sub(r"n?'.*", "", spoken).split("-") if part)


def _vowel_groups(part):
    heard = SILENT.sub("", part)
    return len(re.findall(r"[aeiouy]+", heard)) + len(SAID_APART.findall(heard))


def measure(texts):
    """None where there is no sentence."""
    found = list(sentences(texts))
    words = [word for sentence in found for word in WORD.findall(sentence)]
    if not words:
        return None
    grade = 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    plain = " ".join(f"{' '.join(WORD.findall(sentence))}." for sentence in found)
    longest = max(found, key=lambda sentence: len(WORD.findall(sentence)))
    return Measure(len(words), grade, textstat.automated_readability_index(plain), longest)


def hardest_first():
    """(file, measure), the oldest reading age first."""
    measures = {name: measure(texts) for name, texts in texts_by_file().items()}
    return sorted(((n, m) for n, m in measures.items() if m), key=lambda pair: -pair[1].age)


if __name__ == "__main__":
    for name, found in hardest_first():
        print(f"{found.age:5.1f} years  {found.words:4} words  {name}")
