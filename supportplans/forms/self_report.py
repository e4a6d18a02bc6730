"""Choosing what to be asked about oneself, and answering one question."""

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from peersupport.forms import CheckboxesField, PageForm, RadiosField, ScaleField
from peersupport.instruments.catalogue import all_instruments
from peersupport.instruments.definition import Instrument, Item
from supportplans.models import SelfReportWish

NO_ANSWER = _("Choose an answer, or skip this question")


class EditSelfReportWishForm(PageForm):
    submit_label = _("Save")
    instruments = CheckboxesField(
        label=_("What would you like to answer?"),
        error_messages={"required": _("Choose at least one, or go back and leave it off")},
    )
    rhythm_weeks = RadiosField(
        label=_("Shall we ask you?"),
        help_text=_("We send one short message that morning. It says nothing about what is asked."),
        choices=[("", _("No, I come when I like")), *SelfReportWish.Rhythm.choices],
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field, instruments = self.fields["instruments"], all_instruments()
        field.choices = [(instrument.code, instrument.plain_name) for instrument in instruments]
        field.widget.hints = {instrument.code: _hint(instrument) for instrument in instruments}

    def clean_rhythm_weeks(self):
        weeks = self.cleaned_data["rhythm_weeks"]
        return int(weeks) if weeks else None


class AnswerItemForm(PageForm):
    """One question in its exact words. `stem` is what stands before it, where several questions share a beginning."""

    submit_label = _("Next")
    #: Skipping posts this form too, so that a choice made before and not sent is not offered again.
    form_id = "answer-form"

    def __init__(self, *args, item: Item, stem, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"] = _answer_field(item, stem)

    @property
    def helper(self):
        helper = super().helper
        helper.form_id = self.form_id
        return helper

    def clean_answer(self):
        return int(self.cleaned_data["answer"])


def _answer_field(item, stem):
    said = {
        "label": format_html('<span class="app-stem">{}</span> {}', stem, item.text) if stem else item.text,
        "error_messages": {"required": NO_ANSWER, "invalid_choice": NO_ANSWER},
    }
    if item.is_scale:
        field = ScaleField(low_label=item.low, high_label=item.high, **said)
        # Not every scale goes from 0 to 10: a deployer's own may end at 6.
        field.choices = [(str(value), str(value)) for value in item.values]
        return field
    return RadiosField(choices=[(str(answer.value), answer.label) for answer in item.answers], **said)


def _hint(instrument: Instrument) -> str:
    number = len(instrument.items)
    length = ngettext("%(number)d question", "%(number)d questions", number) % {"number": number}
    minutes = ngettext("about %(minutes)d minute", "about %(minutes)d minutes", instrument.minutes)
    return f"{instrument.asks} {length}, {minutes % {'minutes': instrument.minutes}}."
