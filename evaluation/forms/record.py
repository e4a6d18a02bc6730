"""Facts of an interview that come later or are put right, and opening a locked record."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluation.forms.interview import InterviewFactsForm
from evaluation.models import Interview
from peersupport.forms import DateField, PageForm

WHY = {
    "max_length": 500,
    "widget": forms.Textarea({"rows": 3}),
}
DAY_IS_OFF = _("Enter a day from the interview until today")


class DestroyRecordingForm(PageForm):
    destroyed_on = DateField(
        label=_("When was it destroyed?"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the day it was destroyed, like 24 11 2026")},
    )
    submit_label = _("Save the day")

    def __init__(self, *args, interview, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.interview, self.today = interview, today

    def clean_destroyed_on(self):
        day = self.cleaned_data["destroyed_on"]
        if not _is_since(self.interview, day, self.today):
            raise forms.ValidationError(DAY_IS_OFF)
        return day


class CorrectInterviewForm(InterviewFactsForm):
    """The facts that can be mistaken; who it was and when it began are what consent was checked against."""

    recording_destroyed_on = DateField(
        label=_("When was the recording destroyed? (if it was)"), help_text=_("For example, 24 11 2026"), required=False
    )
    reason = forms.CharField(
        label=_("Why do you change it?"),
        help_text=_("What stood there before is kept with it."),
        error_messages={"required": _("Enter why you change it")},
        **WHY,
    )
    submit_label = _("Save what is right")

    def __init__(self, *args, interview, today, **kwargs):
        facts = [name for name in self.base_fields if name != "reason"]
        super().__init__(*args, initial={name: getattr(interview, name) for name in facts}, **kwargs)
        self.interview, self.today = interview, today

    def clean(self):
        day, recording = self.cleaned_data.get("recording_destroyed_on"), self.cleaned_data.get("recording")
        if recording == Interview.Recording.DESTROYED and not day and "recording_destroyed_on" not in self.errors:
            self.add_error("recording_destroyed_on", _("Enter the day the recording was destroyed, like 24 11 2026"))
        if day and recording and recording != Interview.Recording.DESTROYED:
            self.add_error("recording_destroyed_on", _("Leave the day empty, or choose that it is destroyed"))
        if day and not _is_since(self.interview, day, self.today):
            self.add_error("recording_destroyed_on", DAY_IS_OFF)


class UnlockRecordForm(PageForm):
    reason = forms.CharField(
        label=_("Why do you open it again?"),
        help_text=_("It stays with the record."),
        error_messages={"required": _("Enter why you open it again")},
        **WHY,
    )
    submit_label = _("Open the record again")


def _is_since(interview, day, today):
    return timezone.localdate(interview.started_at) <= day <= today
