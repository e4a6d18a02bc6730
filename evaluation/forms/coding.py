"""Coding a stretch of a text: from the desk by its place, or by pasting its words."""

import uuid

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from evaluation.forms.code import CodeField
from evaluation.models import Code
from evaluation.passages import MOST_PLACES, places_of
from peersupport.forms import PageForm, RadiosField

#: What PostgreSQL keeps in a positive integer.
LARGEST = 2**31 - 1
#: More than anybody codes at once; looking for it would only take time.
LONGEST_QUOTE = 20_000
NOT_THERE = _("These words are not in the text. Copy them from the text, then paste them here.")
TOO_OFTEN = _("These words come too often. Paste more of what stands around them.")


class SendCodingForm(forms.Form):
    """What the script of the desk sends. A code that was ended or merged meanwhile is for the service to judge."""

    code = forms.ModelChoiceField(Code.objects.none())
    start = forms.IntegerField(min_value=0, max_value=LARGEST)
    end = forms.IntegerField(min_value=1, max_value=LARGEST)
    guid = forms.UUIDField()

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].queryset = Code.objects.filter(study=study).select_related("merged_into")


class AddCodingForm(PageForm):
    """Gives `start` and `end` of the pasted words. Which of several places is meant is asked once that is known."""

    quote = forms.CharField(
        label=_("Words from the text"),
        help_text=_("Copy them from the text and paste them here."),
        widget=forms.Textarea,
        max_length=LONGEST_QUOTE,
        error_messages={"required": _("Paste the words to code")},
    )
    place = RadiosField(label=_("Which of these do you mean?"), choices=(), required=False)
    code = CodeField(label=_("Code"), empty_label=_("Choose a code"), error_messages={"required": _("Choose a code")})
    guid = forms.UUIDField(widget=forms.HiddenInput)
    submit_label = _("Code these words")

    def __init__(self, *args, text, branches, **kwargs):
        super().__init__(*args, initial={"guid": uuid.uuid4()}, **kwargs)
        self.fields["code"].offer(branches)
        quote = self.data.get(self.add_prefix("quote"), "") if self.is_bound else ""
        self.places = places_of(text, quote) if len(quote) <= LONGEST_QUOTE else []
        if 1 < len(self.places) <= MOST_PLACES:
            self.fields["place"].choices = [(str(one.start), _in_its_line(one)) for one in self.places]
        else:
            del self.fields["place"]

    def clean(self):
        if "quote" not in self.cleaned_data:
            return
        chosen = [one for one in self.places if str(one.start) == self.cleaned_data.get("place")] or self.places
        if not chosen:
            self.add_error("quote", NOT_THERE)
        elif len(self.places) > MOST_PLACES:
            self.add_error("quote", TOO_OFTEN)
        elif len(chosen) > 1:
            self.add_error("place", _stand_often(len(chosen)))
        else:
            self.cleaned_data |= {"start": chosen[0].start, "end": chosen[0].end}


def _stand_often(number):
    return ngettext(
        "These words stand in the text %(number)s time. Choose the place you mean.",
        "These words stand in the text %(number)s times. Choose the place you mean.",
        number,
    ) % {"number": number}


def _in_its_line(one):
    quote = Truncator(one.quote).chars(60)
    return f"{one.before[-40:].rpartition(chr(10))[2]}[{quote}]{one.after[:40].partition(chr(10))[0]}"
