"""Asking for an export, deciding on one, recalling it, and passing its file on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import Export
from peersupport.forms import PageForm, RadiosField, YesNoField


class RequestExportForm(PageForm):
    submit_label = _("Ask for the export")
    profile = RadiosField(
        label=_("What goes in?"),
        choices=Export.Profile.choices,
        hints={
            Export.Profile.QUANTITATIVE: _("Who took part, meetings, goals and flare-ups. Nobody's words."),
            Export.Profile.QUALITATIVE: _("Approved transcripts with their codings, and the code book."),
            Export.Profile.EVERYTHING: _("Both of these."),
        },
        error_messages={"required": _("Choose what goes in")},
    )
    is_linkable = YesNoField(
        label=_("Does it have to fit with other exports of this study?"),
        help_text=_("Yes keeps the identifiers that people have in each of them. No gives them new ones."),
        error_messages={"required": _("Choose yes or no")},
    )
    purpose = forms.CharField(
        label=_("What is it for?"),
        help_text=_("A second person reads this. It stays on record with the export."),
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


class DecideExportForm(PageForm):
    submit_label = _("Save the decision")
    is_approved = YesNoField(
        label=_("Do you approve it?"),
        help_text=_("Then it is made, and whoever asked for it can take it."),
        error_messages={"required": _("Choose yes or no")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It stays on record with your name. Whoever asked reads it."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why you decided so")},
    )


class RecallExportForm(PageForm):
    submit_label = _("Recall it")
    reason = forms.CharField(
        label=_("Why is it recalled?"),
        help_text=_("Everyone who took it reads this."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why it is recalled")},
    )


class MakeDownloadLinkForm(PageForm):
    submit_label = _("Make the link")
    for_whom = forms.CharField(
        label=_("Who gets it?"),
        help_text=_("One person, by name. It stays on record, and participants can see that the file was taken."),
        max_length=200,
        error_messages={"required": _("Enter who gets the link")},
    )
