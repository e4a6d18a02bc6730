"""The form on a page: one main button, perhaps a way out beside it, and errors that say what to do."""

from itertools import chain

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.forms.utils import pretty_name
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from peersupport.forms.choices import revealed_names

TOO_LONG = ngettext_lazy(
    "Use %(limit_value)d character or fewer. You have used %(show_value)d.",
    "Use %(limit_value)d characters or fewer. You have used %(show_value)d.",
    "limit_value",
)
CHOOSE = _("Choose one of the answers")

# Kind of field, code, message: what stands wherever a form has no words of its own.
PLAIN_MESSAGES = (
    (forms.Field, "max_length", TOO_LONG),
    (forms.Field, "min_value", _("Enter a number that is %(limit_value)s or more")),
    (forms.Field, "max_value", _("Enter a number that is %(limit_value)s or less")),
    (
        forms.EmailField,
        "invalid",
        _("Enter an email address in the right format, like name@example.com"),
    ),
    (forms.IntegerField, "invalid", _("Enter a whole number, like 4")),
    (forms.DecimalField, "invalid", _("Enter a number, like 4 or 4.5")),
    (
        forms.URLField,
        "invalid",
        _("Enter a web address in full, like https://example.org"),
    ),
    (forms.ChoiceField, "invalid_choice", CHOOSE),
    (forms.ModelChoiceField, "invalid_choice", CHOOSE),
)


class PageFormMixin:
    """Renders with `{% crispy form %}`: our button, no browser bubbles, no placeholder, no silent cut at a length.

    `submit_label` is the main button; `cancel_url` (given by the view) adds a plain link beside it. It is sent to the
    page's own address, or to `action_url` where the page may be shown at another. Fields stand in their own order;
    `layout_fields` is the place to group them. What is typed survives a session that runs out (static/js/drafts.js),
    unless `keeps_draft` is off: for codes, and for forms that save themselves.
    """

    submit_label = _("Save and continue")
    cancel_label = _("Cancel")
    use_required_attribute = False
    keeps_draft = True

    def __init__(self, *args, cancel_url="", action_url="", submit_label=None, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.cancel_url, self.action_url = cancel_url, action_url
        self.submit_label = submit_label or self.submit_label
        for name, field in self.fields.items():
            _speak_plainly(field, field.label or pretty_name(name))
            _plain_widget(field.widget)

    @property
    def helper(self):
        helper = FormHelper()
        draft = {"data-draft": "typed" if self.is_bound else ""} if self.keeps_draft else {}
        helper.attrs = {"novalidate": True} | draft
        helper.layout = Layout(*self.layout_fields())
        helper.add_input(Submit("", self.submit_label))
        helper.form_action = self.action_url
        helper.cancel_url = self.cancel_url
        helper.cancel_label = self.cancel_label
        return helper

    def layout_fields(self):
        """The fields in order, without those that a choice reveals: they stand inside their choice."""
        by_choice = [names for field in self.fields.values() for names in revealed_names(field.widget).values()]
        revealed = set(chain.from_iterable(by_choice))
        return [name for name in self.fields if name not in revealed]

    def _widget_data_value(self, widget, html_name):
        """Browsers post a line break as two characters; here it counts as one, as it does in the character count."""
        value = super()._widget_data_value(widget, html_name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class PageForm(PageFormMixin, forms.Form):
    """See PageFormMixin."""


class PageModelForm(PageFormMixin, forms.ModelForm):
    """See PageFormMixin."""


def _speak_plainly(field, label):
    """Put plain words where the form has set none itself."""
    messages = field.error_messages
    if messages["required"] == forms.Field.default_error_messages["required"]:
        messages["required"] = _("Answer this: %(question)s") % {"question": label}
    for kind, code, message in PLAIN_MESSAGES:
        if isinstance(field, kind) and messages.get(code) == kind.default_error_messages.get(code):
            messages[code] = message


def _plain_widget(widget):
    """A number is typed, not spun; nothing that is pasted gets cut off without a word."""
    for attribute in ("maxlength", "minlength", "placeholder", "cols"):
        widget.attrs.pop(attribute, None)
    if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
        widget.attrs["rows"] = "5"
    elif isinstance(widget, forms.NumberInput):
        widget.input_type = "text"
        widget.attrs["inputmode"] = "numeric"
