"""Pages that are the same for everyone: what this service is, how accessible it is, and what went wrong."""

import sys
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
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
    # Not every browser that installs takes SVG.
    icons += [
        {"src": static(f"build/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    manifest = {
        "id": "/",
        "name": settings.SERVICE_NAME,
        "short_name": settings.SERVICE_NAME,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f8f7",
        "theme_color": "#00534c",
        "icons": icons,
        "shortcuts": [{"name": _("Log a flare-up"), "url": reverse("supportplans:flareup_log")}],
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


@require_safe
@login_not_required
def service_worker(request):
    """The script that stands between a device and us. It lies at the root, since it may answer for any page of ours."""
    built = finders.find("build/service-worker.js")
    if built is None:
        raise Http404
    # No cache may keep it: a worker that was mended has to reach every device.
    return HttpResponse(Path(built).read_bytes(), "text/javascript", headers={"Cache-Control": "no-cache"})


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
