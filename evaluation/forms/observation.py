"""Choosing a meeting that was observed, and recording what was seen."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.forms.texts import TextField
from evaluation.models import Observation
from groups.models import Meeting
from peersupport.forms import PageForm, RadiosField, YesNoField
from peersupport.spoken import spoken_datetime

DESCRIBED, NOT_DESCRIBED, NOT_THERE = "described", "not_described", "not_there"


class MeetingField(forms.ModelChoiceField):
    def label_from_instance(self, meeting):
        return f"{meeting.group.name}: {spoken_datetime(meeting.starts_at, meeting.time_zone)}"


class StartObservationForm(PageForm):
    meeting = MeetingField(
        queryset=Meeting.objects.none(),
        label=_("Which meeting did you observe?"),
        empty_label=_("Choose a meeting"),
        error_messages={"required": _("Choose the meeting you observed")},
    )
    submit_label = _("Continue")

    def __init__(self, *args, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings


class RecordObservationForm(PageForm):
    """Asks about each participant who may be described, and about nobody else."""

    has_group_agreed = YesNoField(
        label=_("Did everyone in the group agree, that day, to be observed?"),
        help_text=_("One no is enough to stop."),
        error_messages={"required": _("Choose whether the group agreed")},
    )
    observer_role = RadiosField(
        label=_("What was your part?"),
        choices=Observation.ObserverRole.choices,
        error_messages={"required": _("Choose what your part was")},
    )
    present_count = forms.IntegerField(
        label=_("How many people were there?"),
        help_text=_("Without you. Everyone counts, also those who are not described."),
        min_value=1,
        max_value=500,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={"required": _("Enter how many people were there, like 8")},
    )
    style = RadiosField(
        label=_("How is it written?"),
        choices=Observation.Style.choices,
        error_messages={"required": _("Choose how it is written")},
    )
    text = TextField(
        label=_("What you saw and heard"),
        help_text=_("Describe only those who agreed. Nothing about anyone else, not even without a name."),
        widget=forms.Textarea({"rows": "16"}),
        error_messages={"required": _("Enter what you saw and heard")},
    )
    memo = TextField(
        label=_("Your own thoughts (kept apart)"),
        help_text=_("How it was for you, and how you may have changed what happened."),
        required=False,
    )
    submit_label = _("Record the observation")

    def __init__(self, *args, participants, domains=(), **kwargs):
        self.participants, self.domains = list(participants), dict(enumerate(domains))
        asked = {_name(row): _was_there(row) for row in self.participants}
        asked |= {_domain_name(number): _under(domain) for number, domain in self.domains.items()}
        self.base_fields = {**self.base_fields, **asked}
        super().__init__(*args, **kwargs)
        if self.domains:
            self.fields["text"].label, self.fields["text"].required = _("Anything else you saw and heard"), False

    def layout_fields(self):
        people = [_name(participant) for participant in self.participants]
        under = [_domain_name(number) for number in self.domains]
        return ["has_group_agreed", "observer_role", "present_count", *people, "style", *under, "text", "memo"]

    def clean_has_group_agreed(self):
        if self.cleaned_data["has_group_agreed"] is False:
            raise forms.ValidationError(
                _("The group did not agree, so this meeting can't be observed and nothing is saved.")
            )
        return True

    def clean(self):
        answers = {row: self.cleaned_data.pop(_name(row), None) for row in self.participants}
        there = {row: answer == DESCRIBED for row, answer in answers.items() if answer in (DESCRIBED, NOT_DESCRIBED)}
        count = self.cleaned_data.get("present_count")
        if count is not None and count < len(there):
            self.add_error(
                "present_count",
                _("You named %(named)s people who were there. Enter that number or more.") % {"named": len(there)},
            )
        self.cleaned_data["consents"] = there
        if self.domains and "text" not in self.errors:
            self._put_together()

    def _put_together(self):
        """The note as one text: each domain that has something, under its heading, and the rest at the end."""
        under = [(domain, self.cleaned_data.pop(_domain_name(number), "")) for number, domain in self.domains.items()]
        parts = [f"{domain}\n{said}" for domain, said in under if said.strip()]
        rest = self.cleaned_data.get("text", "")
        parts += [rest] if rest.strip() else []
        self.cleaned_data["text"] = "\n\n".join(parts)
        if not parts:
            self.add_error(_domain_name(0), _("Enter what you saw and heard, under at least one heading"))


def _name(participant):
    return f"participant_{participant.pk}"


def _domain_name(number):
    return f"domain_{number}"


def _under(domain):
    return TextField(label=domain, required=False, widget=forms.Textarea({"rows": "5"}))


def _was_there(participant):
    who = {"pseudonym": participant.pseudonym, "kind": participant.get_kind_display().lower()}
    return RadiosField(
        label=_("%(pseudonym)s (%(kind)s)") % who,
        choices=[
            (DESCRIBED, _("Was there, and agreed that day to be described")),
            (NOT_DESCRIBED, _("Was there, and did not agree that day")),
            (NOT_THERE, _("Was not there")),
        ],
        error_messages={"required": _("Choose whether %(pseudonym)s was there and agreed") % who},
    )
