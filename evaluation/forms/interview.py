"""Recording that an interview took place."""

from datetime import datetime

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluation.consent import Obstacle, given_after, obstacle_to_interview
from evaluation.forms.talk import GuideField
from evaluation.forms.team import TeamField
from evaluation.forms.texts import TextField
from evaluation.models import ConsentStatement, Interview, Participant, TopicGuide
from evaluation.models.fieldwork import LONGEST_MINUTES
from peersupport.forms import DateField, PageForm, RadiosField, TimeField
from peersupport.spoken import spoken_datetime

SENTENCES = {
    Obstacle.NO_CONSENT: _(
        "%(who)s had not agreed to be interviewed when this started. Record their consent first, or check the day."
    ),
    Obstacle.GIVEN_LATER: _(
        "%(who)s agreed to be interviewed on %(given)s, after this interview started. Check the day and time. If they"
        " are right, the interview can't be used."
    ),
    Obstacle.TAKEN_BACK: _("%(who)s has taken their consent back since. Nothing more can be recorded about them."),
    Obstacle.NO_MORE_CONTACT: _("%(who)s had asked for no more contact before this. It can't be recorded."),
    Obstacle.NOT_TO_BE_RECORDED: _(
        "%(who)s had not agreed to a recording when this started. Destroy the recording and choose “Not recorded”, or"
        " record their consent first."
    ),
}


class InterviewFactsForm(PageForm):
    """What is written down of every interview, and can be put right."""

    participant_kind = forms.ChoiceField(
        label=_("Who were they to the groups on that day?"),
        choices=[("", _("Choose one")), *Participant.Kind.choices],
        error_messages={"required": _("Choose who they were to the groups on that day")},
    )
    length_minutes = forms.IntegerField(
        label=_("How many minutes did it take?"),
        min_value=1,
        max_value=LONGEST_MINUTES,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={"required": _("Enter how many minutes it took, like 45")},
    )
    mode = RadiosField(
        label=_("How did you talk?"),
        choices=Interview.Mode.choices,
        error_messages={"required": _("Choose how you talked")},
    )
    setting = forms.CharField(
        label=_("Where was it? (if it matters)"),
        help_text=_("Like: at their home. No address."),
        max_length=120,
        required=False,
    )
    others_present = forms.CharField(
        label=_("Who else was there? (if anyone)"),
        help_text=_("Like: their partner. No names."),
        max_length=200,
        required=False,
    )
    recording = RadiosField(
        label=_("Was it recorded?"),
        choices=Interview.Recording.choices,
        error_messages={"required": _("Choose whether it was recorded")},
    )
    is_distress_protocol_used = forms.BooleanField(label=_("The distress protocol was used"), required=False)


class RecordInterviewForm(InterviewFactsForm):
    participant = forms.ModelChoiceField(
        queryset=Participant.objects.none(),
        label=_("Who was interviewed?"),
        empty_label=_("Choose a pseudonym"),
        error_messages={"required": _("Choose who was interviewed")},
    )
    started_on = DateField(
        label=_("On which day?"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the day of the interview, like 24 11 2026")},
    )
    start_time = TimeField(
        label=_("When did it start?"),
        help_text=_("For example, 2pm"),
        error_messages={"required": _("Enter the time it started, like 2pm")},
    )
    second_interviewer = TeamField(
        label=_("Who else of the team interviewed with you? (if anyone)"), empty_label=_("Nobody"), required=False
    )
    topic_guide = GuideField(
        label=_("Which topic guide did you use?"), empty_label=_("None of those here"), required=False
    )
    field_note = TextField(label=_("Your field note (if you have one)"), required=False)
    submit_label = _("Record the interview")
    field_order = (
        "participant", "participant_kind", "started_on", "start_time", "length_minutes", "second_interviewer",
        "topic_guide", "mode", "setting", "others_present", "recording", "is_distress_protocol_used", "field_note",
    )  # fmt: skip

    def __init__(self, *args, study, now, by, talk=None, **kwargs):
        """`talk` is what was begun on a tablet: it says with whom it was."""
        super().__init__(*args, **kwargs)
        self.now, self.talk = now, talk
        self.fields["participant"].queryset = Participant.objects.filter(study=study)
        self.fields["second_interviewer"].offer(study, without=by)
        self.fields["topic_guide"].offer(TopicGuide.objects.filter(study=study))
        if talk:
            del self.fields["participant"]
            self.fields["field_note"].widget.attrs["rows"] = "14"

    def clean(self):
        if self.talk:
            self.cleaned_data["participant"] = self.talk.participant
        day, time = self.cleaned_data.pop("started_on", None), self.cleaned_data.pop("start_time", None)
        if not day or not time:
            return
        started_at = self.cleaned_data["started_at"] = self._exactly(timezone.make_aware(datetime.combine(day, time)))
        if started_at > self.now:
            self.add_error("started_on", _("Enter a day and time that are not in the future"))
        elif "participant" in self.cleaned_data:
            self._check_consent(self.cleaned_data["participant"], started_at)

    def _exactly(self, started_at):
        """To the second, where the talk began in that minute: consent may have been given in the same one."""
        is_same = self.talk and self.talk.started_at.replace(second=0, microsecond=0) == started_at
        return self.talk.started_at if is_same else started_at

    def _check_consent(self, participant, started_at):
        is_recorded = self.cleaned_data.get("recording", Interview.Recording.NONE) != Interview.Recording.NONE
        obstacle = obstacle_to_interview(participant, started_at=started_at, is_recorded=is_recorded, now=self.now)
        if obstacle:
            self.say_obstacle(obstacle, participant, started_at)

    def say_obstacle(self, obstacle, participant, started_at):
        who = "participant" if "participant" in self.fields else None
        field = "recording" if obstacle == Obstacle.NOT_TO_BE_RECORDED else who
        given = given_after(participant, ConsentStatement.Purpose.INTERVIEW, started_at)
        spoken = spoken_datetime(given) if given else ""
        self.add_error(field, SENTENCES[obstacle] % {"who": participant.pseudonym, "given": spoken})
