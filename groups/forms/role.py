"""Asking people to take on roles, and handing roles over."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import RoleTerm
from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField

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


class EditRoleForm(PageForm):
    submit_label = _("Save")
    ends_on = DateField(
        label=_("Until when? (only if you know)"),
        help_text=_("For example, 24 11 2027. Nothing ends by itself: the day is a reminder to talk about it."),
        required=False,
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ends_on(self):
        ends_on = self.cleaned_data["ends_on"]
        if ends_on and ends_on < self.today:
            raise forms.ValidationError(_("This day is past. Enter today or a later day."))
        return ends_on


class AskMemberForm(PageForm):
    """Which member is asked, of `memberships`."""

    membership = PersonChoice(
        label=_("Who do you want to ask?"),
        queryset=None,
        empty_label=_("Choose a member"),
        error_messages={"required": _("Choose a member")},
    )

    def __init__(self, *args, memberships, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["membership"].queryset = memberships


class OfferRoleForm(AskMemberForm, EditRoleForm):
    submit_label = _("Ask them")
    role = RadiosField(
        label=_("Which role?"),
        choices=RoleTerm.group_roles,
        hints=ROLE_HINTS,
        error_messages={"required": _("Choose a role")},
    )

    # The day comes last: who and what matter more.
    field_order = ("membership", "role", "ends_on")

    def role_details(self):
        """What the service that offers a role takes, besides the person."""
        return {name: self.cleaned_data[name] for name in ("role", "ends_on")}


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
        # With one deputy there is nothing to choose: two taps and it is done.
        if len(deputies) == 1:
            self.fields["deputy"].initial = deputies[0]
            self.fields["deputy"].empty_label = None


class HandOverAllForm(HandOverRoleForm):
    submit_label = _("Hand everything over")
    rest = CheckboxesField(
        label=_("Do you want a break as well?"),
        choices=[("break", _("Yes, send me no reminders until I come back"))],
        required=False,
    )

    @property
    def takes_break(self):
        return bool(self.cleaned_data["rest"])


class AskToTakeOverForm(AskMemberForm):
    submit_label = _("Ask them to take over")


class ShareOutRolesForm(PageForm):
    """Who might do what; everything may stay open. Choices are members ("m7") and open invitations ("i9")."""

    submit_label = _("Save and continue")

    def __init__(self, *args, memberships, invitations, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = {f"m{membership.pk}": membership for membership in memberships}
        names = [(key, membership.shown_name) for key, membership in self.rows.items()]
        for invitation in invitations:
            self.rows[f"i{invitation.pk}"] = invitation
            names.append((f"i{invitation.pk}", invitation.name or invitation.email))
        for role, label in RoleTerm.group_roles():
            self.fields[role] = forms.ChoiceField(
                label=label,
                help_text=ROLE_HINTS[role],
                choices=[("", _("Later")), *names],
                required=False,
                error_messages={"invalid_choice": _("Choose one of the answers")},
            )

    def clean(self):
        chosen = [key for key in self.cleaned_data.values() if key.startswith("i")]
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError(
                _("Someone who has not joined yet can be asked for one role. Choose somebody else for the other.")
            )

    def chosen(self):
        """Role to the membership or invitation that was chosen for it."""
        return {role: self.rows[key] for role, key in self.cleaned_data.items() if key}
