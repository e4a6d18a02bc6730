"""A time of day as people write it."""

import datetime
import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peersupport.spoken import spoken_time

TWELVE_HOURS = re.compile(r"(\d{1,2})(?:[.: ]?(\d{2}))? ?(am|pm)")
TWENTY_FOUR_HOURS = re.compile(r"(\d{2})[.:]?(\d{2})")
WORDS = {
    "noon": datetime.time(12),
    "midday": datetime.time(12),
    "midnight": datetime.time(0),
}


class TimeField(forms.Field):
    """Takes "2pm", "2.30 pm", "14:00", "1400" and "noon"; gives a `datetime.time`.

    A single-digit hour without am or pm is not guessed at: a group that meets at "7:30" may mean either.
    """

    widget = forms.TextInput
    default_error_messages = {
        "invalid": _("Enter a time, like 2pm or 14:00"),
        "half": _("Add am or pm to the time, like 2:30pm"),
    }

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("class", "nhsuk-input nhsuk-input--width-5")
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value):
        return spoken_time(value) if isinstance(value, datetime.time) else value

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, datetime.time):
            return value or None
        text = " ".join(str(value).casefold().replace("a.m.", "am").replace("p.m.", "pm").split())
        if not text:
            return None
        try:
            return WORDS.get(text) or self._clock(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def _clock(self, text):
        if match := TWELVE_HOURS.fullmatch(text):
            hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
            if not 1 <= hour <= 12:
                raise ValueError(text)
            return datetime.time(hour % 12 + (12 if half == "pm" else 0), minute)
        if match := TWENTY_FOUR_HOURS.fullmatch(text):
            return datetime.time(int(match[1]), int(match[2]))
        if re.fullmatch(r"\d(?:[.:]\d{2})?", text):
            raise ValidationError(self.error_messages["half"], code="half")
        raise ValueError(text)
