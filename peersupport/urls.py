"""Every address there is. `tests/test_urls.py` walks them all as every role."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from evaluation import api
from members import views as member_views
from peersupport import health, home, metrics, pages

# Administrators sign in where everyone does, with the same limits and second factor.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", home.home, name="home"),
    path("", include("members.urls")),
    path("", include("groups.urls")),
    path("", include("supportplans.urls")),
    path("research/", include("evaluation.urls")),
    path("api/v1/", api.urls),
    path("messages/", include("peersupport.reminders.urls")),
    path("accounts/reauthenticate/", member_views.account_reauthenticate, name="account_reauthenticate"),
    path("accounts/logout/", member_views.account_logout, name="account_logout"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("site.webmanifest", pages.webmanifest, name="webmanifest"),
    path("service-worker.js", pages.service_worker, name="service_worker"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]

if settings.DEMO:
    urlpatterns.append(path("", include("peersupport.demo.urls")))

handler400 = "peersupport.pages.bad_request"
handler403 = "peersupport.pages.forbidden"
handler404 = "peersupport.pages.not_found"
handler500 = "peersupport.pages.server_error"
