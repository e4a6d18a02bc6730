"""What organisers do: invite, print, send again, withdraw."""

import io

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from groups.forms.invitation import AddCodeForm, InvitePeopleForm
from groups.models import Invitation, Meeting, SupportGroup
from groups.services.invitation import add_code, invite_people, resend_invitation, withdraw_invitation
from groups.views.starting import after_step, step_shown
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to

PAGE_SIZE = 50


def invitation_list(request, pk):
    group = _group_to_invite_to(request, pk)
    invitations = Invitation.objects.visible_to(request.user).filter(group=group).select_related("group")
    page = page_of(invitations, key="created_at", query=request.GET, size=PAGE_SIZE, is_descending=True)
    now = timezone.now()
    rows = [(invitation, invitation.standing(now=now)) for invitation in page.rows]
    return render(request, "groups/invitation_list.html", {"group": group, "page": page, "rows": rows})


def invitation_add(request, pk):
    group = _group_to_invite_to(request, pk)
    form = InvitePeopleForm(request.POST or None, request.FILES or None, cancel_url=group.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            sent, waiting = invite_people(group=group, people=form.invitees, by=request.user, now=timezone.now())
            _say_who_is_invited(request, sent, waiting)
            return redirect(after_step(request, group) or reverse("groups:invitation_list", args=[group.pk]))
    return render(request, "groups/invitation_add.html", {"group": group, "form": form, **step_shown(request, group)})


def code_add(request, pk):
    group = _group_to_invite_to(request, pk)
    now = timezone.now()
    today = timezone.localdate(now, group.zone)
    form = AddCodeForm(
        request.POST or None, zone=group.zone, today=today, cancel_url=reverse("groups:invitation_list", args=[pk])
    )
    if form.is_valid():
        max_uses = form.cleaned_data["max_uses"]
        with shown_on(form):
            invitation = add_code(
                group=group, max_uses=max_uses, expires_at=form.expires_at(), by=request.user, now=now
            )
            return redirect("groups:invitation_sheet", invitation.pk)
    return render(request, "groups/code_add.html", {"group": group, "form": form})


def invitation_sheet(request, pk):
    """A page to print: what the group is, the QR code, and the same to type."""
    invitation = _code(request, pk)
    now = timezone.now()
    context = {
        "invitation": invitation,
        "group": invitation.group,
        "meeting": Meeting.objects.going_ahead().upcoming(now=now).filter(group=invitation.group).first(),
        "is_usable": invitation.is_usable(now=now),
        "join_address": settings.BASE_URL.split("://")[1] + reverse("groups:join"),
    }
    return render(request, "groups/invitation_sheet.html", context)


def invitation_qr(request, pk):
    invitation = _code(request, pk)
    address = settings.BASE_URL + reverse("groups:code_open", args=[invitation.token()])
    picture = io.BytesIO()
    qrcode.make(address, image_factory=qrcode.image.svg.SvgPathFillImage).save(picture)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@require_POST
def invitation_resend(request, pk):
    return _change(request, pk, resend_invitation, _("The invitation is sent again."))


@require_POST
def invitation_withdraw(request, pk):
    return _change(request, pk, withdraw_invitation, _("The invitation is withdrawn. It lets nobody in any more."))


def _change(request, pk, service, done):
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.invite_members", invitation)
    with shown_to(request):
        service(invitation=invitation, now=timezone.now())
        messages.success(request, done)
    return redirect("groups:invitation_list", invitation.group_id)


def _group_to_invite_to(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.invite_members", group)
    return group


def _code(request, pk):
    codes = Invitation.objects.visible_to(request.user).filter(kind=Invitation.Kind.CODE)
    return get_object_or_404(codes.select_related("group", "invited_by"), pk=pk)


def _say_who_is_invited(request, sent, waiting):
    if sent:
        number = len(sent)
        sentence = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", number)
        messages.success(request, sentence % {"n": number})
    if waiting:
        names = ", ".join(person.name or person.email for person in waiting)
        messages.info(request, _("Invited before, and not sent again: %(names)s") % {"names": names})
