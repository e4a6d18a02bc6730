"""Writing down that the users of an export were told of a withdrawal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm


class GiveNoticeForm(PageForm):
    how = forms.CharField(
        label=_("How did you tell them, and what did they say?"),
        help_text=_("For example: emailed Dr Lind, who deleted the rows on 26 November."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter how you told them, and what they said")},
    )
    submit_label = _("They are told")
