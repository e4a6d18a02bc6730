"""Writing on an item of COREQ."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm


class WriteCoreqForm(PageForm):
    text = forms.CharField(
        label=_("In your own words"),
        help_text=_("As it is to stand in the paper. Nobody’s name, and no number that is hidden above."),
        widget=forms.Textarea,
        required=False,
        max_length=5000,
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    submit_label = _("Save the text")

    def see(self, latest):
        """Whoever saves once more has seen `latest`."""
        self.data = self.data.copy()
        self.data["number"] = latest.number
