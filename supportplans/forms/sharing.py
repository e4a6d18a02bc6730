"""Who can see this: only me, a group of mine, or members I choose by name."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peersupport.forms import CheckboxesField, PageForm, RadiosField

CHOOSE = gettext_lazy("Choose who can see this")
CHANGED = gettext_lazy(
    "You changed who can see this in another tab. Now it is: %(now)s. Look at your choice again, then save."
)
NOBODY, EVERYONE, CHOSEN = "nobody", "everyone", "chosen"


class ChooseAudienceForm(PageForm):
    """`circles`: what `circles_of` gives. One question for each group in which the item is not hidden.

    `seen` is how it was shared when the form was made: an old tab shows it to nobody who was taken out since.
    """

    submit_label = gettext_lazy("Save")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, circles, **kwargs):
        super().__init__(*args, **kwargs)
        self.circles = [circle for circle in circles if not circle.hidden_reason]
        self.initial["seen"] = _shared_now(self.circles)
        for circle in self.circles:
            self._ask(circle, is_only=len(circles) == 1)

    def _ask(self, circle, *, is_only):
        who, chosen = _names(circle)
        group = {"group": circle.group.name}
        choices = [
            (NOBODY, _("Only me") if is_only else _("Nobody there")),
            (EVERYONE, _("Everyone in %(group)s") % group),
            (CHOSEN, _("Only people I choose")),
        ]
        self.fields[who] = RadiosField(
            label=_("Who can see this?") if is_only else _("Who in %(group)s can see this?") % group,
            choices=choices if circle.others else choices[:2],
            hints={EVERYONE: _everyone_there(circle)},
            reveals={CHOSEN: chosen},
            initial=CHOSEN if circle.with_chosen else EVERYONE if circle.with_all else NOBODY,
            error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
        )
        self.fields[chosen] = CheckboxesField(
            label=_("Who of them?"),
            choices=[(str(other.pk), other.shown_name) for other in circle.others],
            initial=[str(key) for key in circle.with_chosen],
            required=False,
            error_messages={"invalid_choice": _("Someone you chose is not in the group any more. Choose again.")},
        )

    def clean(self):
        for circle in self.circles:
            who, chosen = _names(circle)
            if self.cleaned_data.get(who) == CHOSEN and not self.cleaned_data.get(chosen, True):
                self.add_error(chosen, forms.ValidationError(_("Choose at least one person")))
        if not self.errors:
            self._look_for_an_old_tab()

    def _look_for_an_old_tab(self):
        now, seen = self.initial["seen"], self.cleaned_data["seen"]
        wanted = {_named(own.pk, chosen and chosen.pk) for own, chosen in self.audience()}
        if seen not in ("", now) and wanted != set(now.split()) - {"-"}:
            self.data = self.data.copy()
            self.data["seen"] = now
            self.add_error(None, CHANGED % {"now": _spoken_now(self.circles)})

    def audience(self):
        """What `change_audience` takes; of a form that is valid."""
        return [sight for circle in self.circles for sight in self._sights(circle)]

    def _sights(self, circle):
        who, chosen = _names(circle)
        answer, keys = self.cleaned_data[who], set(self.cleaned_data[chosen])
        if answer == EVERYONE:
            return [(circle.membership, None)]
        others = circle.others if answer == CHOSEN else []
        return [(circle.membership, other) for other in others if str(other.pk) in keys]


def _names(circle):
    return f"who_{circle.membership.pk}", f"chosen_{circle.membership.pk}"


def _shared_now(circles):
    """How an item is shared, as text; "-" stands for nobody."""
    sights = [_named(circle.membership.pk, None) for circle in circles if circle.with_all]
    sights += [_named(circle.membership.pk, chosen) for circle in circles for chosen in circle.with_chosen]
    return " ".join(sorted(sights)) or "-"


def _named(own, chosen):
    return f"{own}:{chosen or 'all'}"


def _spoken_now(circles):
    names = [name for circle in circles for name in circle.names_now]
    return ", ".join(names) or _("only you")


def _everyone_there(circle):
    if not circle.names:
        return _("Nobody else is there yet. Those who join later see it too.")
    return _("Now: %(names)s. Those who join later see it too.") % {"names": ", ".join(circle.names)}
