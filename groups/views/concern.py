"""Concerns, as whoever raised them and the safeguarding lead and deputy see them; nobody else does."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.concern import CloseConcernForm, PassOnConcernForm, RaiseConcernForm
from groups.models import Concern, SafeguardingPost, SupportGroup
from groups.services.concern import close_concern, pass_on_concern, raise_concern, read_concern
from peersupport.access import log, require
from peersupport.paging import page_of
from peersupport.refusals import shown_on

PAGE_SIZE = 25


def concern_list(request):
    concerns = Concern.objects.visible_to(request.user).select_related("site", "group")
    page = page_of(concerns, key="raised_at", query=request.GET, size=PAGE_SIZE, is_descending=True)
    posts = SafeguardingPost.objects.current().filter(person=request.user).select_related("site")
    return render(request, "groups/concern_list.html", {"page": page, "posts": posts})


def concern_raise(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user).select_related("site"), pk=pk)
    require(request.user, "groups.raise_concern", group)
    form = RaiseConcernForm(request.POST or None, cancel_url=group.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            concern = raise_concern(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is sent. You can see here whether it has been read."))
            return redirect(concern)
    readers = SafeguardingPost.objects.current().filter(site=group.site).select_related("person").order_by("is_deputy")
    return render(request, "groups/concern_raise.html", {"group": group, "form": form, "readers": readers})


def concern_detail(request, pk):
    concern = _concern_for(request, pk)
    is_reader = request.user.has_perm("groups.handle_concern", concern)
    steps = list(concern.steps.select_related("by"))
    has_opened = any(step.by_id == request.user.pk for step in steps)
    if is_reader and has_opened and concern.raised_by != request.user:
        log.record(
            actor=request.user,
            action=log.Action.VIEWED,
            obj=concern,
            subject=concern.raised_by,
            route="groups:concern_detail",
        )
    context = {
        "concern": concern,
        "steps": steps,
        "is_reader": is_reader,
        "is_own": concern.raised_by == request.user,
        "shows_text": has_opened or concern.raised_by == request.user,
    }
    return render(request, "groups/concern_detail.html", context)


@require_POST
def concern_read(request, pk):
    concern = _concern_for(request, pk)
    require(request.user, "groups.handle_concern", concern)
    read_concern(concern=concern, by=request.user, now=timezone.now())
    return redirect(concern)


def concern_pass_on(request, pk):
    concern = _concern_for(request, pk)
    require(request.user, "groups.handle_concern", concern)
    form = PassOnConcernForm(request.POST or None, cancel_url=concern.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            pass_on_concern(concern=concern, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is noted that you passed it on."))
            return redirect(concern)
    return render(request, "groups/concern_pass_on.html", {"concern": concern, "form": form})


def concern_close(request, pk):
    concern = _concern_for(request, pk)
    require(request.user, "groups.handle_concern", concern)
    form = CloseConcernForm(request.POST or None, cancel_url=concern.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            close_concern(concern=concern, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The concern is closed."))
            return redirect(concern)
    return render(request, "groups/concern_close.html", {"concern": concern, "form": form})


def _concern_for(request, pk):
    concerns = Concern.objects.visible_to(request.user).select_related("site", "group", "raised_by")
    return get_object_or_404(concerns, pk=pk)
