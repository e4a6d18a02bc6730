"""Setting a goal, looking back at it, showing it to a group. Almost everything may stay blank."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.forms import DateField, PageForm, RadiosField, ScaleField
from supportplans.models import Goal, GoalReview

NOT_AT_ALL, VERY = _("Not sure at all"), _("Very sure")
DATE_OVER = _("This day is over. Enter a day that is still to come, or leave it empty.")
State = Goal.State


def clean_coming_day(day):
    """`day`, or None; a day that is over is refused with a sentence."""
    if day and day < timezone.localdate():
        raise forms.ValidationError(DATE_OVER)
    return day


class EditGoalForm(PageForm):
    submit_label = _("Save")
    what = forms.CharField(
        label=_("What do you want to do?"),
        help_text=_("In your own words. For example: walk to the corner shop and back."),
        max_length=300,
        error_messages={"required": _("Enter what you want to do")},
    )
    why = forms.CharField(
        label=_("Why does it matter to you? (if you like)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    where_now = forms.CharField(
        label=_("Where are you now? (if you like)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    next_step = forms.CharField(
        label=_("What is your next small step? (if you like)"),
        help_text=_("Small enough for a middling day."),
        required=False,
        max_length=300,
    )
    confidence = ScaleField(
        label=_("How sure are you that you can do this step? (if you like)"),
        help_text=_("Under 7? A smaller step may suit you better."),
        low_label=NOT_AT_ALL,
        high_label=VERY,
        required=False,
    )
    rhythm_weeks = RadiosField(
        label=_("How often do you want to look back at it?"),
        choices=[("", _("Not at set times")), *Goal.Rhythm.choices],
        required=False,
    )
    review_on = DateField(
        label=_("When do you want to look back first? (if you like)"),
        help_text=_("We send you one email that morning. For example, 24 11 2026"),
        required=False,
    )

    def clean_review_on(self):
        day = self.cleaned_data["review_on"]
        # A date that stood there before may be over by now; only a new one must be still to come.
        return day if day == self.initial.get("review_on") else clean_coming_day(day)

    def clean_rhythm_weeks(self):
        weeks = self.cleaned_data["rhythm_weeks"]
        return int(weeks) if weeks else None


class ReviewGoalForm(PageForm):
    submit_label = _("Save")
    outcome = RadiosField(
        label=_("How did it go?"),
        choices=GoalReview.Outcome.choices,
        error_messages={"required": _("Choose how it went")},
    )
    note = forms.CharField(
        label=_("Anything to remember (if you like)"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )
    state = RadiosField(
        label=_("What now?"),
        choices=[
            (State.ACTIVE, _("Carry on")),
            (State.ACHIEVED, _("It is done")),
            (State.PARTLY, _("Part of it is done, and that is enough")),
            (State.CHANGED, _("It has changed into something else")),
            (State.PAUSED, _("Let it rest")),
            (State.LET_GO, _("Let it go")),
        ],
        initial=State.ACTIVE,
        error_messages={"required": _("Choose what happens now")},
    )
    next_step = forms.CharField(
        label=_("Your next small step (if you carry on)"),
        help_text=_("Too big last time? Make it smaller."),
        required=False,
        max_length=300,
    )
    confidence = ScaleField(
        label=_("How sure are you that you can do it? (if you like)"),
        low_label=NOT_AT_ALL,
        high_label=VERY,
        required=False,
    )
    review_on = DateField(
        label=_("When do you look back next? (if you carry on)"),
        help_text=_("For example, 24 11 2026"),
        required=False,
    )

    def clean_review_on(self):
        return clean_coming_day(self.cleaned_data["review_on"])
