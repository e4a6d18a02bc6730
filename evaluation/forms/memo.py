"""Memos, summaries in the matrix, and looking for words."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm


class AddMemoForm(PageForm):
    text = forms.CharField(
        label=_("Your memo"), widget=forms.Textarea, error_messages={"required": _("Enter your memo")}
    )
    submit_label = _("Save the memo")


class WriteOverForm(PageForm):
    """A text that is written anew each time; `number` is that of the one its writer saw."""

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args, latest, **kwargs):
        """`latest` has the text that stands and its number; None where there is none."""
        initial = {"text": latest.text, "number": latest.number} if latest else {"text": "", "number": 0}
        super().__init__(*args, initial=initial, **kwargs)

    def see(self, latest):
        """Whoever saves once more has seen `latest`."""
        self.data = self.data.copy()
        self.data["number"] = latest.number


class WriteCellForm(WriteOverForm):
    text = forms.CharField(
        label=_("Summary"),
        help_text=_("What they say about it, in a few of your own words."),
        widget=forms.Textarea,
        required=False,
        max_length=2000,
    )
    submit_label = _("Save the summary")


class SearchTextsForm(forms.Form):
    """By GET, without a submitted mark of its own: what it finds has an address."""

    words = forms.CharField(max_length=200, strip=True)
