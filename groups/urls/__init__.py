"""Addresses of this app: one small list per noun, joined here."""

from groups.urls import (
    calendar,
    checklist,
    concern,
    finding,
    group,
    group_state,
    invitation,
    joining,
    meeting,
    membership,
    picture,
    programme,
    register,
    role,
    site,
    support_request,
    venue,
)

app_name = "groups"
urlpatterns = [
    *calendar.urlpatterns,
    *checklist.urlpatterns,
    *finding.urlpatterns,
    *concern.urlpatterns,
    *group.urlpatterns,
    *group_state.urlpatterns,
    *invitation.urlpatterns,
    *joining.urlpatterns,
    *meeting.urlpatterns,
    *membership.urlpatterns,
    *picture.urlpatterns,
    *programme.urlpatterns,
    *register.urlpatterns,
    *role.urlpatterns,
    *site.urlpatterns,
    *support_request.urlpatterns,
    *venue.urlpatterns,
]
