"""Choosing whom a study may ask, and how many of them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.forms.study import GroupsField
from evaluation.frames import Criteria
from evaluation.models import Approach, SamplingFrame
from groups.models import SupportGroup
from peersupport.forms import CheckboxesField, PageForm, RadiosField

Kind, Method = Approach.Kind, SamplingFrame.Method
NEW, AGAIN = "new", "again"


class ChooseFrameForm(PageForm):
    groups = GroupsField(
        queryset=SupportGroup.objects.none(),
        label=_("From which groups?"),
        error_messages={"required": _("Choose one group or more")},
    )
    kinds = CheckboxesField(
        label=_("Who are they to the group?"),
        choices=[(kind.value, kind.label) for kind in Approach.DRAWN_KINDS],
        hints={
            Kind.MEMBER: _("Without those who have a break from it."),
            Kind.LEFT: _("Only those who said that researchers may still ask them."),
            Kind.NEVER_ATTENDED: _("Only those who said that researchers may still ask them."),
        },
        error_messages={"required": _("Choose one kind of people or more")},
    )
    who = RadiosField(
        label=_("Were they asked before?"),
        choices=[
            (NEW, _("No, not in this study")),
            (AGAIN, _("Yes, they are in it and said that you may ask them again")),
        ],
        initial=NEW,
        error_messages={"required": _("Choose whether they were asked before")},
    )
    submit_label = _("See how many there are")

    def __init__(self, *args, study, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groups"].queryset = study.groups.select_related("site").order_by("site__name", "name")

    @property
    def criteria(self):
        chosen = self.cleaned_data
        return Criteria(list(chosen["groups"]), chosen["kinds"], asks_again=chosen["who"] == AGAIN)


class DrawFrameForm(PageForm):
    method = RadiosField(
        label=_("How many of them do you want to ask?"),
        choices=Method.choices,
        hints={Method.RANDOM: _("Each kind and group gets its share. Chance decides, by a number that is kept.")},
        reveals={Method.RANDOM: "wanted"},
        error_messages={"required": _("Choose some of them, or all")},
    )
    wanted = forms.IntegerField(
        label=_("How many?"),
        help_text=_("If there are fewer, all are asked."),
        min_value=1,
        max_value=1000,
        required=False,
        widget=forms.NumberInput({"class": "nhsuk-input nhsuk-input--width-3"}),
    )
    submit_label = _("Draw and invite them")

    def clean(self):
        if self.cleaned_data.get("method") != Method.RANDOM:
            self.cleaned_data["wanted"] = None
            self.errors.pop("wanted", None)
        elif "wanted" not in self.errors and not self.cleaned_data.get("wanted"):
            self.add_error("wanted", _("Enter how many people to draw, like 12"))
