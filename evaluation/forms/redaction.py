"""Deciding on one place of a text, naming words that nobody suggested, and approving the whole."""

import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.redaction.kinds import Kind
from evaluation.redaction.labels import LONGEST, marked
from peersupport.forms import PageForm

MOST_WORDS = 150


class MarkField(forms.CharField):
    """What stands in place of words. Gives it marked, [like this], with or without brackets as it was typed."""

    def __init__(self, **kwargs):
        super().__init__(
            max_length=LONGEST,
            label=_("What takes their place"),
            help_text=_("Like: sister, or venue A. It is put in brackets."),
            error_messages={"required": _("Enter what takes their place, like “sister”")},
            **kwargs,
        )

    def clean(self, value):
        plain = " ".join(unicodedata.normalize("NFC", super().clean(value)).strip("[] ").split())
        if not plain:
            raise forms.ValidationError(self.error_messages["required"])
        if "[" in plain or "]" in plain:
            raise forms.ValidationError(_("Leave brackets out. They are put around it."))
        return marked(plain)

    def prepare_value(self, value):
        return value.strip("[]") if isinstance(value, str) else value


class SettleSpanForm(PageForm):
    """The two buttons stand in the page: "replace" or "leave" comes as `decision`."""

    keeps_draft = False
    decision = forms.ChoiceField(choices=[("replace", ""), ("leave", "")], widget=forms.HiddenInput)
    start = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    offered = forms.CharField(required=False, widget=forms.HiddenInput)
    mark = MarkField(widget=forms.TextInput({"autocomplete": "off", "aria-keyshortcuts": "c", "data-shortcut": "c"}))
    kind = forms.ChoiceField(label=_("What is it?"), choices=Kind.choices)
    is_another = forms.BooleanField(label=_("This is someone or something else of the same name"), required=False)
    is_everywhere = forms.BooleanField(required=False)

    def __init__(self, *args, times=1, is_known=False, **kwargs):
        """`times`: how often the same words wait in this text. `is_known`: the study has a replacement for them."""
        super().__init__(*args, **kwargs)
        self.fields["is_everywhere"].label = _("Do the same at all %(number)s places below") % {"number": times}
        if times < 2:
            del self.fields["is_everywhere"]
        if not (is_known or self.data.get("is_another")):
            del self.fields["is_another"]
        if self.data.get("decision") == "leave":
            self.fields["mark"].required = False
            self.fields["mark"].clean = lambda value: ""

    @property
    def helper(self):
        helper = super().helper
        helper.form_tag, helper.disable_csrf, helper.inputs = False, True, []
        return helper

    def layout_fields(self):
        """`decision` is said by the button that is pressed."""
        return [name for name in self.fields if name != "decision"]


class AddWordsForm(PageForm):
    """Posts to an address of its own, from the redaction page as well."""

    keeps_draft = False
    words = forms.CharField(
        label=_("Words from the text"),
        help_text=_("As they stand there. You then decide at each place."),
        max_length=MOST_WORDS,
        widget=forms.TextInput({"autocomplete": "off", "aria-keyshortcuts": "w", "data-shortcut": "w"}),
        error_messages={"required": _("Enter the words, as they stand in the text")},
    )
    kind = forms.ChoiceField(label=_("What are they?"), choices=Kind.choices)
    mark = MarkField(widget=forms.TextInput({"autocomplete": "off"}))
    submit_label = _("Find these words")

    def __init__(self, *args, action="", **kwargs):
        super().__init__(*args, auto_id="id_words_%s", **kwargs)
        self.action = action

    @property
    def helper(self):
        helper = super().helper
        helper.form_action = self.action
        return helper

    def clean_words(self):
        return unicodedata.normalize("NFC", self.cleaned_data["words"])


class ApproveRedactionForm(PageForm):
    submit_label = _("Approve and lock")
    is_read = forms.BooleanField(
        label=_("I read it to the end, and nothing in it tells me who anyone is"),
        error_messages={"required": _("Read it to the end and tick this, or send it back")},
    )
