"""Setting up a study, and giving duties in it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.forms.texts import TextField
from evaluation.models import Study, StudyMember
from groups.models import SupportGroup
from peersupport.forms import DateField, PageForm, RadiosField
from peersupport.forms.choices import Checkboxes

DATE_HINT = _("For example, 24 11 2026")
MOST_DOMAINS, MOST_OF_A_DOMAIN = 12, 80
#: Offered to a study that has none yet.
STARTING_DOMAINS = (
    _("The room and who sits where"),
    _("How the meeting begins and ends"),
    _("Who speaks, and who leads"),
    _("How people support one another"),
    _("What is said about pain and flare-ups"),
    _("Goals and plans"),
    _("What is hard, and what is left out"),
)


class GroupsField(forms.ModelMultipleChoiceField):
    """Groups by name and site, which is all that is shown of them here."""

    widget = Checkboxes(is_small=True)

    def label_from_instance(self, group):
        return f"{group.name}, {group.site.name}"


class StudyStepForm(PageForm):
    """One step of setting a study up; its fields are those of the study."""

    submit_label = _("Save and continue")

    def __init__(self, *args, study=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.study = study


class TitleForm(StudyStepForm):
    title = forms.CharField(
        label=_("Title"),
        help_text=_("Members see it. Use plain words."),
        max_length=200,
        error_messages={"required": _("Enter the title of the study")},
    )
    ethics_reference = forms.CharField(
        label=_("Ethics reference"),
        help_text=_("As it stands on the approval, like 26/SW/0042."),
        max_length=60,
        widget=forms.TextInput({"class": "nhsuk-input nhsuk-input--width-20"}),
        error_messages={"required": _("Enter the ethics reference")},
    )

    def clean_ethics_reference(self):
        reference = self.cleaned_data["ethics_reference"]
        others = Study.objects.filter(ethics_reference__iexact=reference)
        if others.exclude(pk=self.study and self.study.pk).exists():
            raise forms.ValidationError(
                _("A study with this reference is already here. Check the number on the approval.")
            )
        return reference


class GroupsForm(StudyStepForm):
    groups = GroupsField(
        queryset=SupportGroup.objects.none(),
        label=_("Groups the study covers"),
        help_text=_("Their members can be asked to take part."),
        error_messages={"required": _("Choose at least one group")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groups"].queryset = SupportGroup.objects.select_related("site").order_by("site__name", "name")


class MethodForm(StudyStepForm):
    method = forms.CharField(
        label=_("Method, in your own words"),
        help_text=_("Who is asked, what is recorded, and how you make sense of it."),
        widget=forms.Textarea,
        error_messages={"required": _("Enter in a few words how you will do the study")},
    )


class DatesForm(StudyStepForm):
    starts_on = DateField(
        label=_("First day"),
        help_text=DATE_HINT,
        error_messages={"required": _("Enter the first day of the study, like 24 11 2026")},
    )
    ends_on = DateField(
        label=_("Last day"),
        help_text=_("Nobody is asked to take part after this day."),
        error_messages={"required": _("Enter the last day of the study, like 24 11 2028")},
    )

    def clean(self):
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("Enter a last day that is not before the first day"))


class NumbersForm(StudyStepForm):
    small_number_threshold = forms.IntegerField(
        label=_("Smallest number shown"),
        help_text=_("Counts of people below this are hidden in tables. 8 is usual; the least is 3."),
        min_value=3,
        max_value=100,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={"required": _("Enter the smallest number to show, like 8")},
    )


class ObservingForm(StudyStepForm):
    observation_domains = forms.CharField(
        label=_("What do observers look at?"),
        help_text=_("One to a line. Whoever records an observation writes under each of them. Empty means one text."),
        required=False,
        widget=forms.Textarea({"rows": 8}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.initial.get("observation_domains"):
            self.initial["observation_domains"] = "\n".join(map(str, STARTING_DOMAINS))

    def clean_observation_domains(self):
        """Each once, without empty lines."""
        lines = [line.strip() for line in self.cleaned_data["observation_domains"].splitlines()]
        domains = list(dict.fromkeys(line for line in lines if line))
        if too_long := next((line for line in domains if len(line) > MOST_OF_A_DOMAIN), None):
            raise forms.ValidationError(
                _("Shorten this line to %(most)s characters: %(line)s")
                % {"most": MOST_OF_A_DOMAIN, "line": f"{too_long[:40]}…"}
            )
        if len(domains) > MOST_DOMAINS:
            raise forms.ValidationError(_("Enter %(most)s lines or fewer") % {"most": MOST_DOMAINS})
        return "\n".join(domains)


class DistressForm(StudyStepForm):
    distress_protocol = TextField(
        label=_("What is to be done when someone gets upset?"),
        help_text=_("Interviewers see it with one tap. Short lines, in the order in which to do things."),
        widget=forms.Textarea({"rows": "14"}),
        error_messages={"required": _("Enter what interviewers are to do when someone gets upset")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["distress_protocol"] = self.study.distress_steps


STEP_FORMS = {
    "title": TitleForm,
    "groups": GroupsForm,
    "method": MethodForm,
    "dates": DatesForm,
    "numbers": NumbersForm,
    "observing": ObservingForm,
    "distress": DistressForm,
}


class AddStudyForm(TitleForm):
    """An administrator may name someone else as lead; for anyone else the fields are not there."""

    lead_name = forms.CharField(label=_("Name of the lead (if it is not you)"), max_length=80, required=False)
    lead_email = forms.EmailField(
        label=_("Email address of the lead (if it is not you)"), max_length=254, required=False
    )

    def __init__(self, *args, can_name_lead, **kwargs):
        super().__init__(*args, **kwargs)
        if not can_name_lead:
            del self.fields["lead_name"], self.fields["lead_email"]

    def clean(self):
        name, email = self.cleaned_data.get("lead_name"), self.cleaned_data.get("lead_email")
        if email and not name:
            self.add_error("lead_name", _("Enter the name of the lead"))
        if name and not email and "lead_email" not in self.errors:
            self.add_error("lead_email", _("Enter the email address of the lead"))


class AddDutyForm(PageForm):
    name = forms.CharField(
        label=_("Name"), max_length=80, error_messages={"required": _("Enter the name of the person")}
    )
    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        help_text=_("They sign in with it."),
        error_messages={"required": _("Enter the email address of the person")},
    )
    duty = RadiosField(
        label=_("Duty"),
        choices=StudyMember.Duty.choices,
        hints={
            StudyMember.Duty.LEAD: _("Sets the study up, chooses the team, can do all but open the key."),
            StudyMember.Duty.INTERVIEWER: _("Takes consent, records interviews and observations."),
            StudyMember.Duty.ANALYST: _("Reads the texts and asks for exports."),
            StudyMember.Duty.KEY_HOLDER: _("Can open who a pseudonym is. Each time is written down."),
            StudyMember.Duty.APPROVER: _("Is the second person for exports and redacted texts."),
        },
        error_messages={"required": _("Choose a duty")},
    )
    submit_label = _("Give this duty")
