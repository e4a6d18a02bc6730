"""Planning what a study asks, and putting in what was said on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import Administration, Event, Response
from evaluation.models.questionnaire import FEWEST_DAYS, MOST_DAYS, USUAL_DAYS
from evaluation.services.administration import Said
from peersupport.forms import CheckboxesField, PageForm, RadiosField
from peersupport.instruments.catalogue import all_instruments
from peersupport.instruments.definition import Instrument, Item

NOT_CHOSEN = _("Choose what is on the paper, or why there is no answer")
Missing, Mode = Response.Missing, Administration.Mode
#: What somebody at a desk can know. That consent was taken back is written down elsewhere.
REASONS = (Missing.SKIPPED, Missing.PREFER_NOT, Missing.NOT_APPLICABLE, Missing.NOT_ASKED)


class PlanQuestionnairesForm(PageForm):
    """For each instrument the events at which it is asked; gives `chosen` as the service takes it."""

    window_days = forms.IntegerField(
        label=_("How many days may they take?"),
        help_text=_("They are reminded after a week, and two days before the end."),
        min_value=FEWEST_DAYS,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
        error_messages={"required": _("Enter how many days they may take, like 14")},
    )
    submit_label = _("Save the plan")

    def __init__(self, *args, **kwargs):
        self.base_fields = dict(self.base_fields)
        for instrument in all_instruments():
            self.base_fields[f"asks_{instrument.code}"] = CheckboxesField(
                label=instrument.name, help_text=instrument.licence, choices=Event.choices, required=False
            )
        super().__init__(*args, **kwargs)

    @property
    def chosen(self) -> dict[str, list[Event]]:
        return {
            name.removeprefix("asks_"): [Event(event) for event in events]
            for name, events in self.cleaned_data.items()
            if name.startswith("asks_")
        }


class EnterAnswersForm(PageForm):
    """Each question with its answers, and the reasons for having none; gives `answers` as the service takes them."""

    def __init__(self, *args, instrument: Instrument, known: dict[str, Said] | None = None, **kwargs):
        initial = {_field(code): _choice(said) for code, said in (known or {}).items()}
        super().__init__(*args, initial=initial, **kwargs)
        self.instrument = instrument
        for item in instrument.items:
            self.fields[_field(item.code)] = forms.ChoiceField(
                label=str(item.text),
                choices=[("", _("Choose")), *_choices(item)],
                error_messages={"required": NOT_CHOSEN, "invalid_choice": NOT_CHOSEN},
            )
        self.order_fields([_field(item.code) for item in instrument.items])

    @property
    def answers(self) -> dict[str, Said]:
        return {item.code: _said(self.cleaned_data[_field(item.code)]) for item in self.instrument.items}


class EnterAdministrationForm(EnterAnswersForm):
    mode = RadiosField(
        label=_("How did they answer?"),
        choices=[(mode.value, mode.label) for mode in (Mode.PAPER, Mode.VOICE)],
        error_messages={"required": _("Choose how they answered")},
    )
    submit_label = _("Save their answers")


class CorrectAdministrationForm(EnterAnswersForm):
    reason = forms.CharField(
        label=_("Why do you change it?"),
        help_text=_("What stood there before is kept with it."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Enter why you change it")},
    )
    submit_label = _("Save what is right")


def _field(code: str) -> str:
    """Apart from the form's own names: a deployer's item may be called "reason"."""
    return f"item_{code}"


def _choices(item: Item):
    numbers = [(_choice(Said(answer.value)), _label(item, answer)) for answer in item.answers]
    return [*numbers, *((_choice(Said(missing=reason)), reason.label) for reason in REASONS)]


def _label(item, answer):
    return str(answer.label) if item.is_scale else f"{answer.value}: {answer.label}"


def _choice(said: Said) -> str:
    return said.missing or f"value_{said.value}"


def _said(choice: str) -> Said:
    if choice.startswith("value_"):
        return Said(value=int(choice.removeprefix("value_")))
    return Said(missing=choice)
