"""What each request of a signed-in person goes through."""

from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from members.reauthentication import SecondFactorNeeded, ask_for_second_factor
from peersupport.access.roles import needs_second_factor

_READS = {"GET", "HEAD", "OPTIONS"}
_OPEN_WITHOUT_SECOND_FACTOR = {
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to sign in; what was posted meanwhile leads back to the page it was typed on."""

    def handle_no_permission(self, request, view_func):
        if request.method in _READS or request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
            return super().handle_no_permission(request, view_func)
        messages.info(request, _("That was not saved: you had been signed out. Sign in to go on where you were."))
        return redirect_to_login(_page_it_came_from(request), self.get_login_url(view_func))


def _page_it_came_from(request):
    """The path of the page that holds the form: the address it is sent to may be one that can't be opened."""
    page = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(page)._replace(scheme="", netloc="").geturl() if is_ours else reverse("home")


class PersonLocaleMiddleware:
    """Speaks the person's own language and shows times in their own zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(request.user.zone), translation.override(request.user.own_language):
            return self.get_response(request)


class SecondFactorMiddleware:
    """Sends people whose roles ask for a second factor to set one up before anything else, and asks for it where a
    view needs it fresh."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        name = request.resolver_match.url_name or ""
        if not request.user.is_authenticated or name.startswith("mfa_") or name in _OPEN_WITHOUT_SECOND_FACTOR:
            return None
        if not getattr(view, "login_required", True) or not needs_second_factor(request.user):
            return None
        return None if has_second_factor(request) else redirect("mfa_index")

    def process_exception(self, request, exception):
        return ask_for_second_factor(request) if isinstance(exception, SecondFactorNeeded) else None


class PrivatePagesMiddleware:
    """Signed-in pages are for one person: no cache keeps them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.user.is_authenticated and not request.path.startswith(f"/{settings.STATIC_URL}".replace("//", "/")):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def has_second_factor(request):
    """Whether the person has set one up; a "yes" is remembered for the session, so it costs one query a session."""
    if not request.session.get("has_second_factor"):
        types = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        request.session["has_second_factor"] = Authenticator.objects.filter(user=request.user, type__in=types).exists()
    return request.session["has_second_factor"]
