"""The register: a coordinator's groups, how they stand and when they met. Counts only."""

from django.shortcuts import render
from django.utils import timezone

from groups.forms.register import RegisterForm
from groups.models import Site, SupportGroup
from peersupport.access import require
from peersupport.paging import page_of

PAGE_SIZE = 25


def register(request):
    require(request.user, "groups.view_register")
    sites = list(Site.objects.allowing(request.user, "groups.change_site"))
    form = RegisterForm(request.GET, sites=sites)
    groups = SupportGroup.objects.allowing(request.user, "groups.view_group_counts").select_related("site")
    # One site by name, not by a subquery: then an index on it gives the groups in order.
    chosen = [form.chosen("site")] if form.chosen("site") else [site.pk for site in sites]
    groups = groups.filter(site=chosen[0]) if len(chosen) == 1 else groups.filter(site__in=chosen)
    if state := form.chosen("state"):
        groups = groups.filter(state=state)
    if form.chosen("quiet"):
        groups = groups.quiet(now=timezone.now())
    key, is_descending = form.order()
    groups = groups.with_meeting_counts(now=timezone.now()).with_waiting_counts(to="coordinator")
    page = page_of(groups, key=key, query=request.GET, size=PAGE_SIZE, is_descending=is_descending)
    return render(request, "groups/register.html", {"form": form, "page": page})
