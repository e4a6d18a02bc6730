"""What is known about a place or an online room."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from groups.forms.venue import EditVenueForm
from groups.models import SupportGroup, Venue
from groups.services.venue import EDITABLE, edit_venue
from peersupport.access import require
from peersupport.refusals import shown_on


def venue_edit(request, pk):
    """Reached from a group that meets there, so that another group's online link stays out of reach."""
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    venue = get_object_or_404(Venue.objects.visible_to(request.user), groups=group)
    require(request.user, "groups.change_venue", venue)
    require(request.user, "groups.change_group", group)
    form = EditVenueForm(
        request.POST or None,
        kind=venue.kind,
        initial={field: getattr(venue, field) for field in EDITABLE},
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            edit_venue(venue=venue, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(group)
    others = venue.groups.exclude(pk=group.pk).exclude(state=SupportGroup.State.CLOSED).count()
    return render(request, "groups/venue_edit.html", {"group": group, "venue": venue, "form": form, "others": others})
