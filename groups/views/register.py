"""The register: a coordinator's groups, how they stand and when they met. Counts only."""

from django.shortcuts import render
from django.utils import timezone

from groups.forms.register import RegisterForm
from groups.models import Site, SupportGroup
from groups.reach import sites_as_coordinator
from peersupport.access import require
from peersupport.paging import page_of

PAGE_SIZE = 25


def register(request):
    require(request.user, "groups.view_register")
    form = RegisterForm(request.GET, sites=Site.objects.allowing(request.user, "groups.change_site"))
    groups = SupportGroup.objects.allowing(request.user, "groups.view_group_counts")
    groups = groups.filter(site__in=sites_as_coordinator(request.user)).select_related("site")
    if site := form.chosen("site"):
        groups = groups.filter(site=site)
    if state := form.chosen("state"):
        groups = groups.filter(state=state)
    if form.chosen("quiet"):
        groups = groups.quiet(now=timezone.now())
    key, is_descending = form.order()
    groups = groups.with_meeting_counts(now=timezone.now()).with_waiting_counts()
    page = page_of(groups, key=key, query=request.GET, size=PAGE_SIZE, is_descending=is_descending)
    return render(request, "groups/register.html", {"form": form, "page": page})
