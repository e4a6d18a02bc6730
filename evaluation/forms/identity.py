"""Finding out who a pseudonym is, with a second person's yes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm, YesNoField


class RequestIdentityForm(PageForm):
    reason = forms.CharField(
        label=_("Why do you need to know who this is?"),
        help_text=_("A second person reads it and says yes or no. It is kept with your name."),
        max_length=500,
        widget=forms.Textarea,
        error_messages={"required": _("Enter why you need to know who this is")},
    )
    submit_label = _("Ask a second person")


class AnswerIdentityRequestForm(PageForm):
    is_granted = YesNoField(
        label=_("May they find out who this is?"),
        help_text=_("A yes lasts seven days."),
        error_messages={"required": _("Choose yes or no")},
    )
    answer = forms.CharField(
        label=_("If not, why not?"),
        help_text=_("Whoever asked reads it."),
        max_length=500,
        required=False,
        widget=forms.Textarea,
    )
    submit_label = _("Answer")

    def clean(self):
        if self.cleaned_data.get("is_granted") is False and not self.cleaned_data.get("answer"):
            self.add_error("answer", _("Enter why not, so that they know what to do"))


class LinkAccountForm(PageForm):
    email = forms.EmailField(
        label=_("Their email address"),
        help_text=_("They sign in with it, with a code that we send them."),
        max_length=254,
        error_messages={"required": _("Enter their email address, like name@example.org")},
    )
    is_asked_for = forms.BooleanField(
        label=_("They asked for this, and told me this address themselves"),
        error_messages={"required": _("Ask them first. Then tick this.")},
    )
    submit_label = _("Link their account")

    def clean(self):
        self.cleaned_data.pop("is_asked_for", None)
