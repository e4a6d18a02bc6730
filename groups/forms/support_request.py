"""Asking for support, and answering."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import SupportRequest
from peersupport.forms import PageForm, RadiosField

To = SupportRequest.To


class AskForSupportForm(PageForm):
    submit_label = _("Send")
    to = RadiosField(
        label=_("Whom do you want to ask?"),
        choices=To.choices,
        hints={
            To.TUTOR: _("About how groups work: starting, meeting, sharing the work."),
            To.COORDINATOR: _("About rooms, money, the programme, or anything the trust or charity has to decide."),
        },
        error_messages={"required": _("Choose whom you want to ask")},
    )
    text = forms.CharField(
        label=_("What would help?"),
        help_text=_("Leave out names and health of members: this is about the group."),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": _("Enter what would help")},
    )


class AnswerRequestForm(PageForm):
    submit_label = _("Send the answer")
    answer = forms.CharField(
        label=_("Your answer"),
        help_text=_("Whoever asked and the people who look after the group can read it."),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": _("Enter your answer")},
    )
