"""Addresses of this app: one small list per noun, joined here."""

app_name = "groups"
urlpatterns = []
