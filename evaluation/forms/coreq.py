"""Writing on an item of COREQ."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.forms.memo import WriteOverForm


class WriteCoreqForm(WriteOverForm):
    text = forms.CharField(
        label=_("In your own words"),
        help_text=_("As it is to stand in the paper. Nobody’s name, and no number that is hidden above."),
        widget=forms.Textarea,
        required=False,
        max_length=5000,
    )
    submit_label = _("Save the text")
