"""Logging a flare-up with nothing but a tap, and filling in the rest later or never."""

import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField, ScaleField, YesNoField
from supportplans.models import FlareUp

NOT_BEGUN = _("This day is still to come. Enter today or an earlier day.")


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


class EditFlareUpForm(PageForm):
    """Everything that can be said about a flare-up; only its start must be there."""

    submit_label = _("Save")
    kind = RadiosField(
        label=_("What is it?"),
        choices=FlareUp.Kind.choices,
        error_messages={"required": _("Choose what it is. “Not sure” is fine.")},
    )
    started_on = DateField(
        label=_("When did it start?"),
        help_text=_("A guess is fine."),
        error_messages={"required": _("Enter the day it started, like 24 11 2026")},
    )
    is_start_approximate = forms.BooleanField(label=_("This day is a guess"), required=False)
    ended_on = DateField(label=_("When did it end? (leave empty if it goes on, or if you don't know)"), required=False)
    pain = ScaleField(
        label=_("Pain at its worst (if you like)"),
        low_label=_("No pain"),
        high_label=_("The worst there is"),
        required=False,
    )
    effect = ScaleField(
        label=_("How much it got in the way of what matters to you (if you like)"),
        low_label=_("Not at all"),
        high_label=_("Completely"),
        required=False,
    )
    set_off_by = forms.CharField(
        label=_("What set it off? (if you know)"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    tried = forms.CharField(
        label=_("What did you try?"), required=False, max_length=2000, widget=forms.Textarea({"rows": 3})
    )
    helped = RadiosField(
        label=_("Did it help?"), choices=[("", _("I don't want to say")), *FlareUp.Helped.choices], required=False
    )
    has_used_plan = YesNoField(label=_("Did you use a plan of yours?"), required=False)
    has_turned_to_group = YesNoField(label=_("Did you turn to your group?"), required=False)
    contacts = CheckboxesField(
        label=_("Did you get help from any of these?"), choices=FlareUp.Contact.choices, required=False
    )

    def clean_started_on(self):
        return clean_past_day(self.cleaned_data["started_on"])

    def clean_ended_on(self):
        return clean_past_day(self.cleaned_data["ended_on"])

    def clean_contacts(self):
        """No tick is no answer: not the same as "no one"."""
        contacts = self.cleaned_data["contacts"]
        if FlareUp.Contact.NONE in contacts and len(contacts) > 1:
            raise forms.ValidationError(_("You ticked “No one” and someone. Leave one of them out."))
        return contacts or None

    def clean(self):
        started_on, ended_on = self.cleaned_data.get("started_on"), self.cleaned_data.get("ended_on")
        if started_on and ended_on and ended_on < started_on:
            self.add_error("ended_on", _("It can't end before it starts. Change one of the two days."))


def clean_past_day(day):
    if day and day > timezone.localdate():
        raise forms.ValidationError(NOT_BEGUN)
    return day
