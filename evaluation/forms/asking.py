"""Whether researchers may ask, and about which groups."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from peersupport.forms import PageForm, YesNoField
from peersupport.forms.choices import Checkboxes
from peersupport.spoken import spoken_date


class GroupsLeftField(forms.ModelMultipleChoiceField):
    widget = Checkboxes

    def label_from_instance(self, membership):
        return _("%(group)s, until %(day)s") % {
            "group": membership.group.name,
            "day": spoken_date(membership.ended_at, membership.group.time_zone),
        }


class EditAskingForm(PageForm):
    may_be_asked = YesNoField(
        label=_("May researchers ask you to take part in studies?"),
        choices=[("yes", _("Yes, they may ask me")), ("no", _("No, please don’t ask me"))],
        error_messages={"required": _("Choose whether researchers may ask you")},
    )
    groups_left = GroupsLeftField(
        queryset=Membership.objects.none(),
        label=_("About which groups that you are out of may they still ask you?"),
        help_text=_("Tick none, some or all. Nobody asks you about the others."),
        required=False,
    )
    submit_label = _("Save")

    def __init__(self, *args, memberships, **kwargs):
        """`memberships`: those of the person that have ended."""
        super().__init__(*args, **kwargs)
        self.fields["groups_left"].queryset = memberships
        if not memberships:
            del self.fields["groups_left"]
