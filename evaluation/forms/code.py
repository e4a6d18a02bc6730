"""The code book: adding and changing a code, and what it is merged into or stands below."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation import codebook
from evaluation.codebook import UnreadableCodebook
from evaluation.codebook.entry import LONGEST_NAME, plain
from evaluation.models import Code
from peersupport.forms import PageForm, RadiosField


class CodeField(forms.ModelChoiceField):
    """One of the codes in use, each named with those above it."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Code.objects.none(), **kwargs)

    def offer(self, branches):
        labels = {branch.code.pk: branch.label for branch in branches}
        self.queryset = Code.objects.filter(pk__in=labels)
        self.choices = [("", self.empty_label), *labels.items()]


class EditCodeForm(PageForm):
    name = forms.CharField(
        label=_("Name"), max_length=LONGEST_NAME, error_messages={"required": _("Enter a name for the code")}
    )
    definition = forms.CharField(
        label=_("What it means"),
        help_text=_("Say when to use it and when not to."),
        widget=forms.Textarea,
        required=False,
    )
    colour = RadiosField(
        label=_("How it is drawn"),
        choices=Code.Colour.choices,
        is_small=True,
        error_messages={"required": _("Choose how the code is drawn")},
    )
    submit_label = _("Save the code")

    def clean_name(self):
        return plain(self.cleaned_data["name"])

    def clean_colour(self):
        return int(self.cleaned_data["colour"])


class AddCodeForm(EditCodeForm):
    parent = CodeField(label=_("Stands below"), empty_label=_("Nothing: at the top"), required=False)
    field_order = ["name", "definition", "parent", "colour"]

    def __init__(self, *args, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(branches)


class MoveCodeForm(PageForm):
    parent = CodeField(label=_("Where does it stand?"), empty_label=_("At the top"), required=False)
    submit_label = _("Move it there")

    def __init__(self, *args, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer(branches)


class MergeCodeForm(PageForm):
    into = CodeField(
        label=_("Which code takes it in?"),
        empty_label=_("Choose a code"),
        error_messages={"required": _("Choose the code that takes it in")},
    )
    submit_label = _("Merge them")

    def __init__(self, *args, branches, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].offer(branches)


class EndCodeForm(PageForm):
    submit_label = _("End this code")


class ImportCodebookForm(PageForm):
    """Gives `entries`, parents first."""

    file = forms.FileField(
        label=_("A file with codes"),
        help_text=_("A code book (.qdc) from another program, or a table (.csv) with name, definition and parent."),
        widget=forms.FileInput({"accept": ".qdc,.csv"}),
        error_messages={"required": _("Choose the file that holds the codes"), "empty": codebook.entry.EMPTY},
    )
    submit_label = _("Add these codes")

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > codebook.MOST_BYTES:
            raise forms.ValidationError(_("This is over 1 MB, more than any code book. Check the file."))
        try:
            return codebook.read(upload.read())
        except UnreadableCodebook as problem:
            raise forms.ValidationError(problem.sentence) from problem
