"""Asking for an export."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm


class RequestExportForm(PageForm):
    submit_label = _("Make the export")
    purpose = forms.CharField(
        label=_("What is it for?"),
        help_text=_("This stays on record with the export."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter what the export is for")},
    )
    for_whom = forms.CharField(
        label=_("Who will use it?"),
        help_text=_("Names or roles. Participants can see this."),
        max_length=200,
        error_messages={"required": _("Enter who will use the export")},
    )
