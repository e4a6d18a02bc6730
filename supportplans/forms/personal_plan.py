"""Writing a section of one's own plan, and choosing what goes on the card."""

import uuid

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, PageForm, RadiosField
from supportplans.forms.plan import EditSectionForm
from supportplans.models import PersonalPlanSection

Kind = PersonalPlanSection.Kind
ON_CARD = (Kind.FIRST_STEPS, Kind.CONTACTS, Kind.MEDICAL_HELP)


def mark_of(person):
    """What a page carries to say whose it is; it tells nobody who that is."""
    return salted_hmac("supportplans.personal_plan", str(person.pk), algorithm="sha256").hexdigest()[:32]


class EditPersonalSectionForm(EditSectionForm):
    """`revision` as in a group's plan. `sitting` is made with the page, `step` counted by its script: see the service.

    `written_by` marks whose page it is, so that words typed by one person never end up in the plan of another who
    has signed in on the same device meanwhile. `done_url` is where the script goes once Save has saved.
    """

    submit_label = _("Save")
    keeps_draft = False
    sitting = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    step = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0, max_value=1_000_000)
    written_by = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args, example, person, done_url, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _("For example: %(example)s") % {"example": example}
        self.mark, self.done_url = mark_of(person), done_url
        self.initial["written_by"] = self.mark
        for name in ("revision", "sitting", "step", "written_by"):
            # Firefox would fill in what they held before the page was loaded again.
            self.fields[name].widget.attrs["autocomplete"] = "off"

    @property
    def helper(self):
        helper = super().helper
        helper.attrs |= {"data-autosave": "", "data-done": self.done_url}
        return helper

    def clean(self):
        if not constant_time_compare(self.cleaned_data.pop("written_by", ""), self.mark):
            raise forms.ValidationError(
                _("Someone else is signed in on this device now. Nothing was saved. Copy your words if you need them.")
            )


class CardForm(PageForm):
    """Sent by GET: it changes nothing, and the address of a card can be kept."""

    submit_label = _("Show the card")
    section = CheckboxesField(
        label=_("What should be on it?"),
        choices=Kind.choices,
        is_small=True,
        error_messages={"required": _("Choose at least one")},
    )
    size = RadiosField(
        label=_("How big?"),
        choices=[("wallet", _("For your wallet")), ("fridge", _("For the fridge"))],
        hints={
            "wallet": _("Cut it out and fold it. It is then as big as a bank card."),
            "fridge": _("One page in big letters, on A4 or A5."),
        },
        error_messages={"required": _("Choose how big")},
    )

    @property
    def helper(self):
        helper = super().helper
        helper.form_method, helper.disable_csrf = "get", True
        return helper
