"""Adding and naming sites."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.site import AddSiteForm, EditSiteForm
from groups.models import Site
from groups.services.site import add_site, edit_site
from peersupport.access import require
from peersupport.refusals import shown_on


def site_add(request):
    require(request.user, "groups.add_site")
    form = AddSiteForm(request.POST or None, cancel_url=reverse("groups:programme_list"))
    if form.is_valid():
        with shown_on(form):
            site = add_site(by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(site)s is added. You are its coordinator.") % {"site": site})
            return redirect("groups:programme_add", site.pk)
    return render(request, "groups/site_add.html", {"form": form})


def site_edit(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.change_site", site)
    form = EditSiteForm(
        request.POST or None,
        initial={field: getattr(site, field) for field in ("name", "kind", "holiday_region")},
        cancel_url=reverse("groups:programme_list"),
    )
    if form.is_valid():
        with shown_on(form):
            edit_site(site=site, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("groups:programme_list")
    return render(request, "groups/site_edit.html", {"site": site, "form": form})
