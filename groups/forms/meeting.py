"""When and where a group meets, and why it does not."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.recurrence import Repeat
from peersupport.forms import DateField, PageForm, RadiosField, TimeField

SHORTEST, LONGEST = 15, 600
FURTHEST = timedelta(days=2 * 365)


class MoveMeetingForm(PageForm):
    """Day, time, length and place of one meeting; `zone` is the group's."""

    LATER = "later"

    submit_label = _("Move the meeting")
    on = DateField(
        label=_("Which day?"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the day of the meeting, like 24 11 2026")},
    )
    start_time = TimeField(
        label=_("When does it start?"),
        help_text=_("For example, 2pm"),
        error_messages={"required": _("Enter when the meeting starts, like 2pm")},
    )
    duration_minutes = forms.IntegerField(
        label=_("How long, in minutes?"),
        initial=120,
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-4"}),
        error_messages={
            "required": _("Enter how long the meeting lasts, in minutes, like 120"),
            "min_value": _("Enter at least 15 minutes"),
            "max_value": _("Enter 600 minutes or fewer"),
        },
    )
    venue = RadiosField(label=_("Where?"), error_messages={"required": _("Choose where you will meet")})

    def __init__(self, *args, venues, zone, **kwargs):
        super().__init__(*args, **kwargs)
        self.venues, self.zone = {str(venue.pk): venue for venue in venues}, zone
        choices = [(key, venue.name) for key, venue in self.venues.items()]
        self.fields["venue"].choices = [*choices, (self.LATER, _("We don't know yet"))]

    def clean_on(self):
        on, today = self.cleaned_data["on"], timezone.localdate(timezone=self.zone)
        if on < today:
            raise forms.ValidationError(_("This day is over. Enter today or a later day."))
        if on > today + FURTHEST:
            raise forms.ValidationError(_("This is more than two years away. Check the year."))
        return on

    def meeting_details(self):
        """What the services that plan and move a meeting take."""
        venue = self.venues.get(self.cleaned_data["venue"])
        return {**self.cleaned_data, "venue": venue}


class PlanMeetingForm(MoveMeetingForm):
    submit_label = _("Plan the meeting")
    repeat = RadiosField(
        label=_("Does it repeat?"),
        choices=Repeat.choices,
        initial=Repeat.NOT,
        error_messages={"required": _("Choose whether it repeats")},
    )
    last_on = DateField(
        label=_("If it repeats: is there a last day? (only if you know)"),
        help_text=_("Leave this empty to go on without an end."),
        required=False,
    )
    field_order = ["on", "start_time", "duration_minutes", "repeat", "last_on", "venue"]

    def clean(self):
        on, last_on = self.cleaned_data.get("on"), self.cleaned_data.get("last_on")
        if last_on and self.cleaned_data.get("repeat") == Repeat.NOT:
            self.add_error("last_on", _("A meeting that happens once has no last day. Leave this empty."))
        elif on and last_on and last_on < on:
            self.add_error("last_on", _("The last day is before the first. Enter a later day."))


class CancelMeetingForm(PageForm):
    submit_label = _("Cancel the meeting")
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        help_text=_("Everyone in the group gets this by email."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why the meeting is cancelled")},
    )


class StopSeriesForm(CancelMeetingForm):
    submit_label = _("Stop these meetings")
    reason = forms.CharField(
        label=_("Why do they stop?"),
        help_text=_("Everyone in the group gets this by email."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why the meetings stop")},
    )
