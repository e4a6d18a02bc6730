"""Under way, having a break, ended: each asked on a page that says what happens."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.forms.group import CloseGroupForm, ConfirmForm, PauseGroupForm
from groups.models import Meeting, SupportGroup
from groups.services.group_state import activate_group, close_group, pause_group, resume_group, say_group_goes_on
from peersupport.access import require
from peersupport.refusals import shown_on


def group_activate(request, pk):
    group = _group_to_change(request, pk, "groups.pause_group")
    form = _confirm(request, group, _("Yes, we are meeting"))
    if form.is_valid():
        with shown_on(form):
            activate_group(group=group, now=timezone.now())
            messages.success(request, _("Good. The group counts as meeting now."))
            return redirect(group)
    return render(request, "groups/group_activate.html", {"group": group, "form": form})


def group_pause(request, pk):
    group = _group_to_change(request, pk, "groups.pause_group")
    ahead = _meetings_ahead(group)
    form = PauseGroupForm(
        request.POST if request.method == "POST" else None,
        has_meetings=ahead.exists(),
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            pause_group(group=group, cancel_meetings=form.is_cancelling, by=request.user, now=timezone.now())
            messages.success(request, _("The group is having a break."))
            return redirect(group)
    return render(request, "groups/group_pause.html", {"group": group, "form": form})


def group_resume(request, pk):
    group = _group_to_change(request, pk, "groups.pause_group")
    form = _confirm(request, group, _("Carry on"))
    if form.is_valid():
        with shown_on(form):
            resume_group(group=group, now=timezone.now())
            messages.success(request, _("The break is over."))
            return redirect(group)
    return render(request, "groups/group_resume.html", {"group": group, "form": form})


def group_still_going(request, pk):
    """Asked after a quiet time: one tap says yes, and the other ways stand beside it."""
    group = _group_to_change(request, pk, "groups.change_group")
    if request.method == "POST":
        say_group_goes_on(group=group, now=timezone.now())
        messages.success(request, _("Good to hear. We won't ask again for 12 weeks."))
        return redirect(group)
    return render(request, "groups/group_still_going.html", {"group": group})


def group_close(request, pk):
    group = _group_to_change(request, pk, "groups.close_group")
    others = SupportGroup.objects.visible_to(request.user).filter(site=group.site_id).exclude(pk=group.pk)
    form = CloseGroupForm(
        request.POST or None,
        others=others.exclude(state=SupportGroup.State.CLOSED),
        cancel_url=group.get_absolute_url(),
    )
    if form.is_valid():
        with shown_on(form):
            close_group(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The group has ended."))
            return redirect(group)
    context = {"group": group, "form": form, "meeting_count": _meetings_ahead(group).count()}
    return render(request, "groups/group_close.html", context)


def _group_to_change(request, pk, permission):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, permission, group)
    return group


def _confirm(request, group, label):
    return ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=label,
        cancel_url=group.get_absolute_url(),
    )


def _meetings_ahead(group):
    return Meeting.objects.filter(group=group, starts_at__gt=timezone.now()).going_ahead()
