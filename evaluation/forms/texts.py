"""Texts, pasted or from a file, in the form that studies keep them in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation import texts, transcripts
from evaluation.texts import UnreadableText
from peersupport.forms import PageForm


class TextField(forms.CharField):
    """Gives the canonical text; see evaluation/texts.py. What is typed stays as it was typed while it is corrected."""

    widget = forms.Textarea

    def __init__(self, **kwargs):
        super().__init__(strip=False, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        if not value or not value.strip():
            return ""
        try:
            return texts.canonical(value)
        except UnreadableText as problem:
            raise forms.ValidationError(problem.sentence) from problem


class AddTextForm(PageForm):
    """A text, pasted. The same text again is pointed out by the view, through `add_error`."""

    text = TextField(
        label=_("Text"),
        widget=forms.Textarea({"rows": "16"}),
        error_messages={"required": _("Enter the text")},
    )
    submit_label = _("Save this version")


class AddTranscriptForm(PageForm):
    """Pasted, or read from a file: plain text, Word or captions.

    What a file held is shown in the box while something is put right.
    """

    file = forms.FileField(
        label=_("A file"),
        help_text=_("Plain text (.txt), Word (.docx), or captions from Teams or Zoom (.vtt). Only its words are kept."),
        required=False,
        widget=forms.FileInput({"accept": ".txt,.docx,.vtt"}),
        error_messages={"empty": texts.EMPTY},
    )
    text = TextField(label=_("Or paste the transcript"), required=False, widget=forms.Textarea({"rows": "16"}))
    submit_label = _("Save the transcript")

    def clean_file(self):
        upload = self.cleaned_data["file"]
        try:
            return transcripts.read(upload.read(transcripts.MOST_FILE_BYTES + 1)) if upload else ""
        except UnreadableText as problem:
            raise forms.ValidationError(problem.sentence) from problem

    def clean(self):
        read, pasted = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if self.errors:
            return
        if read and pasted and read != pasted:
            self.add_error("text", _("You chose a file and pasted a text. Keep one of the two."))
        elif not (read or pasted):
            self.add_error("file", _("Choose a file, or paste the transcript below"))
        elif read:
            self.cleaned_data["text"] = read
            self.data = self.data.copy()
            self.data[self.add_prefix("text")] = read
