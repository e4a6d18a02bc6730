"""Meetings in a person's own calendar."""

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import condition, require_POST, require_safe

from groups.calendar_entries import feed_for, feed_meetings
from groups.models import CalendarFeed, Membership, SupportGroup
from groups.reach import groups_as_member
from groups.services.calendar import open_feed, renew_feed


def calendar(request):
    """An address for all groups, and one for each where someone wants them apart."""
    feeds = CalendarFeed.objects.visible_to(request.user).filter(revoked_at=None)
    addresses = {feed.group_id: settings.BASE_URL + reverse("groups:feed", args=[feed.token()]) for feed in feeds}
    groups = SupportGroup.objects.filter(pk__in=groups_as_member(request.user)).order_by("name", "pk")
    address = addresses.get(None, "")
    context = {
        "address": address,
        "webcal": address.replace("https://", "webcal://").replace("http://", "webcal://"),
        "groups": [(group, addresses.get(group.pk, "")) for group in groups],
    }
    return render(request, "groups/calendar.html", context)


@require_POST
def calendar_open(request):
    open_feed(person=request.user, group=_group_asked_for(request), now=timezone.now())
    return redirect("groups:calendar")


@require_POST
def calendar_renew(request):
    renew_feed(person=request.user, group=_group_asked_for(request), now=timezone.now())
    messages.success(request, _("You have a new address. The old one no longer works."))
    return redirect("groups:calendar")


def _group_asked_for(request):
    """One of the person's own groups, by key; None for all of them."""
    if "group" not in request.POST:
        return None
    own = SupportGroup.objects.filter(pk__in=groups_as_member(request.user))
    try:
        return get_object_or_404(own, pk=int(request.POST["group"]))
    except ValueError as error:
        raise Http404 from error


def _feed_etag(request, token):
    """Changes with the day and with any meeting, group or venue in the feed; the same row serves the answer."""
    request.feed = get_object_or_404(_live(token))
    now = timezone.now()
    names = (
        *("pk", "sequence", "state", "group__name", "venue__name", "venue__address", "venue__join_link"),
        "online_venue__join_link",
    )
    state = list(feed_meetings(request.feed, now).values_list(*names))
    return f'"{hashlib.sha256(f"{now:%Y-%m-%d} {state}".encode()).hexdigest()[:32]}"'


@login_not_required
@require_safe
@condition(etag_func=_feed_etag)
def feed(request, token):
    response = HttpResponse(feed_for(request.feed, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    response["Content-Disposition"] = 'inline; filename="meetings.ics"'
    return response


def _live(token):
    """A group's own feed dies with the membership it was made in."""
    member = Membership.objects.current().filter(person=OuterRef("person"), group=OuterRef("group"))
    feeds = CalendarFeed.objects.with_token(token).filter(Q(group=None) | Exists(member), person__is_active=True)
    return feeds.select_related("person")
