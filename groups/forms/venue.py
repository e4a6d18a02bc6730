"""A place or an online room: on its own, or inside the form of a group."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Venue, VenueFeature
from peersupport.forms import PageForm, RadiosField
from peersupport.forms.page import TOO_LONG

NAME_MISSING = _("Enter what the place is called")
ADDRESS_MISSING = _("Enter the address, so that people find it")
LINK_MISSING = _("Enter the link to join")


class EditVenueForm(PageForm):
    """Asks for an address, or for a link, as the venue is one or the other."""

    submit_label = _("Save")
    name = forms.CharField(label=_("What is it called?"), max_length=120, error_messages={"required": NAME_MISSING})
    address = forms.CharField(
        label=_("Address"),
        widget=forms.Textarea({"rows": 3}),
        max_length=500,
        error_messages={"required": ADDRESS_MISSING},
    )
    join_link = forms.URLField(
        label=_("Link to join"),
        help_text=_("Only the members see it."),
        max_length=500,
        assume_scheme="https",
        error_messages={"required": LINK_MISSING},
    )
    access_notes = forms.CharField(
        label=_("How to find it and get in (if you know)"),
        help_text=_("Which door, which floor, where to park. Steps, seats and toilets have a page of their own."),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )
    capacity = forms.IntegerField(
        label=_("How many people does it hold? (if you know)"), required=False, min_value=1, max_value=1000
    )
    who_to_ask = forms.CharField(label=_("Who to ask about the room (if you know)"), required=False, max_length=200)
    cost = forms.CharField(label=_("What does it cost? (if you know)"), required=False, max_length=200)
    insurance = forms.CharField(
        label=_("What insurance does it ask for? (if you know)"), required=False, max_length=300
    )
    supervision = forms.CharField(
        label=_("Who must be there, or lock up? (if you know)"), required=False, max_length=300
    )
    conditions = forms.CharField(
        label=_("What else does the place ask for? (if you know)"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        of_places = ["address", "access_notes", "capacity", "cost", "insurance", "supervision"]
        for name in of_places if kind == Venue.Kind.ONLINE else ["join_link"]:
            del self.fields[name]


class AddVenueForm(EditVenueForm):
    submit_label = _("Add the place")


class VenueAccessForm(PageForm):
    """For each feature whether it is there, and a note: `step_free` and `step_free_note`, and so on."""

    submit_label = _("Save")
    ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("", _("Not known"))]

    def __init__(self, *args, known, **kwargs):
        """`known`: the VenueFeature rows so far."""
        super().__init__(*args, **kwargs)
        rows = {row.feature: row for row in known}
        for feature, label in VenueFeature.Feature.choices:
            row = rows.get(feature)
            self.fields[feature] = RadiosField(
                label=label,
                choices=self.ANSWERS,
                required=False,
                is_inline=True,
                initial={True: "yes", False: "no"}[row.is_there] if row else "",
            )
            self.fields[f"{feature}_note"] = forms.CharField(
                label=_("%(feature)s: anything to add? (if you like)") % {"feature": label},
                required=False,
                max_length=200,
                initial=row.note if row else "",
                error_messages={"max_length": TOO_LONG},
            )

    def features(self):
        """What `note_access` takes."""
        answers = {"yes": True, "no": False}
        return {
            feature: (answers.get(self.cleaned_data[feature]), self.cleaned_data[f"{feature}_note"])
            for feature in VenueFeature.Feature.values
        }

    def clean(self):
        """A note alone would be lost: say yes or no with it."""
        for feature in VenueFeature.Feature.values:
            if self.cleaned_data.get(f"{feature}_note") and not self.cleaned_data.get(feature):
                self.add_error(feature, _("Choose yes or no, or take the note away"))


class MergeVenueForm(PageForm):
    submit_label = _("Make them one")
    into = forms.ModelChoiceField(
        label=_("Which place is it really?"),
        help_text=_("This one keeps its name and address."),
        queryset=None,
        empty_label=_("Choose a place"),
        error_messages={"required": _("Choose the place that stays")},
    )

    def __init__(self, *args, places, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = places


class VenueChoice(PageForm):
    """Where a group meets: a place of the site, one to be added here, an online room, or not known yet.

    `cleaned_data["venue"]` is a Venue or None; `new_venue()` gives what `add_venue` needs, or None.
    """

    PLACE, ONLINE, LATER = "place", "online", "later"

    venue = RadiosField(label=_("Where will you meet?"), error_messages={"required": _("Choose where you will meet")})
    venue_name = forms.CharField(label=_("What is the new place called?"), required=False, max_length=120)
    venue_address = forms.CharField(
        label=_("Its address"), required=False, widget=forms.Textarea({"rows": 3}), max_length=500
    )
    venue_access = forms.CharField(
        label=_("Getting in and around (if you know)"),
        help_text=_("Steps, parking, seats, toilets, hearing loop, the nearest bus."),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        max_length=2000,
    )
    venue_link = forms.URLField(
        label=_("The link to join online"),
        help_text=_("Only the members see it."),
        required=False,
        max_length=500,
        assume_scheme="https",
    )

    def __init__(self, *args, venues, **kwargs):
        super().__init__(*args, **kwargs)
        self.venues = {str(venue.pk): venue for venue in venues}
        choice = self.fields["venue"]
        choice.choices = [
            *((key, venue.name) for key, venue in self.venues.items()),
            (self.PLACE, _("A new place")),
            (self.ONLINE, _("Online")),
            (self.LATER, _("We don't know yet")),
        ]
        choice.widget.hints = {key: venue.address for key, venue in self.venues.items()}
        choice.widget.reveals = {
            self.PLACE: ("venue_name", "venue_address", "venue_access"),
            self.ONLINE: "venue_link",
        }

    def venue_fields(self):
        """One question: what a new place or an online room needs stands inside its choice."""
        return ["venue"]

    def clean(self):
        chosen = self.cleaned_data.get("venue")
        if chosen == self.PLACE and not self.cleaned_data.get("venue_name"):
            self.add_error("venue_name", NAME_MISSING)
        if chosen == self.PLACE and not self.cleaned_data.get("venue_address"):
            self.add_error("venue_address", ADDRESS_MISSING)
        if chosen == self.ONLINE and not self.cleaned_data.get("venue_link") and "venue_link" not in self.errors:
            self.add_error("venue_link", LINK_MISSING)

    def venue_chosen(self):
        """The venue from the list, or None."""
        return self.venues.get(self.cleaned_data["venue"])

    def new_venue(self):
        """What `add_venue` takes besides the site, or None; an online room goes by its group's name."""
        answers = self.cleaned_data
        if answers["venue"] == self.PLACE:
            return {
                "kind": Venue.Kind.PLACE,
                "name": answers["venue_name"],
                "address": answers["venue_address"],
                "access_notes": answers["venue_access"],
            }
        if answers["venue"] == self.ONLINE:
            return {"kind": Venue.Kind.ONLINE, "name": answers["name"], "join_link": answers["venue_link"]}
        return None
