"""A person's own account."""

from allauth.account.views import LogoutView, ReauthenticateView
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from members import services
from members.forms import EditProfileForm
from peersupport.access.log import looks_at
from peersupport.access.roles import Role, held_by, needs_second_factor

LOOKS_SHOWN = 100
#: What a browser is to forget when someone signs out on it: pages, and what our scripts keep (Clear-Site-Data, W3C).
FORGET_ALL = '"cache", "storage"'


def account(request):
    context = {
        "needs_second_factor": needs_second_factor(request.user),
        "is_member": Role.MEMBER in held_by(request.user),
    }
    return render(request, "members/account.html", context)


def profile_edit(request):
    person = request.user
    names = ("preferred_name", "time_zone", "language")
    form = EditProfileForm(request.POST or None, initial={name: getattr(person, name) for name in names})
    if form.is_valid():
        services.edit_profile(person=person, **form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        return redirect("members:account")
    return render(request, "members/profile_edit.html", {"form": form})


@require_POST
def mail_resume(request):
    """Their mailbox is full no more, or their address works again."""
    services.resume_mail(person=request.user)
    messages.success(request, _("We send to %(email)s again.") % {"email": request.user.email})
    return redirect("members:account")


def look_list(request):
    looks = looks_at(request.user)[:LOOKS_SHOWN]
    return render(request, "members/look_list.html", {"looks": looks, "most": LOOKS_SHOWN})


@login_not_required
def account_logout(request):
    """allauth's, and the browser forgets what it keeps of ours, whether or not our script runs there."""
    response = LogoutView.as_view()(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = FORGET_ALL
    return response


def account_reauthenticate(request):
    """allauth asks for a password or an authenticator; who has neither signs in again, by code."""
    if request.user.has_usable_password() or Authenticator.objects.filter(user=request.user).exists():
        return ReauthenticateView.as_view()(request)
    return render(request, "members/account_reauthenticate.html")
