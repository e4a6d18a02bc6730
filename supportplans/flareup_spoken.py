"""What its owner said of a flare-up, in words: what stands there, stood there before, or was saved on another page."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.spoken import spoken_date
from supportplans.models import FlareUp, FlareUpRemedy

LABELS = {
    "kind": gettext_lazy("What it is"),
    "started_on": gettext_lazy("Started"),
    "is_start_approximate": gettext_lazy("This day is a guess"),
    "ended_on": gettext_lazy("Ended"),
    "still_going_on": gettext_lazy("Still going on"),
    "triggers": gettext_lazy("What set it off"),
    "remedies": gettext_lazy("What I tried"),
    "pain": gettext_lazy("Pain at its worst"),
    "effect": gettext_lazy("In the way of what matters"),
    "has_used_plan": gettext_lazy("Used a plan"),
    "has_turned_to_group": gettext_lazy("Turned to the group"),
    "contacts": gettext_lazy("Help from"),
    "note": gettext_lazy("To remember"),
}


@dataclass(frozen=True)
class Line:
    """One thing said: its label and, a line each, what stands there; `words` is empty where nothing does."""

    label: str
    words: list[str]


def lines_of(said: dict, names=LABELS) -> list[Line]:
    """`said` as `FlareUp.said()` gives it, or some of it; `names` are those wanted, blank ones too."""
    return [Line(str(LABELS[name]), _words(name, said[name])) for name in LABELS if name in said and name in names]


def _words(name, value):
    if value is None or value in ("", []):
        return []
    if name in SPOKEN:
        return SPOKEN[name](value)
    return [str(value)]


def _yes_no(value):
    return [_("Yes") if value else _("No")]


def _day(value):
    return [spoken_date(date.fromisoformat(value))]


def _out_of_ten(value):
    return [_("%(number)d out of 10") % {"number": value}]


def _remedies(value):
    return [tried_in_words(name, helped) for name, helped in value]


def tried_in_words(name, helped):
    """ "Heat: a little" for what was tried and whether it helped."""
    return f"{name}: {HELPED[helped]}" if helped else name


HELPED = {
    FlareUpRemedy.Helped.YES: gettext_lazy("helped"),
    FlareUpRemedy.Helped.A_LITTLE: gettext_lazy("helped a little"),
    FlareUpRemedy.Helped.NO: gettext_lazy("did not help"),
    FlareUpRemedy.Helped.WORSE: gettext_lazy("made it worse"),
}
SPOKEN = {
    "kind": lambda value: [str(FlareUp.Kind(value).label)],
    "started_on": _day,
    "is_start_approximate": _yes_no,
    "ended_on": _day,
    "still_going_on": _day,
    "triggers": list,
    "remedies": _remedies,
    "pain": _out_of_ten,
    "effect": _out_of_ten,
    "has_used_plan": _yes_no,
    "has_turned_to_group": _yes_no,
    "contacts": lambda value: [str(FlareUp.Contact(one).label) for one in value],
    "note": str.splitlines,
}
