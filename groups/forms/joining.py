"""Asking to join, answering, and saying no to an invitation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, PageForm, YesNoField


class JoinRequestForm(PageForm):
    submit_label = _("Ask to join")
    note = forms.CharField(
        label=_("A few words to the group (if you like)"),
        help_text=_("Those who look after the group read them. Leave out what you would rather say in person."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )


class AnswerJoinRequestForm(PageForm):
    submit_label = _("Send the answer")
    accepts = YesNoField(label=_("Can they join?"), error_messages={"required": _("Choose yes or no")})
    note = forms.CharField(
        label=_("A kind note (if you like)"),
        help_text=_("They get it with the answer."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )


class DeclineInvitationForm(PageForm):
    submit_label = _("No, thank you")
    reason = forms.CharField(
        label=_("Why? (only if you like)"),
        help_text=_("Nobody in the group sees this. It helps to learn what keeps people from coming."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class EditMembershipForm(PageForm):
    """What a member allows and how they usually take part; none of it is asked for."""

    CHOICES = (
        ("usually_comes", _("I usually come")),
        ("shows_answer", _("Others in the group may see when I come")),
        ("greeter_may_know", _("The greeter may know that I am new")),
    )
    HINTS = {
        "usually_comes": _("New meetings count you as coming. You can say otherwise for each one."),
        "shows_answer": _("Someone new then knows who will be there. If not, only role holders see your answer."),
        "greeter_may_know": _("They look out for you at your first meeting."),
    }

    submit_label = _("Save")
    parts = CheckboxesField(label=_("What fits you?"), choices=CHOICES, hints=HINTS, required=False)

    def leaves(self) -> dict[str, bool]:
        """Each field of the membership with yes or no."""
        return {name: name in self.cleaned_data["parts"] for name, _label in self.CHOICES}
