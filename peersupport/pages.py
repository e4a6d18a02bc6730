"""Pages that are the same for everyone: what this service is, how accessible it is, and what went wrong."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import get_language
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def privacy(request):
    return render(request, "pages/privacy.html")


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "pages/accessibility.html")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """Rendered without context processors: whatever failed may be what they ask for."""
    return HttpResponseServerError(get_template("500.html").render({"language": get_language()}))


def csrf_failure(request, reason=""):
    """Django's view for a form whose secret did not match: mostly a page left open for long, so say what to do."""
    return render(request, "403_csrf.html", status=403)
