"""Asking people to take on roles, and handing roles over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import RoleTerm
from peersupport.forms import PageForm, RadiosField

ROLE_HINTS = {
    RoleTerm.Role.CONTACT: _("People turn to the contact with questions about the group."),
    RoleTerm.Role.HOST: _("The host opens the room and sees to chairs and tea."),
    RoleTerm.Role.GREETER: _("The greeter says hello to people who come for the first time."),
    RoleTerm.Role.DEPUTY: _("A deputy steps in when the contact is unwell or wants to stop."),
}


class AppointTutorForm(PageForm):
    submit_label = _("Ask them")
    preferred_name = forms.CharField(
        label=_("Name of the patient tutor"),
        max_length=80,
        error_messages={"required": _("Enter the name of the patient tutor")},
    )
    email = forms.EmailField(
        label=_("Their email address"),
        help_text=_("We send them an email. They say yes or no themselves."),
        max_length=254,
        widget=forms.EmailInput({"class": "nhsuk-input", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter their email address")},
    )


class PersonChoice(forms.ModelChoiceField):
    """One person of a few; the queryset is of memberships or role terms."""

    def label_from_instance(self, row):
        return row.person.preferred_name


class OfferRoleForm(PageForm):
    submit_label = _("Ask them")
    membership = PersonChoice(
        label=_("Who do you want to ask?"),
        queryset=None,
        empty_label=_("Choose a member"),
        error_messages={"required": _("Choose a member")},
    )
    role = RadiosField(
        label=_("Which role?"),
        choices=[(role.value, role.label) for role in RoleTerm.Role if role in RoleTerm.OF_GROUP],
        hints=ROLE_HINTS,
        error_messages={"required": _("Choose a role")},
    )

    def __init__(self, *args, memberships, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = memberships


class HandOverRoleForm(PageForm):
    submit_label = _("Hand over")
    deputy = PersonChoice(
        label=_("Who takes over?"),
        queryset=None,
        empty_label=_("Choose a deputy"),
        error_messages={"required": _("Choose one of the group's deputies")},
    )

    def __init__(self, *args, deputies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = deputies
