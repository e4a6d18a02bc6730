"""What every form stands on: `PageForm`, and fields that people in pain can fill in."""

from peersupport.forms.choices import (
    CheckboxesField,
    Radios,
    RadiosField,
    ScaleField,
    YesNoField,
)
from peersupport.forms.date import DateField
from peersupport.forms.page import PageForm, PageModelForm
from peersupport.forms.time import TimeField

__all__ = [
    "CheckboxesField",
    "DateField",
    "PageForm",
    "PageModelForm",
    "Radios",
    "RadiosField",
    "ScaleField",
    "TimeField",
    "YesNoField",
]
