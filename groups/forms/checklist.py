"""The steps of a site's set-up checklist."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import ChecklistStep
from peersupport.forms import PageForm


class ChecklistItemForm(PageForm):
    submit_label = _("Save")
    title = forms.CharField(
        label=_("What is there to do?"), max_length=120, error_messages={"required": _("Enter what there is to do")}
    )
    hint = forms.CharField(label=_("A few words of help (if you like)"), required=False, max_length=300)


class SettleStepForm(forms.Form):
    """One tap; the buttons carry the state."""

    state = forms.ChoiceField(choices=ChecklistStep.State.choices)
