"""Forms about a person's own account."""

import zoneinfo

from allauth.account.forms import SignupForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from members.sign_in_forms import PASSWORD_HINT, Plainly
from peersupport.forms import PageForm

NAME_HINT = _("Your group will see this name. A first name is enough.")
NAME_MISSING = _("Enter the name you like to be called")


class SignUpForm(Plainly, SignupForm):
    words = {"password1": (_("Password, if you want one"), PASSWORD_HINT, "")}
    preferred_name = forms.CharField(
        label=_("Name you like to be called"),
        help_text=NAME_HINT,
        max_length=80,
        error_messages={"required": NAME_MISSING},
    )
    field_order = ["preferred_name", "email", "password1"]


class EditProfileForm(PageForm):
    preferred_name = forms.CharField(
        label=_("Name you like to be called"),
        help_text=NAME_HINT,
        max_length=80,
        error_messages={"required": NAME_MISSING},
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("We show times and send reminders by this clock."))
    language = forms.ChoiceField(label=_("Language"), help_text=_("Of our pages and of what we send you."))
    submit_label = _("Save")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) > 1:
            self.fields["language"].choices = settings.LANGUAGES
        else:
            del self.fields["language"]
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in time_zones()]


def time_zones():
    """Names of places people live by, without the technical aliases."""
    areas = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return sorted(name for name in zoneinfo.available_timezones() if name.startswith(areas))
