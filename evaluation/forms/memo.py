"""Memos, summaries in the matrix, and looking for words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm


class AddMemoForm(PageForm):
    text = forms.CharField(
        label=_("Your memo"), widget=forms.Textarea, error_messages={"required": _("Enter your memo")}
    )
    submit_label = _("Save the memo")


class WriteCellForm(PageForm):
    text = forms.CharField(
        label=_("Summary"),
        help_text=_("What they say about it, in a few of your own words."),
        widget=forms.Textarea,
        required=False,
        max_length=2000,
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    submit_label = _("Save the summary")


class SearchTextsForm(forms.Form):
    """By GET, without a submitted mark of its own: what it finds has an address."""

    words = forms.CharField(max_length=200, strip=True)
