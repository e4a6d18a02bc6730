"""When and where a group meets, and why it does not."""

from datetime import timedelta

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.recurrence import Repeat, Unit
from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField, TimeField

SHORTEST, LONGEST = 15, 600
FURTHEST = timedelta(days=2 * 365)


class CapacityField(forms.IntegerField):
    """How many can come; empty where there is room for everyone."""

    def __init__(self, **kwargs):
        super().__init__(
            required=False,
            min_value=1,
            max_value=500,
            widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
            error_messages={"min_value": _("Enter 1 or more"), "max_value": _("Enter 500 or fewer")},
            **kwargs,
        )


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
    is_hybrid = CheckboxesField(
        label=_("Can people join from home as well?"),
        choices=[("online", _("Yes, with the group's online link"))],
        required=False,
    )

    def __init__(self, *args, venues, zone, online_venue=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.venues, self.zone, self.online_venue = {str(venue.pk): venue for venue in venues}, zone, online_venue
        if online_venue is None:
            del self.fields["is_hybrid"]
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
        own = {name: self.cleaned_data[name] for name in ("on", "start_time", "duration_minutes")}
        venue = self.venues.get(self.cleaned_data["venue"])
        is_hybrid = bool(self.cleaned_data.get("is_hybrid")) and bool(venue) and venue != self.online_venue
        return {**own, "venue": venue, "online_venue": self.online_venue if is_hybrid else None}


class Scope(models.TextChoices):
    THIS = "this", _("Only this one")
    FOLLOWING = "following", _("This one and those after it")
    ALL = "all", _("All that are still ahead")


class ChangeMeetingForm(MoveMeetingForm):
    """As MoveMeetingForm; of a meeting that repeats it asks how many are meant."""

    scope = RadiosField(
        label=_("Which meetings?"),
        choices=Scope.choices,
        hints={Scope.ALL: _("Meetings that were changed on their own stay as they are.")},
        initial=Scope.THIS,
        required=False,
    )

    def __init__(self, *args, has_series, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_series:
            del self.fields["scope"]

    def chosen_scope(self):
        return self.cleaned_data.get("scope") or Scope.THIS


class PlanMeetingForm(MoveMeetingForm):
    submit_label = _("Plan the meeting")
    repeat = RadiosField(
        label=_("Does it repeat?"),
        choices=Repeat.choices,
        reveals={Repeat.OTHER: ("every", "unit")},
        initial=Repeat.NOT,
        error_messages={"required": _("Choose whether it repeats")},
    )
    every = forms.IntegerField(
        label=_("Every how many?"),
        required=False,
        min_value=1,
        max_value=52,
        initial=3,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-2"}),
        error_messages={"min_value": _("Enter 1 or more"), "max_value": _("Enter 52 or fewer")},
    )
    unit = forms.ChoiceField(label=_("Of what?"), choices=Unit.choices, required=False, initial=Unit.WEEKS)
    last_on = DateField(
        label=_("If it repeats: is there a last day? (only if you know)"),
        help_text=_("Leave this empty to go on without an end."),
        required=False,
    )
    times = forms.IntegerField(
        label=_("Or: how many times? (only if you know)"),
        required=False,
        min_value=1,
        max_value=200,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={"min_value": _("Enter 1 or more"), "max_value": _("Enter 200 or fewer")},
    )
    capacity = CapacityField(
        label=_("How many people does the room hold? (only if it is small)"),
        help_text=_("When it is full, the others are on a waiting list."),
    )
    field_order = (
        *("on", "start_time", "duration_minutes", "repeat", "every", "unit", "last_on", "times"),
        *("venue", "is_hybrid", "capacity"),
    )

    def clean(self):
        on, last_on = self.cleaned_data.get("on"), self.cleaned_data.get("last_on")
        repeat, times = self.cleaned_data.get("repeat"), self.cleaned_data.get("times")
        if repeat == Repeat.NOT and last_on:
            self.add_error("last_on", _("A meeting that happens once has no last day. Leave this empty."))
        elif repeat == Repeat.NOT and times:
            self.add_error("times", _("A meeting that happens once has no number of times. Leave this empty."))
        elif on and last_on and last_on < on:
            self.add_error("last_on", _("The last day is before the first. Enter a later day."))
        elif last_on and times:
            self.add_error("times", _("Give a last day or a number of times, not both."))
        if repeat == Repeat.OTHER and not self.cleaned_data.get("every") and "every" not in self.errors:
            self.add_error("every", _("Enter a number, like 3 for every 3 weeks"))

    def meeting_details(self):
        rhythm = {name: self.cleaned_data[name] for name in ("repeat", "last_on", "times", "capacity")}
        other = {"unit": self.cleaned_data["unit"] or Unit.WEEKS, "every": self.cleaned_data["every"] or 1}
        return {**super().meeting_details(), **rhythm, **other}


class CancelMeetingForm(PageForm):
    submit_label = _("Cancel the meeting")
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        help_text=_("Everyone in the group gets this by email."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why the meeting is cancelled")},
    )


class CancelMeetingsForm(CancelMeetingForm):
    """Of a meeting that repeats it asks how many are meant."""

    scope = RadiosField(
        label=_("Which meetings?"),
        choices=[choice for choice in Scope.choices if choice[0] != Scope.ALL],
        initial=Scope.THIS,
        required=False,
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
