"""The steps in which a study is set up, one page each, and how far they are."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from evaluation.models import Study

#: Names of the steps that are fields of the study, in their order, and what they are called.
STEPS = {
    "title": _("Title and ethics reference"),
    "groups": _("Sites and groups covered"),
    "method": _("Method"),
    "dates": _("Dates"),
    "numbers": _("Small numbers"),
    "observing": _("What observers look at"),
    "distress": _("If someone gets upset"),
}
#: Steps that can be left out.
OPTIONAL = frozenset({"observing", "distress"})
#: Fields that change nothing for those who are asked: these can change at any time.
STAYS_OPEN = frozenset({"observation_domains", "distress_protocol"})


@dataclass(frozen=True)
class Step:
    name: str
    label: str
    is_done: bool


def steps_of(study: Study) -> list[Step]:
    """One query."""
    done = {
        "title": True,
        "groups": study.groups.exists(),
        "method": bool(study.method),
        "dates": study.starts_on is not None,
        "numbers": True,
        "observing": bool(study.observation_domains),
        "distress": bool(study.distress_protocol),
    }
    return [Step(name, label, done[name]) for name, label in STEPS.items()]


def steps_left(study: Study) -> list[Step]:
    """Those without which nobody can be asked to take part."""
    return [step for step in steps_of(study) if not step.is_done and step.name not in OPTIONAL]


def step_after(name: str) -> str | None:
    names = list(STEPS)
    return next(iter(names[names.index(name) + 1 :]), None)
