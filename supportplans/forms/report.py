"""Reporting a shared item, and saying why it is hidden."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm, RadiosField
from supportplans.models import Report


class ReportItemForm(PageForm):
    submit_label = _("Send it")
    reason = RadiosField(
        label=_("What is wrong with it?"),
        choices=Report.Reason.choices,
        error_messages={"required": _("Choose what is wrong with it")},
    )
    words = forms.CharField(
        label=_("Anything to add? (if you like)"),
        help_text=_("The coordinator of the site does not see this. Those who look after the group do."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class HideItemForm(PageForm):
    submit_label = _("Hide it")
    reason = forms.CharField(
        label=_("Why do you hide it?"),
        help_text=_("Whoever shared it reads this. Do not say who reported it."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why you hide it. Whoever shared it reads this.")},
    )
