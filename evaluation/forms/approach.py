"""Writing down that someone was asked, and what became of it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import Approach, ApproachStep
from groups.models import SupportGroup
from peersupport.forms import DateField, PageForm, RadiosField

Step, Way, Reason = ApproachStep.Step, ApproachStep.Way, ApproachStep.Reason
BY_HAND = [(way.value, way.label) for way in Way if way != Way.SERVICE]
DATE_HINT = _("For example, 24 11 2026")
#: As the person asked would say it.
OWN_REASONS = [
    (Reason.NO_TIME, _("I have no time for it")),
    (Reason.NOT_WELL, _("I am not well enough for it")),
    (Reason.NOT_FOR_THEM, _("It is not for me")),
    (Reason.PRIVATE, _("I would rather keep it to myself")),
    (Reason.MOVED_ON, _("I would rather leave that time behind")),
    (Reason.OTHER, _("Something else")),
    (Reason.NOT_SAID, _("Rather not say")),
]


class GroupField(forms.ModelChoiceField):
    def label_from_instance(self, group):
        return f"{group.name}, {group.site.name}"


class PastDayForm(PageForm):
    """Asks for a day that is not in the future."""

    happened_on = DateField(label=_("On which day?"), help_text=DATE_HINT)

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_happened_on(self):
        day = self.cleaned_data["happened_on"]
        if day > self.today:
            raise forms.ValidationError(_("Enter a day that is not in the future"))
        return day


class AddApproachForm(PastDayForm):
    kind = RadiosField(
        label=_("Who are they to the groups?"),
        choices=Approach.Kind.choices,
        error_messages={"required": _("Choose who they are to the groups")},
    )
    group = GroupField(
        queryset=SupportGroup.objects.none(),
        label=_("Which group? (if any)"),
        required=False,
        empty_label=_("None, or not known"),
    )
    way = RadiosField(
        label=_("How did you ask them?"),
        choices=BY_HAND,
        error_messages={"required": _("Choose how you asked them")},
    )
    happened_on = DateField(
        label=_("On which day?"),
        help_text=DATE_HINT,
        error_messages={"required": _("Enter the day you asked them, like 24 11 2026")},
    )
    submit_label = _("Save")
    field_order = ["kind", "group", "way", "happened_on"]

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = study.groups.select_related("site").order_by("site__name", "name")


class RecordOutcomeForm(PastDayForm):
    step = RadiosField(
        label=_("What came of it?"),
        choices=[(step.value, step.label) for step in (Step.AGREED, Step.DECLINED, Step.NOT_REACHED)],
        reveals={Step.DECLINED: ("reason", "words")},
        error_messages={"required": _("Choose what came of it")},
    )
    reason = forms.ChoiceField(label=_("Why? (if they said)"), choices=[("", "")], required=False)
    words = forms.CharField(
        label=_("In their words (if they said)"),
        help_text=_("Name nobody in it."),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    way = RadiosField(
        label=_("How did you hear, or try to?"),
        choices=BY_HAND,
        error_messages={"required": _("Choose how you heard or tried")},
    )
    happened_on = DateField(
        label=_("On which day?"),
        help_text=DATE_HINT,
        error_messages={"required": _("Enter the day, like 24 11 2026")},
    )
    submit_label = _("Save")
    field_order = ["step", "reason", "words", "way", "happened_on"]

    def __init__(self, *args, approach, **kwargs):
        super().__init__(*args, **kwargs)
        reasons = [(reason.value, reason.label) for reason in Reason if reason != Reason.NOT_SAID]
        self.fields["reason"].choices = [("", Reason.NOT_SAID.label), *reasons]
        if approach.is_by_service:
            choices = self.fields["step"].choices
            self.fields["step"].choices = [pair for pair in choices if pair[0] != Step.AGREED]


class DeclineApproachForm(PageForm):
    """No, thank you. Saying yes is the consent form."""

    reason = RadiosField(
        label=_("Why not? (only if you like)"),
        choices=OWN_REASONS,
        required=False,
    )
    words = forms.CharField(
        label=_("Anything you want to add (only if you like)"),
        help_text=_("The researchers who ask people can read it. They don’t see your name."),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    submit_label = _("No, thank you")
