"""A topic guide as it is typed: a question a line; below it, on lines that start with a dash, what to ask further."""

import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from evaluation.texts import UnreadableText, canonical

LONGEST_LINE = 500
MOST_QUESTIONS = 60
#: What word processors make of a dash, too.
_PROBE = re.compile(r"[-–—•*·]\s*")
#: Numbers are ours: "3. " or "3) " in front of a question is left out.
_NUMBER = re.compile(r"\d{1,2}[.)](\s+|$)")


@dataclass
class Question:
    question: str
    probes: list[str] = field(default_factory=list)


def read_guide(text: str) -> list[Question]:
    """The questions in their order. Raises UnreadableText, whose sentence names the line."""
    found: list[Question] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(canonical(text).split("\n"), start=1):
        words = " ".join(line.split())
        if not words:
            continue
        if len(words) > LONGEST_LINE:
            raise UnreadableText(
                _("Line %(number)s is longer than %(most)s characters. Cut it into shorter questions.")
                % {"number": number, "most": LONGEST_LINE}
            )
        if dash := _PROBE.match(words):
            _add_probe(found, words[dash.end() :], number)
        else:
            _add_question(found, seen, _NUMBER.sub("", words, count=1), number)
    if not found:
        raise UnreadableText(_("There is no question in it. Write each question on a line of its own."))
    if len(found) > MOST_QUESTIONS:
        raise UnreadableText(
            _("There are %(number)s questions in it. Keep at most %(most)s.")
            % {"number": len(found), "most": MOST_QUESTIONS}
        )
    return found


def _add_probe(found, probe, number):
    if not probe:
        raise UnreadableText(
            _("Line %(number)s is only a dash. Write the probe after it, or take the line out.") % {"number": number}
        )
    if not found:
        raise UnreadableText(
            _("Line %(number)s starts with a dash, and no question stands above it. Write the question first.")
            % {"number": number}
        )
    found[-1].probes.append(probe)


def _add_question(found, seen, question, number):
    if not question:
        raise UnreadableText(
            _("Line %(number)s is only a number. Write the question after it, or take the line out.")
            % {"number": number}
        )
    if first := seen.get(question.casefold()):
        raise UnreadableText(
            _("Line %(number)s asks the same as line %(first)s. Take one of them out.")
            % {"number": number, "first": first}
        )
    seen[question.casefold()] = number
    found.append(Question(question))
