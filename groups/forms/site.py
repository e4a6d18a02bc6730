"""A site: its name and what it is."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Site
from peersupport.forms import PageForm, RadiosField


class AddSiteForm(PageForm):
    submit_label = _("Add the site")
    name = forms.CharField(
        label=_("Name of the trust or charity"),
        max_length=120,
        error_messages={"required": _("Enter the name of the trust or charity")},
    )
    kind = RadiosField(
        label=_("What is it?"),
        choices=Site.Kind.choices,
        error_messages={"required": _("Choose whether it is an NHS trust or a charity")},
    )
    holiday_region = RadiosField(
        label=_("Whose bank holidays count?"),
        help_text=_("Groups are told when a meeting falls on one."),
        choices=Site.HolidayRegion.choices,
        initial=Site.HolidayRegion.ENGLAND,
        error_messages={"required": _("Choose whose bank holidays count")},
    )


class EditSiteForm(AddSiteForm):
    submit_label = _("Save")
