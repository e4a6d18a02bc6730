"""Pages that are the same for everyone: what this service is, how accessible it is, and what went wrong."""

import sys

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

# The database or the cache does not answer, or a query took longer than it may.
UNAVAILABLE = (OperationalError, InterfaceError, redis.ConnectionError, redis.TimeoutError)


@require_safe
@login_not_required
def privacy(request):
    return render(request, "pages/privacy.html")


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "pages/accessibility.html")


@require_safe
@login_not_required
def webmanifest(request):
    """What a phone needs to put the service on its home screen."""
    icons = [
        {"src": static(f"icons/{name}.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": purpose}
        for name, purpose in (("icon", "any"), ("icon-maskable", "maskable"))
    ]
    manifest = {
        "name": settings.SERVICE_NAME,
        "short_name": settings.SERVICE_NAME,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f8f7",
        "theme_color": "#00534c",
        "icons": icons,
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """500, or 503 where a server behind us is away or too busy. Rendered without context processors: whatever failed
    may be what they ask for."""
    is_away = isinstance(sys.exception(), UNAVAILABLE)
    page = get_template("503.html" if is_away else "500.html").render({"language": get_language()})
    return HttpResponse(page, status=503, headers={"Retry-After": "60"}) if is_away else HttpResponseServerError(page)


def csrf_failure(request, reason=""):
    """Django's view for a form whose secret did not match: mostly a page left open for long, so say what to do."""
    return render(request, "403_csrf.html", status=403)
