"""Planning, moving and calling off an appointment for an interview."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.forms.team import TeamField
from evaluation.models import Interview
from evaluation.models.fieldwork import LONGEST_MINUTES
from peersupport.forms import DateField, PageForm, RadiosField, TimeField


class TimeAndPlaceForm(PageForm):
    starts_on = DateField(
        label=_("On which day?"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the day of the appointment, like 24 11 2026")},
    )
    start_time = TimeField(
        label=_("At what time?"),
        help_text=_("For example, 2pm"),
        error_messages={"required": _("Enter the time it starts, like 2pm")},
    )
    length_minutes = forms.IntegerField(
        label=_("How many minutes may it take?"),
        min_value=5,
        max_value=LONGEST_MINUTES,
        initial=60,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={"required": _("Enter how many minutes it may take, like 60")},
    )
    mode = RadiosField(
        label=_("How will you talk?"),
        choices=Interview.Mode.choices,
        error_messages={"required": _("Choose how you will talk")},
    )
    place = forms.CharField(
        label=_("Where, or how to join"),
        help_text=_("A place, a link, or who rings whom. You both read it. Leave their name and address out."),
        max_length=300,
        error_messages={"required": _("Enter where it is, or how to join")},
    )


class PlanAppointmentForm(TimeAndPlaceForm):
    interviewer = TeamField(
        label=_("Who interviews?"),
        empty_label=_("Choose someone of the team"),
        error_messages={"required": _("Choose who interviews")},
    )
    second_interviewer = TeamField(label=_("Who else interviews? (if anyone)"), empty_label=_("Nobody"), required=False)
    submit_label = _("Make the appointment")

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, **kwargs)
        # Both are mailed the way to a page that only these may open.
        for name in ("interviewer", "second_interviewer"):
            self.fields[name].offer(study, "evaluation.record_interview")

    def clean(self):
        first, second = self.cleaned_data.get("interviewer"), self.cleaned_data.get("second_interviewer")
        if first and first == second:
            self.add_error("second_interviewer", _("Choose someone else, or nobody"))


class MoveAppointmentForm(TimeAndPlaceForm):
    submit_label = _("Move it")


class CancelAppointmentForm(PageForm):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        help_text=_("You both read it. Say nothing about health."),
        max_length=300,
        error_messages={"required": _("Enter why it is cancelled")},
    )
    submit_label = _("Cancel the appointment")


class CallOffAppointmentForm(PageForm):
    reason = forms.CharField(
        label=_("Why? (if you want to say)"),
        help_text=_("The researchers read it. You need not give a reason."),
        max_length=300,
        required=False,
    )
    submit_label = _("I can't come")
    cancel_label = _("Keep the appointment")
