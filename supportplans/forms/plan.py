"""Writing a support plan together, giving one's word on it, and looking at it again."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import DateField, PageForm, RadiosField
from supportplans.models import MutualSupportPlan, PlanWord

LONGEST_SECTION = 5000
#: Two weeks to think about it, unless the group says otherwise; and no plan waits for words longer than three months.
USUAL_TIME, LONGEST_TIME = timedelta(days=14), timedelta(days=92)
Rule = MutualSupportPlan.Rule


class EditSectionForm(PageForm):
    """`revision` is the one the writer started from. Buttons beside it post it with an `example` to start from."""

    form_id = "section"
    submit_label = _("Save this part")
    text = forms.CharField(
        label=_("What your group agrees"),
        required=False,
        max_length=LONGEST_SECTION,
        widget=forms.Textarea({"rows": 8, "dir": "auto"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, question, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = question

    @property
    def helper(self):
        helper = super().helper
        helper.form_id = self.form_id
        return helper


class ProposePlanForm(PageForm):
    """`today` is the day where the group is."""

    submit_label = _("Ask everyone for their word")
    rule = RadiosField(
        label=_("When does this plan come into use?"),
        choices=Rule.choices,
        hints={
            Rule.EVERYONE: _("As soon as all have said their word. Nobody is left out."),
            Rule.MOST: _("After the last day, or sooner once all have said their word."),
            Rule.NO_ONE_AGAINST: _("After the last day, or sooner once all have said their word."),
        },
        initial=Rule.EVERYONE,
        error_messages={"required": _("Choose when the plan comes into use")},
    )
    last_day = DateField(
        label=_("What is the last day to say a word?"),
        help_text=_("Two weeks give everyone time. Someone may be having a bad spell."),
        error_messages={"required": _("Enter the last day to say a word, like 24 11 2026")},
    )
    review_on = DateField(
        label=_("When will you look at it again? (if you know)"),
        help_text=_("We remind those who look after the group. For example, 24 11 2027"),
        required=False,
    )

    def __init__(self, *args, today, initial, **kwargs):
        self.today = today
        super().__init__(*args, initial={"last_day": today + USUAL_TIME, **initial}, **kwargs)

    def clean_last_day(self):
        day = self.cleaned_data["last_day"]
        if not self.today < day <= self.today + LONGEST_TIME:
            raise forms.ValidationError(_("Enter a day within the next three months."))
        return day

    def clean(self):
        last_day, review_on = (self.cleaned_data.get(name) for name in ("last_day", "review_on"))
        if review_on and review_on <= self.today:
            self.add_error("review_on", _("Enter a day that is still to come."))
        elif review_on and last_day and review_on <= last_day:
            self.add_error("review_on", _("Enter a day after the last day to say a word."))


class SayWordForm(PageForm):
    """`proposal` is the one that the page showed."""

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
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    proposal = forms.IntegerField(widget=forms.HiddenInput)


class KeepPlanForm(PageForm):
    """The plan in use is still right; gives how many weeks from now the group looks at it again."""

    submit_label = _("Keep the plan")
    weeks = RadiosField(
        label=_("When will you look at it again?"),
        choices=[("13", _("In 3 months")), ("26", _("In half a year")), ("52", _("In a year"))],
        error_messages={"required": _("Choose when you look at it again")},
    )

    def clean_weeks(self):
        return int(self.cleaned_data["weeks"])
