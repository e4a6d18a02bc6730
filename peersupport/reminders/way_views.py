"""The ways in which messages reach a person, as they set them up themselves."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peersupport.devices import spoken_device
from peersupport.refusals import shown_on
from peersupport.reminders import ways
from peersupport.reminders.channels.push import public_key
from peersupport.reminders.forms import AddDeviceForm, AddPhoneForm, ConfirmPhoneForm, EditStandInForm
from peersupport.reminders.models import Device, PhoneNumber
from peersupport.reminders.outbox import stand_ins_of


def way_list(request):
    """E-mail, text messages, devices, and which of them stands in for which."""
    person = request.user
    channels = ways.offered_channels(person)
    allowed = stand_ins_of(person.pk)
    context = {
        "phone": PhoneNumber.objects.filter(person=person).first(),
        "devices": Device.objects.filter(person=person).order_by("-added_at"),
        "has_texts": bool(settings.NOTIFY_TEXT_TEMPLATE),
        "public_key": public_key() if settings.VAPID_PRIVATE_KEY else "",
        "has_choice": len(channels) > 1,
        "stand_ins": [channel.label for channel in channels if channel.name in allowed],
    }
    return render(request, "reminders/way_list.html", context)


def phone_add(request):
    if not settings.NOTIFY_TEXT_TEMPLATE:
        raise Http404
    form = AddPhoneForm(request.POST or None, cancel_url=reverse("reminders:way_list"))
    if form.is_valid():
        with shown_on(form):
            number = form.cleaned_data["number"]
            ways.ask_to_confirm_number(person_id=request.user.pk, number=number, now=timezone.now())
            return redirect("reminders:phone_confirm")
    return render(request, "reminders/phone_add.html", {"form": form})


def phone_confirm(request):
    phone = PhoneNumber.objects.filter(person=request.user, confirmed_at=None).first()
    if phone is None:
        return redirect("reminders:way_list")
    form = ConfirmPhoneForm(request.POST or None, cancel_url=reverse("reminders:way_list"))
    if form.is_valid():
        with shown_on(form):
            ways.confirm_number(person_id=request.user.pk, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your number is confirmed. Now choose what comes as a text."))
            return redirect("reminders:preferences")
    return render(request, "reminders/phone_confirm.html", {"form": form, "phone": phone})


@require_POST
def phone_remove(request):
    ways.remove_number(person_id=request.user.pk, now=timezone.now())
    messages.success(request, _("Your number is removed."))
    return redirect("reminders:way_list")


@require_POST
def device_add(request):
    form = AddDeviceForm(request.POST)
    if not settings.VAPID_PRIVATE_KEY:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("This browser takes its notifications from a service that we don't send to."))
        return redirect("reminders:way_list")
    name = spoken_device(request.headers.get("User-Agent", ""))
    session_key = request.session.session_key
    ways.add_device(
        person_id=request.user.pk, name=name, session_key=session_key, now=timezone.now(), **form.cleaned_data
    )
    messages.success(request, _("This device takes notifications. Now choose which."))
    return redirect("reminders:preferences")


@require_POST
def device_remove(request, pk):
    device = get_object_or_404(Device, pk=pk, person=request.user)
    ways.remove_device(device=device, now=timezone.now())
    messages.success(request, _("%(device)s gets no more notifications.") % {"device": device.name})
    return redirect("reminders:way_list")


def stand_in_edit(request):
    """What to use when something does not get through."""
    form = EditStandInForm(
        request.POST if request.method == "POST" else None,
        channels=ways.offered_channels(request.user),
        initial={"channels": stand_ins_of(request.user.pk)},
        cancel_url=reverse("reminders:way_list"),
    )
    if form.is_valid():
        ways.allow_stand_in(person_id=request.user.pk, channels=form.cleaned_data["channels"], now=timezone.now())
        messages.success(request, _("Your choice is saved."))
        return redirect("reminders:way_list")
    return render(request, "reminders/stand_in_edit.html", {"form": form})
