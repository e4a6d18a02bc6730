"""Setting a goal, looking back at it, making its step smaller. Almost everything may stay blank."""

import uuid

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peersupport.forms import DateField, PageForm, RadiosField, ScaleField
from peersupport.forms.page import TOO_LONG
from supportplans.models import Goal, GoalLevel, GoalReview

NOT_AT_ALL, VERY = _("Not sure at all"), _("Very sure")
DATE_OVER = _("This day is over. Enter a day that is still to come, or leave it empty.")
MOST_OF_A_LEVEL = 500
State = Goal.State


def clean_coming_day(day):
    """`day`, or None; a day that is over is refused with a sentence."""
    if day and day < timezone.localdate():
        raise forms.ValidationError(DATE_OVER)
    return day


class SentOnce(forms.Form):
    """A hidden `client_id`, made with the form: sending it twice makes one thing."""

    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class RevisionField(forms.IntegerField):
    """A revision from a hidden field; anything but a number gives None, which no row has."""

    def clean(self, value):
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class SeenBefore(forms.Form):
    """The hidden `revision` that the form was filled in over."""

    revision = RevisionField(widget=forms.HiddenInput, required=False)


class GoalForm(PageForm):
    """What a goal says, new or not."""

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
        help_text=_("Under 7? We help you find a smaller step."),
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


class AddGoalForm(SentOnce, GoalForm):
    submit_label = _("Save")
    is_draft = RadiosField(
        label=_("Do you start now?"),
        choices=[("", _("Yes, I start now")), ("draft", _("Not yet, keep it as a draft"))],
        required=False,
    )

    def clean_is_draft(self):
        return self.cleaned_data["is_draft"] == "draft"


class EditGoalForm(SeenBefore, GoalForm):
    submit_label = _("Save")


class ShrinkStepForm(SeenBefore, PageForm):
    """The one question of a smaller step."""

    submit_label = _("Save this step")
    next_step = forms.CharField(
        label=_("What would be a smaller step?"),
        max_length=300,
        error_messages={"required": _("Enter a smaller step, or keep the one you have")},
    )


class WriteLevelsForm(SeenBefore, PageForm):
    """One answer for each level, all of them optional."""

    submit_label = _("Save")

    def __init__(self, *args, texts, **kwargs):
        super().__init__(*args, **kwargs)
        for level in GoalLevel.Level:
            self.fields[_name_of(level)] = forms.CharField(
                label=level.label,
                initial=texts.get(level.value, ""),
                required=False,
                max_length=MOST_OF_A_LEVEL,
                widget=forms.Textarea({"rows": 2}),
                error_messages={"max_length": TOO_LONG},
            )

    @property
    def texts(self):
        """Level to text, of a form that is valid."""
        return {level.value: self.cleaned_data[_name_of(level)] for level in GoalLevel.Level}


def _name_of(level):
    return f"level_{level.value + 3}"


class ReviewGoalForm(SentOnce, SeenBefore, PageForm):
    submit_label = _("Save")
    outcome = RadiosField(
        label=_("How did it go?"),
        choices=GoalReview.Outcome.choices,
        error_messages={"required": _("Choose how it went")},
    )
    looked_back_on = DateField(
        label=_("Which day was that? (leave empty for today)"), help_text=_("For example, 24 11 2026"), required=False
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
