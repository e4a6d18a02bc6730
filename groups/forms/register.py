"""What the register shows, and in which order."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import SupportGroup
from peersupport.forms import PageForm


class RegisterForm(PageForm):
    """All choices may stay blank; a value that isn't offered counts as none."""

    SORTS = {"name": ("name", False), "quiet": ("quiet_since", False), "newest": ("created_at", True)}

    submit_label = _("Show")
    site = forms.TypedChoiceField(label=_("Site"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("How the group stands"), required=False, choices=[("", _("All")), *SupportGroup.State.choices]
    )
    quiet = forms.ChoiceField(
        label=_("How long without a meeting"),
        required=False,
        choices=[("", _("Any")), ("yes", _("12 weeks or more, and not on a break"))],
    )
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[("name", _("Name")), ("quiet", _("Longest without a meeting first")), ("newest", _("Newest first"))],
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [("", _("All my sites")), *((site.pk, site.name) for site in sites)]

    @property
    def helper(self):
        helper = super().helper
        helper.form_method = "get"
        helper.disable_csrf = True
        return helper

    def chosen(self, name):
        return self.cleaned_data.get(name) if self.is_valid() else None

    def order(self):
        """The field to sort by, and whether downwards."""
        return self.SORTS[self.chosen("sort") or "name"]
