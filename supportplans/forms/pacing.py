"""Pacing: what it is, three tries, every number, and what was done. Nothing but the activity must be filled in."""

from crispy_forms.layout import Fieldset
from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField
from supportplans.forms.flareup import clean_past_day
from supportplans.models import PacingBaseline
from supportplans.models.pacing import MOST

NUMBERS = (1, 2, 3)
TRIES = {1: _("First day"), 2: _("Second day"), 3: _("Third day")}


class AddPacingForm(PageForm):
    submit_label = _("Go on")
    what = forms.CharField(
        label=_("What do you want to do?"),
        help_text=_("One thing, in your own words. For example: sitting at the table."),
        max_length=200,
        error_messages={"required": _("Enter what you want to do")},
    )
    unit = RadiosField(
        label=_("What do you count it in?"),
        choices=PacingBaseline.Unit.choices,
        error_messages={"required": _("Choose what you count it in")},
    )


def _day_field():
    return DateField(label=_("Which day?"), required=False)


def _amount_field():
    """Its label says the unit once the form knows it."""
    return forms.IntegerField(min_value=0, max_value=MOST, required=False)


def _left_out_field():
    return forms.BooleanField(label=_("It was a bad day: leave it out"), required=False)


def _how_much(unit):
    return _("How much? (%(unit)s)") % {"unit": unit.lower()}


class TryPacingForm(PageForm):
    """Gives `tries`: for each of three days (day, amount, is_left_out), or None."""

    submit_label = _("Save")
    tried_on_1, amount_1, is_left_out_1 = _day_field(), _amount_field(), _left_out_field()
    tried_on_2, amount_2, is_left_out_2 = _day_field(), _amount_field(), _left_out_field()
    tried_on_3, amount_3, is_left_out_3 = _day_field(), _amount_field(), _left_out_field()

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        for number in NUMBERS:
            self.fields[f"amount_{number}"].label = _how_much(unit)

    def layout_fields(self):
        return [Fieldset(TRIES[number], *self._names(number)) for number in NUMBERS]

    def clean(self):
        for number in NUMBERS:
            tried_on, amount, _is_left_out = self._names(number)
            day = self.cleaned_data.get(tried_on)
            has_amount = self.cleaned_data.get(amount) is not None
            if day and day > timezone.localdate():
                self.add_error(tried_on, _("This day is still to come. Enter today or an earlier day."))
            if day and not has_amount and amount not in self.errors:
                self.add_error(amount, _("Enter how much it was that day"))
            if has_amount and not day and tried_on not in self.errors:
                self.add_error(tried_on, _("Enter which day that was, like 24 11 2026"))

    @property
    def tries(self):
        found = [[self.cleaned_data[name] for name in self._names(number)] for number in NUMBERS]
        return [tuple(one) if one[0] else None for one in found]

    @staticmethod
    def _names(number):
        return f"tried_on_{number}", f"amount_{number}", f"is_left_out_{number}"


class SetPacingForm(PageForm):
    submit_label = _("Save")

    amount = forms.IntegerField(min_value=1, max_value=MOST, error_messages={"required": _("Enter how much, like 5")})
    from_on = DateField(
        label=_("From which day?"),
        error_messages={"required": _("Enter the day it begins, like 24 11 2026")},
    )
    weekly_percent = forms.IntegerField(
        label=_("How much more each week? (percent)"),
        help_text=_("10 is a tenth more. 0 leaves it as it is."),
        min_value=0,
        max_value=50,
        error_messages={"required": _("Enter a number from 0 to 50")},
    )
    enough = forms.IntegerField(
        label=_("How much would be enough? (if you know)"),
        help_text=_("It grows no more from there."),
        min_value=1,
        max_value=MOST,
        required=False,
    )
    rest_days = CheckboxesField(
        label=_("Which days are for rest? (if you like)"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        required=False,
        is_small=True,
    )

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("How much, to begin with? (%(unit)s)") % {"unit": unit.lower()}

    def clean_rest_days(self):
        return [int(day) for day in self.cleaned_data["rest_days"]]


class NotePacingDayForm(PageForm):
    """Gives `amount`, None for a rest; `is_cleared` where the day is to say nothing."""

    submit_label = _("Save")
    done_on = DateField(
        label=_("Which day?"), error_messages={"required": _("Enter which day that was, like 24 11 2026")}
    )
    kind = RadiosField(
        label=_("What was it?"),
        choices=[("done", _("I did some")), ("rest", _("I rested")), ("clear", _("Say nothing about this day"))],
        reveals={"done": "amount"},
        error_messages={"required": _("Choose what it was")},
    )

    amount = _amount_field()

    def __init__(self, *args, unit, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _how_much(unit)

    def clean_done_on(self):
        return clean_past_day(self.cleaned_data["done_on"])

    def clean(self):
        if self.cleaned_data.get("kind") == "done":
            if self.cleaned_data.get("amount") is None and "amount" not in self.errors:
                self.add_error("amount", _("Enter how much it was"))
        else:
            self.errors.pop("amount", None)
            self.cleaned_data["amount"] = None

    @property
    def is_cleared(self):
        return self.cleaned_data["kind"] == "clear"
