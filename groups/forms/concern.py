"""Raising a concern, and what the lead or deputy notes about it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm


class RaiseConcernForm(PageForm):
    submit_label = _("Send it to them")
    text = forms.CharField(
        label=_("What worries you?"),
        help_text=_("What happened, when, and who was there. A few words are enough."),
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("Enter what worries you")},
    )


class PassOnConcernForm(PageForm):
    submit_label = _("Note that it is passed on")
    note = forms.CharField(
        label=_("To whom, and how?"),
        help_text=_("Only you and the other safeguarding person can read this."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter to whom it was passed on")},
    )


class CloseConcernForm(PageForm):
    submit_label = _("Close the concern")
    note = forms.CharField(
        label=_("How did it end?"),
        help_text=_("Only you and the other safeguarding person can read this."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter how it ended")},
    )


class NameSafeguardingForm(PageForm):
    submit_label = _("Name this person")
    preferred_name = forms.CharField(
        label=_("Name they like to be called"),
        max_length=80,
        error_messages={"required": _("Enter the name they like to be called")},
    )
    email = forms.EmailField(
        label=_("Email address"),
        help_text=_("We write to them that they are named."),
        max_length=254,
        error_messages={"required": _("Enter their email address")},
    )
