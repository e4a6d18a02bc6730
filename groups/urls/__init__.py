"""Addresses of this app: one small list per noun, joined here."""

from groups.urls import programme, register, site

app_name = "groups"
urlpatterns = [
    *programme.urlpatterns,
    *register.urlpatterns,
    *site.urlpatterns,
]
