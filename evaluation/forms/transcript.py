"""Steps of a transcript that need an answer or a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm, YesNoField


class ReturnTranscriptForm(PageForm):
    is_wished = YesNoField(
        label=_("Did the participant get their transcript to read?"),
        choices=[("yes", _("Yes, they got it")), ("no", _("They did not wish for it"))],
        error_messages={"required": _("Choose whether they got it")},
    )
    submit_label = _("Save")


class ReopenTranscriptForm(PageForm):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("The team sees this. Name nobody in it."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why it is opened again")},
    )
    submit_label = _("Open it again")
