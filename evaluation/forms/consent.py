"""Writing a consent form, answering it, and withdrawing."""

from datetime import datetime

from crispy_forms.layout import Fieldset
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluation.forms.texts import TextField
from evaluation.models import ConsentDecision, ConsentStatement, Withdrawal
from peersupport.forms import DateField, PageForm, RadiosField, TimeField, YesNoField

Purpose = ConsentStatement.Purpose
#: Wordings to start from; each study writes its own.
WORDINGS = {
    Purpose.QUESTIONNAIRES: _("I agree to fill in questionnaires for this study."),
    Purpose.APP_DATA: _("The study may use what I log in this service: meetings I came to, my goals and my flare-ups."),
    Purpose.INTERVIEW: _("I agree to be interviewed."),
    Purpose.RECORDING: _("My interview may be recorded."),
    Purpose.QUOTES: _("My words may be quoted, without my name."),
    Purpose.OBSERVATION: _("A researcher may describe me when they visit a meeting of my group."),
    Purpose.ARCHIVE: _("What I gave may be kept for later research, without my name."),
    Purpose.LINKAGE: _("What I gave may be linked with my NHS records."),
    Purpose.CONTACT_AGAIN: _("You may ask me again about research."),
}


class PublishConsentFormForm(PageForm):
    """Information, then for each purpose a tick and its wording."""

    text = TextField(
        label=_("Information for participants"),
        help_text=_("What the study is, what taking part means, who to ask. Short words."),
        error_messages={"required": _("Enter the information that people read before they decide")},
        widget=forms.Textarea({"rows": "14"}),
    )
    submit_label = _("Publish for good")

    def __init__(self, *args, latest=None, **kwargs):
        """`latest`: the version in force, whose words are there to start from."""
        asked = {row.purpose: row.text for row in latest.statements.all()} if latest else {}
        self.base_fields = dict(self.base_fields)
        for purpose in Purpose:
            self.base_fields[f"asks_{purpose}"] = forms.BooleanField(
                label=_("Ask for: %(purpose)s") % {"purpose": purpose.label}, required=False, initial=purpose in asked
            )
            self.base_fields[f"wording_{purpose}"] = TextField(
                label=_("Wording for: %(purpose)s") % {"purpose": purpose.label},
                required=False,
                initial=asked.get(purpose, WORDINGS[purpose]),
                widget=forms.Textarea({"rows": "2"}),
            )
        super().__init__(*args, initial={"text": latest.text} if latest else None, **kwargs)

    def layout_fields(self):
        sets = [Fieldset(purpose.label, f"asks_{purpose}", f"wording_{purpose}") for purpose in Purpose]
        return ["text", *sets]

    def clean(self):
        asked = [purpose for purpose in Purpose if self.cleaned_data.get(f"asks_{purpose}")]
        if not asked:
            self.add_error(f"asks_{Purpose.QUESTIONNAIRES}", _("Tick at least one thing to ask for"))
        for purpose in asked:
            name = f"wording_{purpose}"
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("Enter the wording of the statement about: %s") % purpose.label)
        self.statements = [(purpose, self.cleaned_data.get(f"wording_{purpose}")) for purpose in asked]


class StatementsForm(PageForm):
    """Yes or no to each statement of one form version; nothing is chosen beforehand."""

    def __init__(self, *args, consent_form, stood=None, **kwargs):
        """`stood`: what the person decided so far, by statement key."""
        self.statements = list(consent_form.statements.all())
        asked = {_name(row): _yes_or_no(row, (stood or {}).get(row.pk)) for row in self.statements}
        self.base_fields = {**self.base_fields, **asked}
        super().__init__(*args, **kwargs)

    def answers(self):
        return {statement: self.cleaned_data[_name(statement)] for statement in self.statements}


def _name(statement):
    return f"statement_{statement.pk}"


def _yes_or_no(statement, decision):
    return YesNoField(
        label=f"{statement.number}. {statement.text}",
        initial=None if decision is None else decision == ConsentDecision.Decision.GIVEN,
        error_messages={
            "required": _("Choose yes or no for statement %(number)s: %(purpose)s")
            % {"number": statement.number, "purpose": statement.get_purpose_display().lower()}
        },
    )


class AnswerConsentForm(StatementsForm):
    #: Which version the page showed; the view turns back answers to one that no longer asks.
    version = forms.IntegerField(widget=forms.HiddenInput)
    submit_label = _("Save my answers")

    def __init__(self, *args, consent_form, **kwargs):
        initial = {"version": consent_form.version}
        super().__init__(*args, consent_form=consent_form, initial=initial, **kwargs)


class RecordDecisionsForm(StatementsForm):
    """What someone said on paper or by voice."""

    method = RadiosField(
        label=_("How did they say it?"),
        choices=[
            (choice.value, choice.label) for choice in (ConsentDecision.Method.PAPER, ConsentDecision.Method.VOICE)
        ],
        error_messages={"required": _("Choose how they said it")},
    )
    decided_on = DateField(
        label=_("On which day?"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the day they decided, like 24 11 2026")},
    )
    decided_time = TimeField(
        label=_("At what time?"),
        help_text=_("For example, 2pm"),
        error_messages={"required": _("Enter the time they decided, like 2pm")},
    )
    submit_label = _("Save what they said")

    def __init__(self, *args, consent_form, now, **kwargs):
        super().__init__(*args, consent_form=consent_form, **kwargs)
        self.published_at, self.now = consent_form.published_at, now

    def clean(self):
        day, time = self.cleaned_data.get("decided_on"), self.cleaned_data.get("decided_time")
        if not day or not time:
            return
        self.decided_at = timezone.make_aware(datetime.combine(day, time))
        if self.decided_at > self.now:
            self.add_error("decided_on", _("Enter a day and time that are not in the future"))
        elif self.decided_at < self.published_at:
            self.add_error(
                "decided_on",
                _("This form was published on %(day)s. Enter a day and time after that.")
                % {"day": timezone.localtime(self.published_at).strftime("%d %m %Y, %H:%M")},
            )


class WithdrawForm(PageForm):
    scope = RadiosField(
        label=_("How far do you want to stop?"),
        choices=Withdrawal.Scope.choices,
        hints={
            Withdrawal.Scope.NO_CONTACT: _("Nobody asks you again. What you gave so far can still be used."),
            Withdrawal.Scope.NO_COLLECTION: _(
                "Nothing more about you is collected. What you gave is left out of every export from now on."
            ),
            Withdrawal.Scope.REMOVE: _(
                "As above. What was written about you is closed to the researchers too. They see that you must be"
                " deleted from earlier exports, and ask whoever holds one."
            ),
        },
        error_messages={"required": _("Choose how far you want to stop")},
    )
    submit_label = _("Stop taking part")


class RecordWithdrawalForm(PageForm):
    """What someone told a researcher. It can't be undone by staff."""

    scope = RadiosField(
        label=_("How far do they want to stop?"),
        choices=Withdrawal.Scope.choices,
        error_messages={"required": _("Choose how far they want to stop")},
    )
    method = RadiosField(
        label=_("How did they say it?"),
        choices=[
            (choice.value, choice.label) for choice in (ConsentDecision.Method.PAPER, ConsentDecision.Method.VOICE)
        ],
        error_messages={"required": _("Choose how they said it")},
    )
    submit_label = _("Record that they stop")
