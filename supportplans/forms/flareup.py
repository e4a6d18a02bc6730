"""Logging a flare-up with nothing but a tap, or with a day."""

import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.forms import DateField, PageForm

NOT_BEGUN = _("This day is still to come. Enter today or an earlier day.")
FIRST_YEAR = 1900
TOO_LONG_AGO = _("Look at the year again. Enter it with four numbers, like 2026.")


class LogFlareUpForm(PageForm):
    """One button. `client_id` is made with the form, so that sending it twice is one entry."""

    submit_label = _("It's started")
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"client_id": uuid.uuid4()}, **kwargs)


class LogEarlierFlareUpForm(LogFlareUpForm):
    submit_label = _("Log it")
    started_on = DateField(
        label=_("Which day did it start?"),
        help_text=_("A guess is fine. For example, 24 11 2026"),
        error_messages={"required": _("Enter the day it started, like 24 11 2026")},
    )
    is_start_approximate = forms.BooleanField(label=_("This day is a guess"), required=False)

    def clean_started_on(self):
        return clean_past_day(self.cleaned_data["started_on"])


def clean_past_day(day):
    """`day`, or None; one that is to come, or that nobody here remembers, is refused with a sentence."""
    if day and day > timezone.localdate():
        raise forms.ValidationError(NOT_BEGUN)
    if day and day.year < FIRST_YEAR:
        raise forms.ValidationError(TOO_LONG_AGO)
    return day
