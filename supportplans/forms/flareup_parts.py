"""The rest of a flare-up, each part on a short page of its own: all of it later or never."""

import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from peersupport.forms import CheckboxesField, DateField, PageForm, RadiosField, ScaleField, YesNoField
from supportplans.forms.flareup import clean_past_day
from supportplans.models import FlareUp, FlareUpRemedy, Remedy, Trigger
from supportplans.models.flareup_words import LONGEST_WORD

#: So many of one's own words are offered to tick, the most used first.
MOST_OFFERED = 36
MOST_LINES = 20
YES_NO = [("yes", _("Yes")), ("no", _("No")), ("", _("Rather not say"))]
Kind = FlareUp.Kind


class PartForm(PageForm):
    """One part of what its owner says of a flare-up. `question` heads its page; `revision` is the one they saw."""

    submit_label = _("Save")
    question = ""
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, flareup, cancel_label=None, **kwargs):
        self.flareup = flareup
        super().__init__(*args, initial=self.initial_of(flareup) | {"revision": flareup.revision}, **kwargs)
        self.cancel_label = cancel_label or self.cancel_label

    def initial_of(self, flareup):
        return {name: getattr(flareup, name) for name in self.base_fields if name != "revision"}

    @property
    def has_questions(self):
        return len(self.fields) > 1

    @property
    def leads_to_helped(self):
        """Whether something was tried of which it can be asked whether it helped."""
        return False

    def said(self):
        """What to give to `edit_flareup`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class WhenForm(PartForm):
    question = _("When was it?")
    kind = RadiosField(
        label=_("What is it?"),
        choices=Kind.choices,
        hints={Kind.FLARE_UP: _("It lasts days."), Kind.SETBACK: _("It lasts weeks or more.")},
        error_messages={"required": _("Choose what it is. “Not sure” is fine.")},
    )
    started_on = DateField(
        label=_("When did it start?"),
        help_text=_("A guess is fine."),
        error_messages={"required": _("Enter the day it started, like 24 11 2026")},
    )
    is_start_approximate = forms.BooleanField(label=_("This day is a guess"), required=False)
    ended_on = DateField(
        label=_("When did it end? (if you know)"),
        help_text=_("Leave this empty while it goes on, or if you don't know."),
        required=False,
    )

    def clean_started_on(self):
        return clean_past_day(self.cleaned_data["started_on"])

    def clean_ended_on(self):
        return clean_past_day(self.cleaned_data["ended_on"])

    def clean(self):
        started_on, ended_on = self.cleaned_data.get("started_on"), self.cleaned_data.get("ended_on")
        if started_on and ended_on and ended_on < started_on:
            self.add_error("ended_on", _("It can't end before it starts. Change one of the two days."))


class OwnWordsField(CheckboxesField):
    """Any of one's own words: ticking one that was written on another page meanwhile is fine too."""

    def valid_value(self, value):
        return is_word(value)


class WordsForm(PartForm):
    """Tick earlier words, add new ones: a line each."""

    relation, model = "", None
    _own = None
    words = OwnWordsField(label="", required=False, is_small=True)
    more = forms.CharField(
        label=_("Anything else?"),
        help_text=_("One on each line. Next time you can just tick it."),
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, flareup, **kwargs):
        super().__init__(*args, flareup=flareup, **kwargs)
        # Read only where the page is shown: what is sent needs no list.
        self.fields["words"].choices = self.offered if self.is_bound else (offered := self.offered())
        self.fields["words"].label = _("Tick what fits")
        if not (self.is_bound or offered):
            del self.fields["words"]
            self.fields["more"].label = _("In your own words")

    def initial_of(self, flareup):
        return {"words": self.own}

    def own(self):
        if self._own is None:
            self._own = list(getattr(self.flareup, self.relation).in_order().values_list("word__name", flat=True))
        return self._own

    def offered(self):
        """Choices: one's own words, the most used first, and whatever is ticked already."""
        words = self.model.objects.filter(person=self.flareup.person_id).most_used_first()[:MOST_OFFERED]
        ticked = [*self.own(), *(self["words"].data or [])]
        return [(name, name) for name in dict.fromkeys([*(word.name for word in words), *ticked])]

    def clean_more(self):
        lines = [line for line in map(str.strip, self.cleaned_data["more"].splitlines()) if is_visible(line)]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("That is a lot at once. Keep it to 20 lines or fewer."))
        if not all(map(is_word, lines)):
            raise forms.ValidationError(
                _("Keep each line to %(number)d letters or fewer. A few words are enough.") % {"number": LONGEST_WORD}
            )
        return lines

    def said(self):
        return {self.relation: [*self.cleaned_data.get("words", []), *self.cleaned_data["more"]]}


class TriggersForm(WordsForm):
    question = _("What set it off?")
    relation, model = "triggers", Trigger


class RemediesForm(WordsForm):
    question = _("What did you try?")
    relation, model = "remedies", Remedy

    @property
    def leads_to_helped(self):
        return bool(self.said()["remedies"])


class HelpedForm(PartForm):
    """A question for each thing tried; its field is called after its row."""

    question = _("Did it help?")

    def __init__(self, *args, flareup, **kwargs):
        super().__init__(*args, flareup=flareup, **kwargs)
        self.names = {f"helped_{use.pk}": use.word.name for use in self.uses}
        for use in self.uses:
            self.fields[f"helped_{use.pk}"] = RadiosField(
                label=use.word.name,
                choices=[*FlareUpRemedy.Helped.choices, ("", _("I can't say"))],
                initial=use.helped,
                required=False,
                is_small=True,
            )

    def initial_of(self, flareup):
        self.uses = list(flareup.remedies.in_order().select_related("word"))
        return {}

    def said(self):
        return {"helped": {name: self.cleaned_data[field] for field, name in self.names.items()}}


class HowBadForm(PartForm):
    question = _("How bad was it?")
    pain = ScaleField(
        label=_("Pain at its worst (if you like)"),
        low_label=_("No pain"),
        high_label=_("The worst there is"),
        required=False,
    )
    effect = ScaleField(
        label=_("How much it got in the way of what matters to you (if you like)"),
        low_label=_("Not at all"),
        high_label=_("Completely"),
        required=False,
    )


class HelpForm(PartForm):
    question = _("Did you get help?")
    has_used_plan = YesNoField(label=_("Did you use a plan of yours?"), choices=YES_NO, required=False)
    has_turned_to_group = YesNoField(label=_("Did you turn to your group?"), choices=YES_NO, required=False)
    contacts = CheckboxesField(
        label=_("Did you get help from any of these?"), choices=FlareUp.Contact.choices, required=False
    )

    def clean_contacts(self):
        """No tick is no answer: not the same as "no one"."""
        contacts = self.cleaned_data["contacts"]
        if FlareUp.Contact.NONE in contacts and len(contacts) > 1:
            raise forms.ValidationError(_("You ticked “No one” and someone. Leave one of them out."))
        return contacts or None


class NoteForm(PartForm):
    question = _("Anything to remember?")
    note = forms.CharField(
        label=_("In your own words"), required=False, max_length=2000, widget=forms.Textarea({"rows": 5})
    )


#: In the order in which they follow one another; the key stands in the address.
PARTS = {
    "when": WhenForm,
    "set-off": TriggersForm,
    "tried": RemediesForm,
    "helped": HelpedForm,
    "how-bad": HowBadForm,
    "help": HelpForm,
    "note": NoteForm,
}


def is_word(text):
    return len(text) <= LONGEST_WORD and is_visible(text) and "\x00" not in text and len(text.splitlines()) == 1


def is_visible(text):
    """Whether there is a letter, a number or a sign in it: not only spaces and marks that nobody sees."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)
