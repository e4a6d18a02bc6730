"""Programmes: the list, one of them, and what coordinators do with it."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.programme import AddProgrammeForm, EditProgrammeForm
from groups.models import Programme, RoleTerm, Site, SupportGroup
from groups.services.programme import add_programme, edit_programme
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on

PAGE_SIZE = 25


def programme_list(request):
    programmes = Programme.objects.visible_to(request.user).select_related("site")
    programmes = programmes.annotate(group_count=Count("groups"))
    sites = list(Site.objects.visible_to(request.user).annotate(**_in_which_role(request.user)))
    context = {
        "page": page_of(programmes, key="ends_on", query=request.GET, size=PAGE_SIZE, is_descending=True),
        "sites": [site for site in sites if site.is_coordinated],
        "tutored": [site for site in sites if site.is_tutored],
        "can_add_site": request.user.has_perm("groups.add_site"),
    }
    return render(request, "groups/programme_list.html", context)


def programme_add(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.add_programme", site)
    form = AddProgrammeForm(request.POST or None, cancel_url=reverse("groups:programme_list"))
    if form.is_valid():
        with shown_on(form):
            programme = add_programme(site=site, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The programme is added. Now ask a patient tutor."))
            return redirect(programme)
    return render(request, "groups/programme_add.html", {"site": site, "form": form})


def programme_edit(request, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.change_programme", programme)
    fields = ("name", "kind", "starts_on", "ends_on")
    form = EditProgrammeForm(
        request.POST or None,
        initial={field: getattr(programme, field) for field in fields},
        cancel_url=programme.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            edit_programme(programme=programme, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect(programme)
    return render(request, "groups/programme_edit.html", {"programme": programme, "form": form})


def programme_detail(request, pk):
    programme = get_object_or_404(Programme.objects.visible_to(request.user).select_related("site"), pk=pk)
    context = {
        "programme": programme,
        "tutors": RoleTerm.objects.open().filter(programme=programme).select_related("person").order_by("pk"),
        "groups": SupportGroup.objects.filter(programme=programme),
        "can_change": request.user.has_perm("groups.change_programme", programme),
        "can_appoint": request.user.has_perm("groups.appoint_tutor", programme),
        "can_start": request.user.has_perm("groups.start_group", programme),
    }
    return render(request, "groups/programme_detail.html", context)


def _in_which_role(person):
    """Whether a site is one that the person coordinates, and one where they are a tutor."""
    own = Site.objects.filter(pk=OuterRef("pk"))
    return {
        "is_coordinated": Exists(own.allowing(person, "groups.change_site")),
        "is_tutored": Exists(own.allowing(person, "groups.start_at_site")),
    }
