"""Beginning an interview, and what is written down in it."""

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from evaluation.models import TalkEntry, TopicGuide, TopicPrompt
from peersupport.forms import PageForm
from peersupport.forms.page import TOO_LONG

Kind = TalkEntry.Kind
#: A tablet may have had no connection for this long.
LONGEST_AGO = 7 * 24 * 3600
#: Validators and not `max_length`, which would count characters below a box that is for quick notes.
NOT_TOO_LONG = [MaxLengthValidator(5000, TOO_LONG)]


class GuideField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        super().__init__(queryset=TopicGuide.objects.none(), **kwargs)

    def offer(self, guides):
        """`guides` in their order; nothing else can be chosen."""
        self.queryset = TopicGuide.objects.filter(pk__in=[guide.pk for guide in guides])
        self.choices = [("", self.empty_label), *((guide.pk, self.label_from_instance(guide)) for guide in guides)]

    def label_from_instance(self, guide):
        return _("%(audience)s, version %(number)s") % {"audience": guide.audience, "number": guide.version}


class StartTalkForm(PageForm):
    has_agreed = forms.BooleanField(
        label=_("I have just asked again, and they agree to be interviewed now"),
        error_messages={"required": _("Ask whether they still agree, and tick the box if they do")},
    )
    topic_guide = GuideField(label=_("Which topic guide?"), empty_label=_("None"), required=False)
    submit_label = _("Start the interview")

    def __init__(self, *args, guides, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic_guide"].offer(guides)


class AddTalkEntryForm(PageForm):
    """A note or a tick, from its own small form or from the script, which adds `guid` and `seconds_ago`."""

    prompt = forms.ModelChoiceField(
        queryset=TopicPrompt.objects.none(),
        label=_("About which question?"),
        empty_label=_("None of them"),
        required=False,
    )
    text = forms.CharField(
        label=_("Note"), widget=forms.Textarea({"rows": "4"}), validators=NOT_TOO_LONG, required=False
    )
    kind = forms.ChoiceField(
        choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.CARED],
        initial=Kind.NOTE,
        widget=forms.HiddenInput,
    )
    guid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seconds_ago = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LONGEST_AGO)
    submit_label = _("Save the note")
    #: The script keeps what is typed, and what waits to be sent.
    keeps_draft = False

    def __init__(self, *args, guide, **kwargs):
        super().__init__(*args, **kwargs)
        if guide:
            self.fields["prompt"].queryset = guide.prompts.all()
        else:
            del self.fields["prompt"]

    def clean(self):
        kind, prompt = self.cleaned_data.get("kind"), self.cleaned_data.get("prompt")
        if kind == Kind.NOTE and not self.cleaned_data.get("text") and "text" not in self.errors:
            self.add_error("text", _("Enter the note"))
        if kind in (Kind.COVERED, Kind.UNCOVERED) and not prompt:
            self.add_error(None, _("Choose a question of this guide"))
        if kind == Kind.PAUSED:
            self.cleaned_data["prompt"] = None
        if kind != Kind.NOTE:
            self.cleaned_data["text"] = ""
        self.cleaned_data["seconds_ago"] = self.cleaned_data.get("seconds_ago") or 0


class PauseTalkForm(PageForm):
    text = forms.CharField(
        label=_("What did you do?"),
        help_text=_("A few words are enough: paused, had tea, went on. It becomes a part of your notes."),
        widget=forms.Textarea({"rows": "3"}),
        validators=NOT_TOO_LONG,
        error_messages={"required": _("Enter in a few words what you did")},
    )
    guid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    seconds_ago = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=LONGEST_AGO)
    submit_label = _("Save and go back to the interview")

    def clean_seconds_ago(self):
        return self.cleaned_data["seconds_ago"] or 0
