"""Writing a support plan together, and giving one's word on it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.forms import DateField, PageForm, RadiosField
from supportplans.models import MutualSupportPlan, PlanWord

LONGEST_SECTION = 5000


class EditSectionForm(PageForm):
    """`revision` is the one the writer started from."""

    submit_label = _("Save this part")
    text = forms.CharField(
        label=_("What your group agrees"),
        required=False,
        max_length=LONGEST_SECTION,
        widget=forms.Textarea({"rows": 8}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, prompt, example, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = prompt
        self.fields["text"].help_text = _("For example: %(example)s") % {"example": example}


class ProposePlanForm(PageForm):
    submit_label = _("Ask everyone for their word")
    rule = RadiosField(
        label=_("When does this plan come into use?"),
        choices=MutualSupportPlan.Rule.choices,
        initial=MutualSupportPlan.Rule.EVERYONE,
        error_messages={"required": _("Choose when the plan comes into use")},
    )
    review_on = DateField(
        label=_("When will you look at it again? (if you know)"),
        help_text=_("For example, 24 11 2027"),
        required=False,
    )

    def clean_review_on(self):
        day = self.cleaned_data["review_on"]
        if day and day <= timezone.localdate():
            raise forms.ValidationError(_("Enter a day that is still to come."))
        return day


class SayWordForm(PageForm):
    submit_label = _("Give my word")
    word = RadiosField(
        label=_("What do you say to this plan?"),
        choices=PlanWord.Word.choices,
        hints={
            PlanWord.Word.AGREE: _("You are happy to go by it."),
            PlanWord.Word.NOT_YET: _("Something should change first."),
            PlanWord.Word.STAND_ASIDE: _("It is not quite for you, but you don't mind if the others use it."),
        },
        error_messages={"required": _("Choose what you say to this plan")},
    )
    note = forms.CharField(
        label=_("Anything you want to say with it (only if you like)"),
        help_text=_("Your group sees your name, your word and this note."),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )
