"""Things to bring, the note of a meeting, and how many can come."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.forms.meeting import CapacityField
from peersupport.forms import PageForm, RadiosField


class AddBringItemForm(PageForm):
    submit_label = _("Add it to the list")
    what = forms.CharField(
        label=_("Something to bring or to do"),
        max_length=120,
        error_messages={"required": _("Enter what there is to bring or to do")},
    )


class EditNoteForm(PageForm):
    submit_label = _("Save the note")
    text = forms.CharField(
        label=_("What did you decide, and what comes next?"),
        help_text=_("Decisions and next steps only. Nothing about anyone's health or what they told the group."),
        required=False,
        max_length=5000,
        widget=forms.Textarea({"rows": 10}),
    )
    base = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EditCapacityForm(PageForm):
    THIS, SERIES = "this", "series"

    submit_label = _("Save")
    capacity = CapacityField(
        label=_("How many people can come?"), help_text=_("Leave this empty if there is room for everyone.")
    )
    scope = RadiosField(
        label=_("For which meetings?"),
        choices=[(THIS, _("Only this one")), (SERIES, _("All that are still ahead"))],
        initial=THIS,
        error_messages={"required": _("Choose for which meetings")},
    )

    def __init__(self, *args, has_series, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_series:
            del self.fields["scope"]

    @property
    def is_for_series(self):
        return self.cleaned_data.get("scope") == self.SERIES
