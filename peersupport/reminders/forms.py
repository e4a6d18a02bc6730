"""Choosing which reminders to get."""

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import PageForm
from peersupport.reminders.registry import all_kinds


class PreferencesForm(PageForm):
    """One tick box for each kind that can be turned off."""

    submit_label = _("Save")

    def __init__(self, *args, turned_off=frozenset(), **kwargs):
        super().__init__(*args, **kwargs)
        for kind in offered_kinds():
            self.fields[kind.name] = forms.BooleanField(
                label=kind.label, required=False, initial=kind.name not in turned_off
            )

    def wanted(self) -> dict[str, bool]:
        """Whether each kind, by name, is wanted."""
        return {kind.name: self.cleaned_data[kind.name] for kind in offered_kinds()}


def offered_kinds():
    return [kind for kind in all_kinds() if kind.can_turn_off]
