"""A date typed in three boxes, as nhsuk-frontend's date input shows it."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.translation import gettext_lazy as _


class DateInput(forms.MultiWidget):
    """Day, month and year; posted as `name_day`, `name_month`, `name_year`."""

    use_fieldset = True
    template_name = "nhsuk/layout/date_input.html"

    def __init__(self, attrs=None):
        box = {"inputmode": "numeric", "autocomplete": "off"}
        super().__init__({part: forms.TextInput(box) for part in ("day", "month", "year")}, attrs)

    def decompress(self, value):
        return [value.day, value.month, value.year] if value else [None, None, None]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for part, label, width in zip(
            context["widget"]["subwidgets"],
            (_("Day"), _("Month"), _("Year")),
            (2, 2, 4),
            strict=True,
        ):
            part.update(label=label, width=width)
        context["widget"]["has_error"] = "aria-invalid" in (attrs or {})
        return context


class DateField(forms.Field):
    """A date in three boxes. Months may be names ("Nov"), years two digits ("26"); what was typed is shown again.

    Say what the date is for in `error_messages={"required": _("Enter the date the group meets, like 24 11 2026")}`.
    """

    widget = DateInput
    default_error_messages = {
        "incomplete": _("Enter the day, the month and the year, like 24 11 2026"),
        "invalid": _("Enter a real date, like 24 11 2026"),
    }

    def to_python(self, value):
        """`value` is a date, or the three typed texts."""
        if value in self.empty_values or isinstance(value, datetime.date):
            return value or None
        day, month, year = (str(part or "").strip() for part in value)
        if not (day or month or year):
            return None
        if not (day and month and year):
            raise ValidationError(self.error_messages["incomplete"], code="incomplete")
        try:
            return datetime.date(_year(year), _month(month), int(day))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


def _month(text):
    for names in (MONTHS, MONTHS_3):
        for number, name in names.items():
            if text.casefold() == str(name).casefold():
                return number
    return int(text)


def _year(text):
    """A year of two digits is one of this century; one of three is a slip of the finger."""
    if len(text) not in (2, 4):
        raise ValueError(text)
    return int(text) + (2000 if len(text) == 2 else 0)
