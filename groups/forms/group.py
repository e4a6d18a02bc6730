"""What a group is: asked when it starts and whenever it changes; and where it goes from there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.forms.venue import VenueChoice
from groups.models import SupportGroup
from members.forms import time_zones
from peersupport.forms import PageForm, RadiosField

JOIN_HINTS = {
    SupportGroup.JoinRule.CLOSED: _("You invite the people who were on it."),
    SupportGroup.JoinRule.BY_AGREEMENT: _("People find the group and ask. You say yes or no, with a few kind words."),
    SupportGroup.JoinRule.OPEN: _("People find the group and join at once. You can also hang up a sheet with a code."),
}


class StartGroupForm(VenueChoice):
    submit_label = _("Start the group")
    name = forms.CharField(
        label=_("What is the group called?"),
        help_text=_("Members may see it on a locked phone, so leave out anything about health."),
        max_length=120,
        error_messages={"required": _("Enter what the group is called")},
    )
    about = forms.CharField(
        label=_("What is the group about?"),
        help_text=_("A few plain words. People who are invited read them too."),
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": _("Enter a few words on what the group is about")},
    )
    join_rule = RadiosField(
        label=_("Who can join?"),
        choices=SupportGroup.JoinRule.choices,
        hints=JOIN_HINTS,
        initial=SupportGroup.JoinRule.CLOSED,
        error_messages={"required": _("Choose who can join")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Meetings are by this clock."), initial="Europe/London"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in time_zones()]

    DETAILS = ("name", "about", "join_rule", "time_zone")

    def layout_fields(self):
        return ["name", "about", "join_rule", *self.venue_fields(), "time_zone"]

    def group_details(self):
        """What the services that start and edit a group take."""
        own = {name: self.cleaned_data[name] for name in self.DETAILS}
        return {**own, "venue": self.venue_chosen(), "new_venue": self.new_venue()}


class EditGroupForm(StartGroupForm):
    submit_label = _("Save")
    expectations = forms.CharField(
        label=_("What can someone expect who comes for the first time? (if you like)"),
        help_text=_("Who opens the door, how you begin, that nobody has to speak."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
    )
    language = forms.CharField(
        label=_("Language of the meetings"),
        max_length=60,
        error_messages={"required": _("Enter the language of the meetings, like English")},
    )

    online_link = forms.URLField(
        label=_("A link for people who join from home (if you meet in a place and online)"),
        help_text=_("Only the members see it."),
        required=False,
        max_length=500,
        assume_scheme="https",
    )

    DETAILS = ("name", "about", "expectations", "join_rule", "language", "time_zone")

    def layout_fields(self):
        return [
            "name",
            "about",
            "expectations",
            "join_rule",
            *self.venue_fields(),
            "online_link",
            "language",
            "time_zone",
        ]

    def group_details(self):
        """As for starting a group; the link is kept only beside a place."""
        is_place = self.cleaned_data["venue"] not in (self.ONLINE, self.LATER)
        return {**super().group_details(), "online_link": self.cleaned_data["online_link"] if is_place else ""}


class ConfirmForm(PageForm):
    """Nothing to fill in: the page says what happens, the button does it."""


class PauseGroupForm(PageForm):
    submit_label = _("Start the break")
    meetings = RadiosField(
        label=_("What about the meetings that are planned?"),
        choices=[("cancel", _("Cancel them and tell everyone")), ("keep", _("Leave them as they are"))],
        error_messages={"required": _("Choose what happens with the meetings that are planned")},
    )

    def __init__(self, *args, has_meetings, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_meetings:
            del self.fields["meetings"]

    @property
    def is_cancelling(self):
        return self.cleaned_data.get("meetings") == "cancel"


class CloseGroupForm(PageForm):
    submit_label = _("End the group")
    reason = forms.CharField(
        label=_("Why does the group end?"),
        help_text=_("The members can read this."),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Enter why the group ends")},
    )
    merged_into = forms.ModelChoiceField(
        label=_("Do its people go on in another group? (if so)"),
        help_text=_("Nobody is moved there: they are invited as anyone is. The members see its name here."),
        queryset=None,
        required=False,
        empty_label=_("No, or not known"),
    )

    def __init__(self, *args, others, **kwargs):
        """`others`: groups that can be named as the one they go on in."""
        super().__init__(*args, **kwargs)
        self.fields["merged_into"].queryset = others
        if not others:
            del self.fields["merged_into"]


class LeaveGroupForm(PageForm):
    submit_label = _("Leave the group")
    reason = forms.CharField(
        label=_("Why are you leaving? (only if you like)"),
        help_text=_("Nobody in the group sees this."),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
    researchers_may_ask = forms.BooleanField(
        label=_("Researchers may still ask me about this group"),
        help_text=_("You can change this at any time, under “Research and you”."),
        required=False,
    )
