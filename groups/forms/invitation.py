"""Inviting people, and coming in with a code."""

from datetime import datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.invitees import read_file, read_invitees
from peersupport.access import tokens
from peersupport.forms import DateField, PageForm

LONGEST_DAYS = 365


class InvitePeopleForm(PageForm):
    """Pasted lines, and perhaps a file; what the file holds is put into the box, where it can be mended."""

    submit_label = _("Send the invitations")
    people = forms.CharField(
        label=_("Who do you want to invite?"),
        help_text=_(
            "One person on each line: name and email address, like Sam Jones <sam@example.org> or Sam, sam@example.org."
        ),
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        error_messages={"required": _("Enter at least one person, with an email address")},
    )
    list_file = forms.FileField(
        label=_("Or choose a file with such a list"),
        help_text=_("A text or CSV file. It is not kept."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"class": "nhsuk-file-upload", "accept": ".csv,.txt,text/plain,text/csv"}),
    )

    def __init__(self, data=None, files=None, **kwargs):
        self.unreadable = None
        if files and "list_file" in files:
            data = data.copy()
            data["people"] = f"{data.get('people', '')}\n{self._text_of(files['list_file'])}".strip()
        super().__init__(data, files, **kwargs)

    def _text_of(self, upload):
        try:
            return read_file(upload)
        except forms.ValidationError as error:
            self.unreadable = error
            return ""

    def clean_people(self):
        self.invitees = read_invitees(self.cleaned_data["people"])
        return self.cleaned_data["people"]

    def clean_list_file(self):
        if self.unreadable:
            raise self.unreadable


class AddCodeForm(PageForm):
    submit_label = _("Make the sheet")
    max_uses = forms.IntegerField(
        label=_("How many people may use it?"),
        min_value=1,
        max_value=100,
        initial=15,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={
            "required": _("Enter how many people may use it, like 15"),
            "min_value": _("Enter 1 or more"),
            "max_value": _("Enter 100 or fewer"),
        },
    )
    last_on = DateField(
        label=_("Until which day does it work?"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the last day it works, like 24 11 2026")},
    )

    def __init__(self, *args, zone, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone, self.today = zone, today
        self.fields["last_on"].initial = today + timedelta(days=30)

    def clean_last_on(self):
        last_on = self.cleaned_data["last_on"]
        if last_on < self.today:
            raise forms.ValidationError(_("This day is past. Enter today or a later day."))
        if last_on > self.today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Enter a day within the next year."))
        return last_on

    def expires_at(self):
        """The end of the last day, by the group's clock."""
        return datetime.combine(self.cleaned_data["last_on"] + timedelta(days=1), time(), tzinfo=self.zone)


class JoinForm(PageForm):
    submit_label = _("Continue")
    keeps_draft = False
    code = forms.CharField(
        label=_("What is the code on your sheet?"),
        help_text=_("Ten letters and numbers, like 7K3M9-QX2RD. Small letters are fine too."),
        max_length=40,
        widget=forms.TextInput(
            {
                "class": "nhsuk-input nhsuk-input--width-10",
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Enter the code on your sheet")},
    )

    def clean_code(self):
        code = tokens.read_code(self.cleaned_data["code"])
        if len(code) != tokens.CODE_LENGTH + 1:
            raise forms.ValidationError(_("The code has ten letters and numbers. Check it against your sheet."))
        return code
