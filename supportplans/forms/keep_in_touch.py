"""Saying how one would like to be kept in touch with, asking someone, and proposing pairs and rounds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, PageForm, RadiosField
from supportplans.models import KeepInTouchWish


class EditWishForm(PageForm):
    submit_label = _("Save")
    ways = CheckboxesField(
        label=_("How may they get in touch with you?"),
        choices=KeepInTouchWish.Way.choices,
        error_messages={"required": _("Choose at least one way")},
    )
    reach = forms.CharField(
        label=_("How do they reach you?"),
        help_text=_("A phone number, or words. Only someone you keep in touch with sees it, once you both said yes."),
        max_length=200,
        error_messages={"required": _("Enter a phone number, or how else they can reach you")},
    )
    rhythm_weeks = RadiosField(
        label=_("How often would you like it?"),
        choices=KeepInTouchWish.Rhythm.choices,
        error_messages={"required": _("Choose how often")},
    )
    best_time = forms.CharField(
        label=_("When is a good time? (if you like)"),
        help_text=_("For example: mornings, but not before 10."),
        required=False,
        max_length=200,
    )

    def clean_rhythm_weeks(self):
        return int(self.cleaned_data["rhythm_weeks"])


class AskBuddyForm(PageForm):
    """`name` is whom it asks."""

    submit_label = _("Ask them")
    turn = RadiosField(
        label=_("Who gets in touch?"),
        initial="turns",
        error_messages={"required": _("Choose who gets in touch")},
    )

    def __init__(self, *args, name, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["turn"].choices = [
            ("turns", _("We take turns, I begin")),
            ("me", _("I do, each time")),
            ("them", _("%(name)s does, each time") % {"name": name}),
        ]


class ArrangePairsForm(PageForm):
    """`wishes` are those of the members who can be chosen; gives their memberships in the order shown."""

    submit_label = _("Ask them")
    memberships = CheckboxesField(
        label=_("Who could keep in touch?"),
        help_text=_(
            "Choose 2 for a pair who take turns. Choose 3 or more for a round: "
            "each gets in touch with the next on the list, and the last with the first."
        ),
        error_messages={"required": _("Choose at least 2 people")},
    )

    def __init__(self, *args, wishes, **kwargs):
        super().__init__(*args, **kwargs)
        self.members = {str(wish.membership_id): wish.membership for wish in wishes}
        self.fields["memberships"].choices = [(key, member.shown_name) for key, member in self.members.items()]

    def clean_memberships(self):
        chosen = set(self.cleaned_data["memberships"])
        if len(chosen) < 2:
            raise forms.ValidationError(_("Choose at least 2 people"))
        return [member for key, member in self.members.items() if key in chosen]
