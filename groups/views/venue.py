"""What is known about a place or an online room; a site's places, which its coordinator looks after."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.venue import AddVenueForm, EditVenueForm, MergeVenueForm, VenueAccessForm
from groups.models import Site, SupportGroup, Venue, VenueFeature
from groups.services.venue import EDITABLE, add_venue, edit_venue, merge_venues, note_access
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on

PAGE_SIZE = 25
#: A page names no more groups than these; a place that more of them use says how many.
MOST_GROUPS = 20


def venue_list(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.add_venue", site)
    going_on = Count("groups", filter=~Q(groups__state=SupportGroup.State.CLOSED))
    places = Venue.objects.places().filter(site=site).annotate(group_count=going_on)
    page = page_of(places, key="name", query=request.GET, size=PAGE_SIZE)
    return render(request, "groups/venue_list.html", {"site": site, "page": page})


def venue_add(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.add_venue", site)
    form = AddVenueForm(
        request.POST or None, kind=Venue.Kind.PLACE, cancel_url=reverse("groups:venue_list", args=[site.pk])
    )
    if form.is_valid():
        with shown_on(form):
            venue = add_venue(site=site, kind=Venue.Kind.PLACE, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The place is added. Now say how easy it is to get in."))
            return redirect("groups:venue_access", venue.pk)
    return render(request, "groups/venue_add.html", {"site": site, "form": form})


def venue_detail(request, pk):
    venue = _venue_for(request, pk)
    if venue.merged_into_id:
        return redirect("groups:venue_detail", venue.merged_into_id)
    can_merge = request.user.has_perm("groups.merge_venues", venue)
    context = {
        "venue": venue,
        "features": _access_of(venue),
        "can_change": request.user.has_perm("groups.change_venue", venue),
        "can_merge": can_merge,
        "used_by": _groups_at(venue)[:MOST_GROUPS] if can_merge else [],
        "use_count": _groups_at(venue).count(),
    }
    return render(request, "groups/venue_detail.html", context)


def venue_card(request, pk):
    venue = _venue_for(request, pk)
    return render(request, "groups/venue_card.html", {"venue": venue, "features": _access_of(venue)})


def venue_edit(request, pk):
    venue = _venue_for(request, pk)
    require(request.user, "groups.change_venue", venue)
    form = EditVenueForm(
        request.POST or None,
        kind=venue.kind,
        initial={field: getattr(venue, field) for field in EDITABLE},
        cancel_url=venue.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            edit_venue(venue=venue, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(venue)
    context = {"venue": venue, "form": form, "use_count": _groups_at(venue).count()}
    return render(request, "groups/venue_edit.html", context)


def venue_access(request, pk):
    venue = _venue_for(request, pk)
    require(request.user, "groups.change_venue", venue)
    form = VenueAccessForm(
        request.POST if request.method == "POST" else None,
        known=venue.features.all(),
        cancel_url=venue.get_absolute_url(),
    )
    if form.is_valid():
        note_access(venue=venue, features=form.features())
        messages.success(request, _("Saved."))
        return redirect(venue)
    return render(request, "groups/venue_access.html", {"venue": venue, "form": form})


def venue_merge(request, pk):
    venue = _venue_for(request, pk)
    require(request.user, "groups.merge_venues", venue)
    places = Venue.objects.places().filter(site=venue.site_id).exclude(pk=venue.pk)
    form = MergeVenueForm(request.POST or None, places=places, cancel_url=venue.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            into = merge_venues(venue=venue, **form.cleaned_data)
            messages.success(request, _("They are one place now. Every group that met there meets here."))
            return redirect(into)
    return render(request, "groups/venue_merge.html", {"venue": venue, "form": form})


def _venue_for(request, pk):
    return get_object_or_404(Venue.objects.visible_to(request.user).select_related("site"), pk=pk)


def _access_of(venue):
    """Every feature with its row, or None where nobody knows."""
    rows = {row.feature: row for row in venue.features.all()}
    return [(label, rows.get(feature)) for feature, label in VenueFeature.Feature.choices]


def _groups_at(venue):
    return SupportGroup.objects.filter(Q(venue=venue) | Q(online_venue=venue)).exclude(state=SupportGroup.State.CLOSED)
