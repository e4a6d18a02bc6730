"""Questions answered with one tap: radios and checkboxes with hints, yes or no, and 0 to 10."""

from django import forms
from django.utils.translation import gettext_lazy as _


def revealed_names(widget):
    """What each choice of `widget` reveals: value to a tuple of field names."""
    reveals = getattr(widget, "reveals", {})
    return {value: (names,) if isinstance(names, str) else tuple(names) for value, names in reveals.items()}


class ChoiceLayout:
    """Lets a widget of choices carry a hint for each choice and name the fields that a choice reveals.

    `hints={"open": _("Anyone can join")}` by value; `reveals={"other": "other_reason"}` value to the name of a field
    of the same form, or several names; `is_inline` sets short choices side by side; `is_small` is for long lists.
    """

    def __init__(
        self,
        attrs=None,
        choices=(),
        *,
        hints=None,
        reveals=None,
        is_inline=False,
        is_small=False,
    ):
        super().__init__(attrs, choices)
        self.hints = hints or {}
        self.reveals = reveals or {}
        self.is_inline = is_inline
        self.is_small = is_small


class Radios(ChoiceLayout, forms.RadioSelect):
    """One of a few; see ChoiceLayout."""


class Checkboxes(ChoiceLayout, forms.CheckboxSelectMultiple):
    """Any of a few; see ChoiceLayout."""


class ScaleRadios(Radios):
    """Numbers side by side, with words at both ends."""

    def __init__(self, attrs=None, choices=(), *, low_label="", high_label=""):
        super().__init__(attrs, choices)
        self.low_label = low_label
        self.high_label = high_label


class RadiosField(forms.ChoiceField):
    """`RadiosField(choices=..., hints={...}, reveals={...})`; see ChoiceLayout."""

    def __init__(self, *, hints=None, reveals=None, is_inline=False, is_small=False, **kwargs):
        widget = Radios(hints=hints, reveals=reveals, is_inline=is_inline, is_small=is_small)
        super().__init__(widget=widget, **kwargs)


class CheckboxesField(forms.MultipleChoiceField):
    """`CheckboxesField(choices=..., hints={...}, reveals={...})`; see ChoiceLayout."""

    def __init__(self, *, hints=None, reveals=None, is_small=False, **kwargs):
        super().__init__(widget=Checkboxes(hints=hints, reveals=reveals, is_small=is_small), **kwargs)


class YesNoField(forms.TypedChoiceField):
    """Yes or no, with neither chosen at first; gives True, False, or None when it may stay blank."""

    def __init__(self, *, hints=None, reveals=None, **kwargs):
        kwargs.setdefault("choices", [("yes", _("Yes")), ("no", _("No"))])
        widget = Radios(hints=hints, reveals=reveals, is_inline=not (hints or reveals))
        super().__init__(
            coerce=lambda value: value == "yes",
            empty_value=None,
            widget=widget,
            **kwargs,
        )

    def prepare_value(self, value):
        return {True: "yes", False: "no"}.get(value, value)


class ScaleField(forms.TypedChoiceField):
    """0 to 10 in a row of radios that wraps; gives an int, or None when left blank.

    `low_label` and `high_label` say what 0 and 10 mean ("No pain", "The worst pain"). A question that may stay blank
    (`required=False`) has a choice that says so, because a radio once tapped can't be untapped.
    """

    def __init__(self, *, low_label, high_label, **kwargs):
        choices = [(str(number), str(number)) for number in range(11)]
        if not kwargs.get("required", True):
            choices.append(("", _("Rather not say")))
        widget = ScaleRadios(low_label=low_label, high_label=high_label)
        super().__init__(coerce=int, empty_value=None, choices=choices, widget=widget, **kwargs)
