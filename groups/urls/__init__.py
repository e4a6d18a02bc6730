"""Addresses of this app: one small list per noun, joined here."""

from groups.urls import group, group_state, invitation, joining, programme, register, role, site, venue

app_name = "groups"
urlpatterns = [
    *group.urlpatterns,
    *group_state.urlpatterns,
    *invitation.urlpatterns,
    *joining.urlpatterns,
    *programme.urlpatterns,
    *register.urlpatterns,
    *role.urlpatterns,
    *site.urlpatterns,
    *venue.urlpatterns,
]
