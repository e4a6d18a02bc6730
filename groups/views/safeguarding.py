"""Who reads a site's concerns: seen, named and ended by its coordinator."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.concern import NameSafeguardingForm
from groups.models import SafeguardingPost, Site
from groups.services.safeguarding import end_safeguarding, name_safeguarding
from peersupport.access import require
from peersupport.refusals import shown_on


def safeguarding_detail(request, pk):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.name_safeguarding", site)
    posts = SafeguardingPost.objects.current().filter(site=site).select_related("person")
    held = {post.is_deputy: post for post in posts}
    context = {"site": site, "lead": held.get(False), "deputy": held.get(True)}
    return render(request, "groups/safeguarding_detail.html", context)


def safeguarding_name(request, pk, post):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.name_safeguarding", site)
    address = reverse("groups:safeguarding_detail", args=[site.pk])
    form = NameSafeguardingForm(request.POST or None, cancel_url=address)
    is_deputy = post == "deputy"
    if form.is_valid():
        with shown_on(form):
            name_safeguarding(site=site, is_deputy=is_deputy, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("They are named, and get an email."))
            return redirect(address)
    return render(request, "groups/safeguarding_name.html", {"site": site, "form": form, "is_deputy": is_deputy})


@require_POST
def safeguarding_end(request, pk, post):
    site = get_object_or_404(Site.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.name_safeguarding", site)
    held = SafeguardingPost.objects.current().filter(site=site, is_deputy=post == "deputy").select_related("person")
    if held := held.first():
        end_safeguarding(post=held, by=request.user, now=timezone.now())
        messages.success(request, _("They read no more concerns of this site."))
    return redirect("groups:safeguarding_detail", site.pk)
