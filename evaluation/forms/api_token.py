"""Making a token for a program."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import ApiToken
from peersupport.forms import PageForm, RadiosField

DAYS = [("30", _("30 days")), ("90", _("90 days")), ("365", _("A year"))]


class MakeApiTokenForm(PageForm):
    submit_label = _("Make the token")
    name = forms.CharField(
        label=_("What is it for?"),
        help_text=_("Like: R script on my computer at work."),
        max_length=100,
        error_messages={"required": _("Enter what the token is for")},
    )
    scope = RadiosField(
        label=_("What may it do?"),
        choices=ApiToken.Scope.choices,
        error_messages={"required": _("Choose what it may do")},
    )
    days = RadiosField(
        label=_("How long does it work?"),
        choices=DAYS,
        error_messages={"required": _("Choose how long it works")},
    )

    def clean_days(self):
        return int(self.cleaned_data["days"])
