"""Using the service without a connection: what a device keeps once its owner turns it on, and what it sends later."""

from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from groups.models import Meeting
from supportplans.forms.waiting import KeptFlareUpForm, WaitingFlareUpForm
from supportplans.own_plan import WHEN_IT_FLARES, sections_of
from supportplans.refusals import TakenBack
from supportplans.services.flareup import log_flareup


@require_safe
def offline_choose(request):
    """Turning it on or off is the device's own doing: we don't know which devices keep something."""
    return render(request, "supportplans/offline_choose.html")


@require_safe
def offline_page(request):
    """All that a device keeps. It is fetched unseen, so it shows no messages: they wait for a page that is read."""
    now = timezone.now()
    written = [section for section in sections_of(request.user) if section.text]
    context = {
        "meeting": Meeting.objects.next_of(request.user, now=now),
        "first_sections": [section for section in written if section.kind in WHEN_IT_FLARES],
        "other_sections": [section for section in written if section.kind not in WHEN_IT_FLARES],
        "form": KeptFlareUpForm(),
        "now": now,
    }
    return render(request, "supportplans/offline_page.html", context)


@require_http_methods(["GET", "POST"])
def waiting_log(request):
    """For the script that sends what was logged without a connection. GET: as whom it would send. POST: one entry."""
    mark = request.user.device_mark
    if request.method == "GET":
        return JsonResponse({"person": mark, "token": get_token(request)})
    if request.POST.get("person") != mark:
        return JsonResponse({}, status=409)
    form = WaitingFlareUpForm(request.POST)
    if not form.is_valid():
        problems = [problem for errors in form.errors.values() for problem in errors]
        return JsonResponse({"problem": problems[0]}, status=400)
    try:
        flareup = log_flareup(by=request.user, now=timezone.now(), **form.cleaned_data)
    except TakenBack:
        # It had arrived, and was taken back since: nothing waits any more.
        return JsonResponse({"url": reverse("supportplans:flareup_list")})
    return JsonResponse({"url": flareup.get_absolute_url()})
