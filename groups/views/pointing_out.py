"""What whoever plans meetings should know: it may be meant, so it is said and nothing more."""

from django.contrib import messages
from django.utils.translation import gettext as _

from groups.bank_holidays import bank_holiday_on
from peersupport.spoken import in_zone, spoken_date

#: More than this in one message is not read.
MOST_HOLIDAYS = 6


def point_out_overlap(request, planned):
    """Two meetings at once may be meant, so they are allowed; `planned` is what was just planned or moved."""
    if meeting := planned.overlapping().first():
        sentence = _("On %(day)s the group has another meeting at that time. If that is right, leave it so.")
        messages.warning(request, sentence % {"day": spoken_date(meeting.starts_at, meeting.time_zone)})


def point_out_bank_holidays(request, planned, site):
    """Meetings that fall on a bank holiday of the site's region take place all the same, unless someone moves them."""
    found = [(meeting, holiday_of(meeting, site)) for meeting in planned.going_ahead().order_by("starts_at")]
    days = [
        _("%(day)s (%(name)s)") % {"day": spoken_date(meeting.starts_at, meeting.time_zone), "name": name}
        for meeting, name in found
        if name
    ]
    if days:
        sentence = _("On a bank holiday: %(days)s. If that is right, leave it so. If not, move or cancel that meeting.")
        messages.warning(request, sentence % {"days": "; ".join(days[:MOST_HOLIDAYS])})


def holiday_of(meeting, site):
    """The bank holiday that a meeting falls on by its own clock, or ""."""
    return bank_holiday_on(in_zone(meeting.starts_at, meeting.time_zone).date(), site.holiday_region)
