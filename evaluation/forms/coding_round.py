"""Starting a round of coding, and settling where coders differ."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.coded import name_of
from evaluation.models import Settlement, Source
from members.models import Person
from peersupport.forms import PageForm, RadiosField
from peersupport.forms.choices import Checkboxes


class CodersField(forms.ModelMultipleChoiceField):
    widget = Checkboxes

    def label_from_instance(self, person):
        return f"{person.preferred_name}, {person.email}"


class TextsField(forms.ModelMultipleChoiceField):
    widget = Checkboxes(is_small=True)

    def label_from_instance(self, source):
        return name_of(source)


class StartRoundForm(PageForm):
    coders = CodersField(
        queryset=Person.objects.none(),
        label=_("Who codes?"),
        help_text=_("Two or more. They do not see what the others code until you close the round."),
        error_messages={"required": _("Choose two people or more")},
    )
    sources = TextsField(
        queryset=Source.objects.none(),
        label=_("Which texts?"),
        error_messages={"required": _("Choose one text or more")},
    )
    submit_label = _("Start the round")

    def __init__(self, *args, coders, sources, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["coders"].queryset = coders
        self.fields["sources"].queryset = sources

    def clean_coders(self):
        if len(self.cleaned_data["coders"]) < 2:
            raise forms.ValidationError(_("Choose two people or more"))
        return self.cleaned_data["coders"]


class SettleDisagreementForm(PageForm):
    outcome = RadiosField(
        label=_("What did you agree?"),
        choices=[
            (Settlement.Outcome.APPLIES, _("The code applies here")),
            (Settlement.Outcome.DOES_NOT, _("The code does not apply here")),
        ],
        error_messages={"required": _("Choose what you agreed")},
    )
    note = forms.CharField(
        label=_("Why?"), widget=forms.Textarea, error_messages={"required": _("Enter in a few words why")}
    )
    submit_label = _("Save what we agreed")
