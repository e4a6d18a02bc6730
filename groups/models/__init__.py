from groups.models.around_meeting import BringItem, MeetingNote
from groups.models.attendance import RSVP, Attendance
from groups.models.calendar import CalendarFeed
from groups.models.call import Call
from groups.models.checklist import ChecklistItem, ChecklistStep
from groups.models.concern import Concern, ConcernStep
from groups.models.group import SupportGroup
from groups.models.invitation import Invitation
from groups.models.join_request import JoinRequest
from groups.models.meeting import Meeting
from groups.models.membership import Membership
from groups.models.programme import Programme, ProgrammeStaff, SafeguardingPost, Site
from groups.models.role_term import RoleTerm
from groups.models.series import MeetingSeries
from groups.models.support_request import SupportRequest
from groups.models.venue import Venue, VenueFeature

__all__ = [
    "RSVP",
    "Attendance",
    "BringItem",
    "CalendarFeed",
    "Call",
    "ChecklistItem",
    "ChecklistStep",
    "Concern",
    "ConcernStep",
    "Invitation",
    "JoinRequest",
    "Meeting",
    "MeetingNote",
    "MeetingSeries",
    "Membership",
    "Programme",
    "ProgrammeStaff",
    "RoleTerm",
    "SafeguardingPost",
    "Site",
    "SupportGroup",
    "SupportRequest",
    "Venue",
    "VenueFeature",
]
