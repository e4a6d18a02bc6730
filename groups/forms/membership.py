"""Members without an account, and the ways in which a membership ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from peersupport.forms import PageForm, RadiosField, YesNoField


class TellerChoice(forms.ModelChoiceField):
    """The member who tells someone without an account; the queryset is of memberships."""

    def label_from_instance(self, membership):
        return membership.shown_name


class EditKeptMemberForm(PageForm):
    submit_label = _("Save")
    name = forms.CharField(
        label=_("What do they like to be called?"),
        max_length=80,
        error_messages={"required": _("Enter the name they like to be called")},
    )
    told_how = RadiosField(
        label=_("How do they hear of meetings?"),
        choices=Membership.ToldHow.choices,
        error_messages={"required": _("Choose how they hear of meetings")},
    )
    teller = TellerChoice(
        label=_("Who tells them?"),
        help_text=_("This member's emails about meetings say whom to tell."),
        queryset=None,
        empty_label=_("Choose a member"),
        error_messages={"required": _("Choose who tells them")},
    )

    def __init__(self, *args, memberships, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["teller"].queryset = memberships

    def member_details(self):
        """What the services that keep a member take."""
        own = {name: self.cleaned_data[name] for name in ("name", "told_how")}
        return {**own, "told_by": self.cleaned_data["teller"].person}


class KeepMemberForm(EditKeptMemberForm):
    submit_label = _("Add them")
    has_leave = YesNoField(
        label=_("Did they say that their name may be kept here?"),
        help_text=_(
            "Read it to them: the group sees the name, role holders note who came. They can say stop any time."
        ),
        error_messages={"required": _("Choose yes or no")},
    )

    def clean_has_leave(self):
        if not self.cleaned_data["has_leave"]:
            raise forms.ValidationError(_("Ask them first. Without their leave, don't add them."))
        return True


class RemoveMemberForm(PageForm):
    submit_label = _("Take them out of the group")
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("They are sent these words. Be plain and kind, and leave out anything about health."),
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Enter why, in words that they will read")},
    )
