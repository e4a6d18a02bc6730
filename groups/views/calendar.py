"""Meetings in a person's own calendar."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from groups.calendar_entries import feed_for, feed_meetings
from groups.models import CalendarFeed
from groups.services.calendar import open_feed, renew_feed


def calendar(request):
    feed = CalendarFeed.objects.visible_to(request.user).filter(revoked_at=None).first()
    address = settings.BASE_URL + reverse("groups:feed", args=[feed.token()]) if feed else ""
    context = {"address": address, "webcal": address.replace("https://", "webcal://").replace("http://", "webcal://")}
    return render(request, "groups/calendar.html", context)


@require_POST
def calendar_open(request):
    open_feed(person=request.user, now=timezone.now())
    return redirect("groups:calendar")


@require_POST
def calendar_renew(request):
    renew_feed(person=request.user, now=timezone.now())
    messages.success(request, _("You have a new address. The old one no longer works."))
    return redirect("groups:calendar")


def _feed_etag(request, token):
    """Changes with the day and with any meeting, group or venue in the feed; the same row serves the answer."""
    request.feed = get_object_or_404(_live(token))
    now = timezone.now()
    names = ("pk", "sequence", "state", "group__name", "venue__name", "venue__address", "venue__join_link")
    state = list(feed_meetings(request.feed.person, now).values_list(*names))
    return f'"{hashlib.sha256(f"{now:%Y-%m-%d} {state}".encode()).hexdigest()[:32]}"'


@login_not_required
@require_safe
@condition(etag_func=_feed_etag)
def feed(request, token):
    response = HttpResponse(feed_for(request.feed.person, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    return response


def _live(token):
    return CalendarFeed.objects.with_token(token).filter(person__is_active=True).select_related("person")
