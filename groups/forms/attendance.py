"""What members say before a meeting, and who came."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import RSVP, Attendance
from peersupport.forms import PageForm, RadiosField


class AnswerMeetingForm(forms.Form):
    """One tap; the buttons carry the answer."""

    answer = forms.ChoiceField(choices=RSVP.Answer.choices)


class RecordAttendanceForm(PageForm):
    """One question for each member. What is written down stands; for the rest `default`, until someone says so."""

    submit_label = _("Save")

    def __init__(self, *args, memberships, standing, default=Attendance.Outcome.NOT_KNOWN, **kwargs):
        super().__init__(*args, **kwargs)
        self.memberships = {f"membership_{membership.pk}": membership for membership in memberships}
        for name, membership in self.memberships.items():
            choose = _("Choose one for %(name)s") % {"name": membership.shown_name}
            self.fields[name] = RadiosField(
                label=membership.shown_name,
                choices=Attendance.Outcome.choices,
                initial=standing.get(membership.pk, default),
                is_inline=True,
                error_messages={"required": choose, "invalid_choice": choose},
            )

    def outcomes(self) -> dict[int, str]:
        """The outcome for each membership, by key."""
        return {membership.pk: self.cleaned_data[name] for name, membership in self.memberships.items()}
