"""Reminders as people see them: choosing them, turning one off, what was sent; and how delivery stands."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from peersupport.access import require
from peersupport.access.roles import held_by
from peersupport.paging import page_of
from peersupport.refusals import shown_on
from peersupport.reminders import services
from peersupport.reminders.channels import CHANNELS, EMAIL
from peersupport.reminders.digest import DIGEST
from peersupport.reminders.figures import figures
from peersupport.reminders.forms import EditDigestForm, EditQuietTimeForm, PreferencesForm, SettleMessageForm
from peersupport.reminders.letters import read_unsubscribe_token
from peersupport.reminders.models import Message, Preference, QuietTime, WeeklyDigest
from peersupport.reminders.registry import kind_named
from peersupport.reminders.ways import offered_channels

Person = get_user_model()
PAGE = 25


def preferences(request):
    wishes = {wish.kind: wish for wish in Preference.objects.filter(person=request.user)}
    form = PreferencesForm(
        request.POST if request.method == "POST" else None,
        roles=held_by(request.user),
        wishes=wishes,
        channels=offered_channels(request.user),
    )
    if form.is_valid():
        services.choose_reminders(
            person_id=request.user.pk,
            wanted=form.wanted(),
            leads=form.leads(),
            channels=form.channels(),
            now=timezone.now(),
        )
        messages.success(request, _("Your choice is saved."))
        return redirect("members:account")
    return render(request, "reminders/preferences.html", {"form": form})


def quiet_time_edit(request):
    """Quiet hours, and a pause of everything."""
    now = timezone.now()
    today = timezone.localdate(now, request.user.zone)
    times = QuietTime.objects.filter(person=request.user).first()
    form = EditQuietTimeForm(
        request.POST if request.method == "POST" else None,
        today=today,
        initial=_shown(times, today) if times else None,
        cancel_url=reverse("members:account"),
    )
    if form.is_valid():
        services.edit_quiet_time(person_id=request.user.pk, now=now, **form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return redirect("members:account")
    return render(request, "reminders/quiet_time_edit.html", {"form": form})


def digest_edit(request):
    """One e-mail a week in place of single reminders, or not."""
    digest = WeeklyDigest.objects.filter(person=request.user).first()
    is_off = Preference.objects.filter(person=request.user, kind=DIGEST, is_wanted=False).exists()
    rhythm = EditDigestForm.WEEKLY if digest and not is_off else EditDigestForm.SINGLE
    form = EditDigestForm(
        request.POST or None,
        initial={"rhythm": rhythm, "weekday": digest.weekday if digest else 1},
        cancel_url=reverse("members:account"),
    )
    if form.is_valid():
        services.edit_digest(person_id=request.user.pk, weekday=form.chosen_weekday(), now=timezone.now())
        messages.success(request, _("Your choice is saved."))
        return redirect("members:account")
    return render(request, "reminders/digest_edit.html", {"form": form})


@csrf_exempt
@login_not_required
def unsubscribe(request, token):
    """Mail programs post here without a session or a CSRF token (RFC 8058): the signed address is the proof."""
    try:
        person_id, name = read_unsubscribe_token(token)
    except signing.BadSignature as error:
        raise Http404 from error
    kind = kind_named(name)
    if not kind or not Person.objects.filter(pk=person_id).exists():
        raise Http404
    if request.method == "POST":
        settle = services.resume_email_of if request.POST.get("again") == "yes" else services.stop_email_of
        settle(person_id=person_id, kind=name, now=timezone.now())
    wish = Preference.objects.filter(person=person_id, kind=name).first()
    is_off = wish is not None and not (wish.is_wanted and EMAIL in (wish.channels or [EMAIL]))
    return render(request, "reminders/unsubscribe.html", {"kind": kind, "is_off": is_off, "token": token})


def message_list(request):
    settled = Message.objects.filter(recipient=request.user, state__in=[Message.State.SENT, Message.State.UNCERTAIN])
    page = page_of(settled, key="settled_at", query=request.GET, size=PAGE, is_descending=True)
    rows = [(message, kind_named(message.kind), CHANNELS[message.channel]) for message in page.rows]
    return render(request, "reminders/message_list.html", {"rows": rows, "page": page})


def delivery(request):
    require(request.user, "reminders.view_delivery")
    standing = figures(timezone.now())
    parked = Message.objects.filter(state=Message.State.PARKED)
    page = page_of(parked, key="settled_at", query=request.GET, size=PAGE, is_descending=True)
    context = {
        "figures": standing,
        "lag_minutes": standing.oldest_unsent // timedelta(minutes=1),
        "planning_minutes": standing.planning_lag // timedelta(minutes=1),
        "page": page,
        "parked": [(message, kind_named(message.kind), CHANNELS[message.channel]) for message in page.rows],
    }
    return render(request, "reminders/delivery.html", context)


def message_settle(request, pk):
    """A message that could not be sent: try again, or let it be."""
    if not request.user.has_perm("reminders.settle_message"):
        raise Http404
    message = get_object_or_404(Message, pk=pk, state=Message.State.PARKED)
    form = SettleMessageForm(request.POST or None, cancel_url=reverse("reminders:delivery"))
    if form.is_valid():
        with shown_on(form):
            settle = services.requeue_message if form.tries_again else services.drop_message
            settle(message=message, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
            messages.success(request, _("It is tried again now.") if form.tries_again else _("It is dropped."))
            return redirect("reminders:delivery")
    context = {"message": message, "kind": kind_named(message.kind), "form": form}
    return render(request, "reminders/message_settle.html", context)


def _shown(times, today):
    """A pause that is over is not shown again."""
    is_paused = times.resumes_on and times.resumes_on > today
    return {"starts": times.starts, "ends": times.ends, "resumes_on": times.resumes_on if is_paused else None}
