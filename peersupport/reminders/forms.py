"""Choosing which reminders to get, and when to be left in peace."""

import base64
import re
from collections.abc import Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from django import forms
from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from peersupport.access.roles import Role
from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField, TimeField
from peersupport.reminders.channels import EMAIL, Channel
from peersupport.reminders.digest import DIGEST
from peersupport.reminders.models import Preference
from peersupport.reminders.registry import Kind, all_kinds
from peersupport.reminders.ways import read_number

#: Strict, so that whoever reads it later finds the same host in it: no name before the host, no backslash.
PUSH_ADDRESS = re.compile(r"https://(?P<host>[a-z0-9.-]+)(:443)?/[^\s\\@]*", re.ASCII)


class PreferencesForm(PageForm):
    """What each kind that can be turned off asks: whether, or how long before; and which way, if there are several."""

    submit_label = _("Save")

    def __init__(
        self,
        *args,
        roles: frozenset[Role],
        wishes: Mapping[str, Preference],
        channels: Sequence[Channel],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.kinds = offered_kinds(roles)
        self.has_ways = len(channels) > 1
        for kind in self.kinds:
            wish = wishes.get(kind.name)
            if kind.leads or not self.has_ways:
                self.fields[kind.name] = _field(kind, wish)
            if self.has_ways:
                self.fields[_ways(kind)] = _ways_field(kind, wish, channels)

    def clean(self):
        """Times without a way would be nothing; a way is asked for."""
        if not self.has_ways:
            return
        for kind in self.kinds:
            if kind.leads and self.cleaned_data.get(kind.name) and not self.cleaned_data.get(_ways(kind)):
                self.add_error(_ways(kind), _("Tick how it should reach you, or untick the times above"))

    def wanted(self) -> dict[str, bool]:
        """Whether each kind, by name, is wanted."""
        return {kind.name: bool(self.cleaned_data[self._deciding(kind)]) for kind in self.kinds}

    def leads(self) -> dict[str, list[int]]:
        """The lead times in minutes that were ticked; a kind that is turned off keeps those it had."""
        ticked = {kind.name: self.cleaned_data[kind.name] for kind in self.kinds if kind.leads}
        return {name: [int(minutes) for minutes in values] for name, values in ticked.items() if values}

    def channels(self) -> dict[str, list[str]]:
        """The ways that were ticked; empty where there is but one."""
        return {kind.name: self.cleaned_data[_ways(kind)] for kind in self.kinds} if self.has_ways else {}

    def _deciding(self, kind):
        """The name of the field that, left empty, turns a kind off."""
        return kind.name if kind.leads or not self.has_ways else _ways(kind)


class AddPhoneForm(PageForm):
    submit_label = _("Send me a code")
    number = forms.CharField(
        label=_("Your mobile number"),
        help_text=_("A UK number, for example 07700 900123. We send it a code to check that it is yours."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )

    def clean_number(self):
        number = read_number(self.cleaned_data["number"])
        if not number:
            raise forms.ValidationError(_("Enter a UK mobile number, like 07700 900123"))
        return number


class ConfirmPhoneForm(PageForm):
    submit_label = _("Confirm")
    code = forms.CharField(
        label=_("The code in our text"),
        help_text=_("Six digits. It works for 15 minutes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Enter the code in our text")},
    )
    stands_in = forms.BooleanField(label=_("Text me when an email does not get through"), required=False, initial=True)


class AddDeviceForm(forms.Form):
    """What a browser says of its push subscription. Its address may only be one of a push service that we know."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=100)
    auth = forms.CharField(max_length=50)

    def clean_endpoint(self):
        match = PUSH_ADDRESS.fullmatch(self.cleaned_data["endpoint"])
        host = match["host"] if match else ""
        if not any(host == name or host.endswith(f".{name}") for name in settings.PUSH_SERVICES):
            raise forms.ValidationError("unknown push service")
        return self.cleaned_data["endpoint"]

    def clean_p256dh(self):
        text, octets = _base64_of(self.cleaned_data["p256dh"], octets=65)
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), octets)
        except ValueError as error:
            raise forms.ValidationError("not a key") from error
        return text

    def clean_auth(self):
        return _base64_of(self.cleaned_data["auth"], octets=16)[0]


class EditStandInForm(PageForm):
    submit_label = _("Save")

    def __init__(self, *args, channels: Sequence[Channel], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["channels"] = CheckboxesField(
            label=_("When something does not get through, use instead"),
            help_text=_("Leave all empty if you would rather miss it."),
            choices=[(channel.name, channel.label) for channel in channels],
            required=False,
        )


class EditDigestForm(PageForm):
    SINGLE, WEEKLY = "single", "weekly"

    submit_label = _("Save")
    rhythm = RadiosField(
        label=_("How do you want your reminders?"),
        choices=[(SINGLE, _("Each at its own time")), (WEEKLY, _("All in one email a week"))],
        hints={WEEKLY: _("Your meetings and the goals to look back at. The first one comes straight away.")},
        reveals={WEEKLY: "weekday"},
        error_messages={"required": _("Choose how you want your reminders")},
    )
    weekday = forms.TypedChoiceField(
        label=_("On which day? It comes at 8am."),
        choices=[(str(number), name) for number, name in enumerate(map(WEEKDAYS.get, range(7)), start=1)],
        coerce=int,
        required=False,
    )

    def clean(self):
        if self.cleaned_data.get("rhythm") == self.WEEKLY and not self.cleaned_data.get("weekday"):
            self.add_error("weekday", _("Choose a day"))

    def chosen_weekday(self) -> int | None:
        """None: single reminders."""
        return self.cleaned_data["weekday"] if self.cleaned_data["rhythm"] == self.WEEKLY else None


class EditQuietTimeForm(PageForm):
    submit_label = _("Save")
    starts = TimeField(
        label=_("Quiet from (only if you want quiet hours)"),
        help_text=_("For example, 9pm. Messages wait until the quiet hours are over."),
        required=False,
    )
    ends = TimeField(label=_("Quiet until"), help_text=_("For example, 8am"), required=False)
    resumes_on = DateField(
        label=_("Pause everything until (only if you want a break)"),
        help_text=_("The day on which messages start again, for example 24 11 2026."),
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
    """What someone with these roles can choose about; first what has lead times. The digest has a page of its own."""
    kinds = [kind for kind in all_kinds() if kind.can_turn_off and kind.name != DIGEST]
    kinds = [kind for kind in kinds if not (kind.roles and kind.roles.isdisjoint(roles))]
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


def _ways(kind):
    return f"{kind.name}-ways"


def _ways_field(kind, wish, channels):
    is_wanted = wish.is_wanted if wish else True
    chosen = (wish and wish.channels) or [EMAIL]
    label = _("%(what)s: how it reaches you") % {"what": kind.label} if kind.leads else kind.label
    return CheckboxesField(
        label=label,
        choices=[(channel.name, channel.label) for channel in channels],
        initial=chosen if is_wanted or kind.leads else [],
        required=False,
    )


def _base64_of(text, octets):
    """`text` and what it stands for, if it is URL-safe base 64 of so many octets; else a ValidationError."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars="-_", validate=True)
    except ValueError as error:
        raise forms.ValidationError("not base 64") from error
    if len(raw) != octets:
        raise forms.ValidationError("not a key")
    return text, raw
