"""What goes on the page for an appointment: dates and contents, asked with GET since nothing is changed."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, DateField, PageForm
from supportplans.forms.flareup import clean_past_day

LONGEST = timedelta(days=3 * 366)


class SummaryForm(PageForm):
    submit_label = _("Make the page")
    first = DateField(label=_("From which day?"), error_messages={"required": _("Enter the first day, like 24 8 2026")})
    last = DateField(label=_("Up to which day?"), error_messages={"required": _("Enter the last day, like 24 11 2026")})
    contents = CheckboxesField(
        label=_("What do you want on it?"),
        choices=[
            ("numbers", _("How many, how long and how bad")),
            ("tried", _("What I tried, and whether it helped")),
            ("causes", _("What set them off")),
            ("contacts", _("Where I got help")),
            ("flareups", _("Each flare-up, a line each")),
            ("notes", _("What I noted to remember")),
            ("goals", _("The goals I am working on")),
            ("questions", _("Room to write what I want to ask")),
        ],
        error_messages={"required": _("Tick at least one thing")},
    )

    @property
    def helper(self):
        helper = super().helper
        helper.form_method = "get"
        return helper

    def clean_first(self):
        return clean_past_day(self.cleaned_data["first"])

    def clean_last(self):
        return clean_past_day(self.cleaned_data["last"])

    def clean(self):
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first. Change one of the two."))
        elif first and last and last - first > LONGEST:
            self.add_error("first", _("Keep it to three years or less. It has to fit on a page or two."))
