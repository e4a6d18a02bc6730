"""Forms about a person's own account."""

from allauth.account.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignUpForm(SignupForm):
    preferred_name = forms.CharField(
        label=_("Name you like to be called"),
        help_text=_("Your group will see this name. A first name is enough."),
        max_length=80,
        error_messages={"required": _("Enter the name you like to be called")},
    )
    field_order = ["preferred_name", "email", "password1"]
