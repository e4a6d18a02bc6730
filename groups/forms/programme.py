"""A programme: what it was and when it ran."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Programme
from peersupport.forms import DateField, PageForm, RadiosField


class AddProgrammeForm(PageForm):
    submit_label = _("Add the programme")
    name = forms.CharField(
        label=_("Name of the programme"),
        help_text=_("So that you know it again, like “Southmead, autumn 2026”."),
        max_length=120,
        error_messages={"required": _("Enter the name of the programme")},
    )
    kind = RadiosField(
        label=_("What kind is it?"),
        choices=Programme.Kind.choices,
        error_messages={"required": _("Choose what kind of programme it is")},
    )
    starts_on = DateField(
        label=_("First day"),
        help_text=_("For example, 1 9 2026"),
        error_messages={"required": _("Enter the first day, like 1 9 2026")},
    )
    ends_on = DateField(
        label=_("Last day"),
        help_text=_("For example, 24 11 2026"),
        error_messages={"required": _("Enter the last day, like 24 11 2026")},
    )

    def clean(self):
        first, last = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first day. Change one of them."))


class EditProgrammeForm(AddProgrammeForm):
    submit_label = _("Save")
