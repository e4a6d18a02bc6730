"""Addresses of this app: one small list per noun, joined here."""

from groups.urls import (
    calendar,
    checklist,
    finding,
    group,
    group_state,
    invitation,
    joining,
    meeting,
    membership,
    programme,
    register,
    role,
    site,
    venue,
)

app_name = "groups"
urlpatterns = [
    *calendar.urlpatterns,
    *checklist.urlpatterns,
    *finding.urlpatterns,
    *group.urlpatterns,
    *group_state.urlpatterns,
    *invitation.urlpatterns,
    *joining.urlpatterns,
    *meeting.urlpatterns,
    *membership.urlpatterns,
    *programme.urlpatterns,
    *register.urlpatterns,
    *role.urlpatterns,
    *site.urlpatterns,
    *venue.urlpatterns,
]
