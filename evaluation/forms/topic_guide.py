"""Writing a topic guide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.guide_text import read_guide
from evaluation.models import Participant
from evaluation.texts import UnreadableText
from peersupport.forms import PageForm


class PublishTopicGuideForm(PageForm):
    """Gives `questions` in place of the text; what was typed stays as it was typed while it is put right."""

    kind = forms.ChoiceField(
        label=_("Who is it for?"),
        choices=[("", _("Everyone")), *Participant.Kind.choices],
        help_text=_("One for everyone is used where there is none for the kind."),
        required=False,
    )
    text = forms.CharField(
        label=_("Questions"),
        help_text=_(
            "Write each question on a line of its own. Below it you can say what to ask further: start those lines with"
            " a dash, like “-\u00a0When did that change?”. They are numbered for you."
        ),
        strip=False,
        widget=forms.Textarea({"rows": "18"}),
        error_messages={"required": _("Enter at least one question")},
    )
    submit_label = _("Publish for good")

    def clean_text(self):
        try:
            self.questions = read_guide(self.cleaned_data["text"])
        except UnreadableText as problem:
            raise forms.ValidationError(problem.sentence) from problem
        return self.cleaned_data["text"]
