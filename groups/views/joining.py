"""The way into a group, for someone who may have no account yet.

A token or a code is taken out of the address at once: the browser's session remembers which invitation it was.
"""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from groups.forms.group import ConfirmForm
from groups.forms.invitation import JoinForm
from groups.forms.joining import DeclineInvitationForm, JoinRequestForm
from groups.models import Invitation, Meeting, Membership
from groups.refusals import AlreadyMember, NotUsable, TakenOutBefore
from groups.services.invitation import accept_invitation, decline_invitation
from groups.services.joining import ask_to_join
from peersupport.access import throttle
from peersupport.refusals import shown_on, shown_to

REMEMBERED = "invitation"
MOST_TRIES, IN_SECONDS = 30, 600


@login_not_required
@never_cache
def join(request):
    """Where the code on a printed sheet is typed."""
    form = JoinForm(request.POST or None)
    status = 200
    if form.is_valid():
        if not _may_try(request):
            form.add_error(None, _too_many_tries())
            status = 429
        elif _remember(request, Invitation.objects.with_code(form.cleaned_data["code"])):
            return redirect("groups:invitation_detail")
        else:
            form.add_error("code", _("We don't know this code. Check each letter and number against your sheet."))
    return render(request, "groups/join.html", {"form": form}, status=status)


@login_not_required
@never_cache
def code_open(request, code):
    """Where the QR code leads."""
    if not _may_try(request):
        messages.error(request, _too_many_tries())
        return redirect("groups:join")
    _remember(request, Invitation.objects.with_code(code))
    return redirect("groups:invitation_detail")


@login_not_required
@never_cache
def invitation_open(request, token):
    """Where the link in the e-mail leads."""
    _remember(request, Invitation.objects.with_token(token))
    return redirect("groups:invitation_detail")


@login_not_required
@never_cache
def invitation_detail(request):
    """What the group is and what to expect, before anyone signs up."""
    invitation = _remembered(request)
    if request.user.is_authenticated:
        return redirect("groups:invitation_accept")
    if not invitation or not invitation.is_usable(now=timezone.now()):
        return _closed(request, invitation)
    return render(request, "groups/invitation_detail.html", _shown(invitation))


@login_not_required
@never_cache
def invitation_decline(request):
    """Whoever holds the e-mail's link says no; a printed code is simply not used."""
    invitation = _remembered(request)
    if not invitation or invitation.kind == Invitation.Kind.CODE or not invitation.is_usable(now=timezone.now()):
        return _closed(request, invitation)
    form = DeclineInvitationForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with shown_on(form):
            decline_invitation(invitation=invitation, now=timezone.now(), **form.cleaned_data)
            del request.session[REMEMBERED]
            return render(request, "groups/invitation_decline_done.html")
    return render(request, "groups/invitation_decline.html", {"invitation": invitation, "form": form})


def invitation_accept(request):
    invitation = _remembered(request)
    asks = bool(invitation) and invitation.asks_first
    form_class = JoinRequestForm if asks else ConfirmForm
    label = _("Ask to join") if asks else _("Join the group")
    form = form_class(request.POST if request.method == "POST" else None, submit_label=label)
    if invitation and form.is_valid():
        return _ask(request, invitation, form) if asks else _let_in(request, invitation)
    if invitation and not invitation.membership_id and _is_member(request.user, invitation):
        return render(request, "groups/invitation_accept_member.html", {"group": invitation.group})
    if not invitation or not invitation.is_usable(now=timezone.now()):
        return _closed(request, invitation)
    return render(request, "groups/invitation_accept.html", {**_shown(invitation), "form": form, "asks": asks})


def _let_in(request, invitation):
    try:
        accept_invitation(invitation=invitation, by=request.user, now=timezone.now())
    except AlreadyMember:
        return redirect("groups:invitation_accept")
    except TakenOutBefore as refusal:
        messages.error(request, str(refusal))
        return redirect("groups:group_find")
    except NotUsable:
        invitation.refresh_from_db()
        return _closed(request, invitation)
    del request.session[REMEMBERED]
    messages.success(request, _("You are a member of %(group)s.") % {"group": invitation.group})
    return redirect("groups:group_welcome", invitation.group_id)


def _ask(request, invitation, form):
    """A printed code of a group that lets people in by agreement opens the question, not the door."""
    with shown_to(request):
        ask_to_join(
            group=invitation.group, invitation=invitation, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        del request.session[REMEMBERED]
        messages.success(request, _("The group is asked. You get an email when they answer."))
    return redirect("groups:group_find")


def _closed(request, invitation):
    """404 for one that never was, 410 for one that was."""
    if not invitation:
        return render(request, "groups/invitation_detail_unknown.html", status=404)
    context = {"invitation": invitation, "standing": invitation.standing(now=timezone.now())}
    return render(request, "groups/invitation_detail_closed.html", context, status=410)


def _shown(invitation):
    meetings = Meeting.objects.going_ahead().upcoming(now=timezone.now()).filter(group=invitation.group)
    return {"invitation": invitation, "group": invitation.group, "meeting": meetings.first()}


def _is_member(person, invitation):
    return Membership.objects.current().filter(person=person, group=invitation.group_id).exists()


def _remember(request, invitations):
    """Keep in the session which invitation was opened; whether there is one."""
    request.session[REMEMBERED] = invitations.values_list("pk", flat=True).first()
    return request.session[REMEMBERED]


def _remembered(request):
    invitations = Invitation.objects.select_related("group", "invited_by")
    return invitations.filter(pk=request.session.get(REMEMBERED)).first()


def _may_try(request):
    where = get_adapter().get_client_ip(request)
    return throttle.allows("join", where, most=MOST_TRIES, seconds=IN_SECONDS)


def _too_many_tries():
    return _("Too many codes were tried from here. Wait ten minutes, then try again.")
