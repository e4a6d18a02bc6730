"""Choosing which reminders to get, and when to be left in peace."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.access.roles import Role
from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField, TimeField
from peersupport.reminders.models import Preference
from peersupport.reminders.registry import Kind, all_kinds


class PreferencesForm(PageForm):
    """One tick box for each kind that can be turned off, or for each of its lead times."""

    submit_label = _("Save")

    def __init__(self, *args, roles: frozenset[Role], wishes: Mapping[str, Preference], **kwargs):
        super().__init__(*args, **kwargs)
        self.kinds = offered_kinds(roles)
        for kind in self.kinds:
            self.fields[kind.name] = _field(kind, wishes.get(kind.name))

    def wanted(self) -> dict[str, bool]:
        """Whether each kind, by name, is wanted."""
        return {kind.name: bool(self.cleaned_data[kind.name]) for kind in self.kinds}

    def leads(self) -> dict[str, list[int]]:
        """The lead times in minutes that were ticked; a kind that is turned off keeps those it had."""
        ticked = {kind.name: self.cleaned_data[kind.name] for kind in self.kinds if kind.leads}
        return {name: [int(minutes) for minutes in values] for name, values in ticked.items() if values}


class EditQuietTimeForm(PageForm):
    submit_label = _("Save")
    starts = TimeField(
        label=_("Quiet from (only if you want quiet hours)"),
        help_text=_("For example, 9pm. Emails wait until the quiet hours are over."),
        required=False,
    )
    ends = TimeField(label=_("Quiet until"), help_text=_("For example, 8am"), required=False)
    resumes_on = DateField(
        label=_("Pause everything until (only if you want a break)"),
        help_text=_("The day on which emails start again, for example 24 11 2026."),
        required=False,
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_resumes_on(self):
        resumes_on = self.cleaned_data["resumes_on"]
        if resumes_on and resumes_on <= self.today:
            raise forms.ValidationError(_("This day is not ahead. Enter a later day, or leave it empty."))
        return resumes_on

    def clean(self):
        starts, ends = self.cleaned_data.get("starts"), self.cleaned_data.get("ends")
        if starts and not ends and "ends" not in self.errors:
            self.add_error("ends", _("Enter when the quiet hours end, like 8am"))
        elif ends and not starts and "starts" not in self.errors:
            self.add_error("starts", _("Enter when the quiet hours begin, like 9pm"))
        elif starts and starts == ends:
            self.add_error("ends", _("This is when they begin. Enter another time, or pause everything instead."))


class SettleMessageForm(PageForm):
    AGAIN, DROP = "again", "drop"

    submit_label = _("Save")
    what = RadiosField(
        label=_("What should become of it?"),
        choices=[(AGAIN, _("Try again now")), (DROP, _("Drop it"))],
        hints={
            AGAIN: _("When what stood in its way is mended."),
            DROP: _("It is never sent. Whoever was to get it hears nothing."),
        },
        error_messages={"required": _("Choose what should become of it")},
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("It is kept with the message. No names and no addresses."),
        max_length=120,
        error_messages={"required": _("Enter why")},
    )

    @property
    def tries_again(self):
        return self.cleaned_data.get("what") == self.AGAIN


def offered_kinds(roles: frozenset[Role]) -> list[Kind]:
    """What someone with these roles can choose about; first what has lead times."""
    kinds = [kind for kind in all_kinds() if kind.can_turn_off and not (kind.roles and kind.roles.isdisjoint(roles))]
    return sorted(kinds, key=lambda kind: not kind.leads)


def _field(kind, wish):
    is_wanted = wish.is_wanted if wish else True
    if not kind.leads:
        return forms.BooleanField(label=kind.label, required=False, initial=is_wanted)
    chosen = (wish and wish.lead_minutes) or kind.usual_leads
    return CheckboxesField(
        label=kind.label,
        choices=[(str(minutes), words) for minutes, words in kind.leads.items()],
        initial=[str(minutes) for minutes in chosen] if is_wanted else [],
        required=False,
    )
