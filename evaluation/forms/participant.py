"""People in a study who have no account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import Participant
from peersupport.forms import PageForm, RadiosField


class AddParticipantForm(PageForm):
    kind = RadiosField(
        label=_("Who are they to the groups?"),
        choices=Participant.Kind.choices,
        error_messages={"required": _("Choose who they are to the groups")},
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Goes into the identity key, which only key-holders can open."),
        max_length=120,
        error_messages={"required": _("Enter their name")},
    )
    contact = forms.CharField(
        label=_("How to reach them (if you have it)"),
        help_text=_("A phone number or an email address. Goes into the identity key too."),
        max_length=254,
        required=False,
    )
    submit_label = _("Add them")
