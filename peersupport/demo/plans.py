"""The groups' support plans: written together, agreed, looked at again, and one that waits for Maria's word.

Told without chance, so that the rest of the story stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peersupport.demo.cast import Telling
from peersupport.demo.founding import Circle
from supportplans.models import MutualSupportPlan, PlanWord
from supportplans.services.plan import keep_plan, propose_plan, settle_plans, start_plan
from supportplans.services.plan_section import edit_section
from supportplans.services.plan_word import say_word

Rule, Word = MutualSupportPlan.Rule, PlanWord.Word
WEEKS_TO_FIRST, WEEKS_TO_SECOND = 14, 66
TIME_FOR_WORDS = timedelta(days=14)
A_YEAR = timedelta(days=365)
#: Where the story is not the usual one: this group has a new version waiting, this one's day to look again has come,
#: this one has looked and kept its plan, and this one left silence to count.
WAITING, DUE, KEPT, QUIET = "Tuesday Group", "Harbour Friends", "Kettle On", "Willow Walkers"


@dataclass(frozen=True)
class Plot:
    """How one version comes about: what it says anew, from when, and which members (by place) say something else."""

    at: datetime
    texts: dict[str, str]
    rule: str
    review_on: datetime
    silent: Sequence[int] = ()
    aside: Sequence[int] = (4,)


def tell_plans(telling: Telling, circle: Circle) -> None:
    """The first plan after some months; a second version a year later; the youngest groups have none yet."""
    name, weeks = circle.plot["name"], circle.plot["weeks"]
    if circle.plot["state"] == "closed" or weeks < 30:
        return
    at = telling.ago(weeks=weeks - WEEKS_TO_FIRST)
    silent = range(8, len(circle.members)) if name == QUIET else ()
    rule = Rule.NO_ONE_AGAINST if name == QUIET else Rule.EVERYONE
    first = _tell_version(circle, Plot(at, telling.words["plan"], rule, at + A_YEAR, silent))
    if name == KEPT:
        at = telling.ago(weeks=3)
        keep_plan(plan=first, review_on=(at + A_YEAR).date(), by=circle.contact, now=at)
    elif weeks > WEEKS_TO_SECOND + 4:
        _tell_version(circle, _second(telling, circle, telling.ago(weeks=weeks - WEEKS_TO_SECOND)))


def _second(telling, circle, at):
    texts = telling.words["second_plan"]
    if circle.plot["name"] == WAITING:
        last = len(circle.members) - 1
        return Plot(telling.ago(days=8), texts, Rule.MOST, telling.now + A_YEAR, silent=(2, 5, 8, last), aside=())
    review_on = telling.ago(days=3) if circle.plot["name"] == DUE else at + A_YEAR
    return Plot(at, texts, Rule.MOST, review_on)


def _tell_version(circle, plot):
    """The first five members write, a part each in turn, over some days; then everyone is asked."""
    plan = start_plan(group=circle.group, by=circle.contact, now=plot.at)
    sections = {section.kind: section for section in plan.sections.all()}
    for number, (kind, text) in enumerate(plot.texts.items()):
        at = plot.at + timedelta(hours=7 * number)
        by, second_look = circle.members[number % 5], circle.members[(number + 1) % 5]
        section, whole = sections[kind], f"{sections[kind].text} {text}".strip()
        if number % 3 == 0:
            # Somebody made a start, and somebody else went on.
            start = whole.split(". ")[0] + "."
            section = edit_section(section=section, text=start, revision=section.revision, by=by, now=at)
        at += timedelta(hours=2)
        edit_section(section=section, text=whole, revision=section.revision, by=second_look, now=at)
    return _tell_words(circle, plan, plot, plot.at + timedelta(days=5))


def _tell_words(circle, plan, plot, at):
    last_day = (at + TIME_FOR_WORDS).date()
    plan = propose_plan(
        plan=plan, rule=plot.rule, review_on=plot.review_on.date(), last_day=last_day, by=circle.contact, now=at
    )
    notes = {1: "Thank you for writing this down.", 4: "I mostly come for the tea.", 6: "Short and clear."}
    for number, person in enumerate(circle.members):
        if number not in plot.silent:
            word = Word.STAND_ASIDE if number in plot.aside else Word.AGREE
            said_at = at + timedelta(hours=3 * number + 1)
            say_word(plan=plan, word=word, note=notes.get(number, ""), proposal=plan.proposals, by=person, now=said_at)
    if plot.silent and plot.rule == Rule.NO_ONE_AGAINST:
        settle_plans(now=plan.words_until)
    return plan
