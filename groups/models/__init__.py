from groups.models.calendar import CalendarFeed
from groups.models.group import SupportGroup
from groups.models.invitation import Invitation
from groups.models.meeting import RSVP, Attendance, Meeting
from groups.models.membership import Membership, RoleTerm
from groups.models.programme import Programme, ProgrammeStaff, Site
from groups.models.series import MeetingSeries
from groups.models.venue import Venue

__all__ = [
    "RSVP",
    "Attendance",
    "CalendarFeed",
    "Invitation",
    "Meeting",
    "MeetingSeries",
    "Membership",
    "Programme",
    "ProgrammeStaff",
    "RoleTerm",
    "Site",
    "SupportGroup",
    "Venue",
]
