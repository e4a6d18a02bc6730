"""Addresses of this app: one small list per noun, joined here."""

from groups.urls import group, invitation, joining, programme, register, role, site, venue

app_name = "groups"
urlpatterns = [
    *group.urlpatterns,
    *invitation.urlpatterns,
    *joining.urlpatterns,
    *programme.urlpatterns,
    *register.urlpatterns,
    *role.urlpatterns,
    *site.urlpatterns,
    *venue.urlpatterns,
]
