"""Reminders as people see them: choosing them, turning one off, what was sent; and how delivery stands."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db.models import Count, Min, Q
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from peersupport.access import require
from peersupport.paging import page_of
from peersupport.reminders import services
from peersupport.reminders.forms import PreferencesForm
from peersupport.reminders.letters import read_unsubscribe_token
from peersupport.reminders.models import Message, PlanningProgress, Preference
from peersupport.reminders.outbox import lag
from peersupport.reminders.registry import kind_named

Person = get_user_model()
PAGE = 25
#: Passes come every half minute: what is due for longer than this is held up.
LATE = timedelta(minutes=5)


def preferences(request):
    off = Preference.objects.filter(person=request.user, is_wanted=False).values_list("kind", flat=True)
    form = PreferencesForm(request.POST or None, turned_off=frozenset(off))
    if form.is_valid():
        services.choose_reminders(person_id=request.user.pk, wanted=form.wanted(), now=timezone.now())
        messages.success(request, _("Your choice is saved."))
        return redirect("members:account")
    return render(request, "reminders/preferences.html", {"form": form})


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
        is_wanted = request.POST.get("again") == "yes"
        services.choose_reminders(person_id=person_id, wanted={name: is_wanted}, now=timezone.now())
    is_off = Preference.objects.filter(person=person_id, kind=name, is_wanted=False).exists()
    return render(request, "reminders/unsubscribe.html", {"kind": kind, "is_off": is_off, "token": token})


def message_list(request):
    settled = Message.objects.filter(recipient=request.user, state__in=[Message.State.SENT, Message.State.UNCERTAIN])
    page = page_of(settled, key="settled_at", query=request.GET, size=PAGE, is_descending=True)
    rows = [(message, kind_named(message.kind)) for message in page.rows]
    return render(request, "reminders/message_list.html", {"rows": rows, "page": page})


def delivery(request):
    require(request.user, "reminders.view_delivery")
    now = timezone.now()
    recent = Q(settled_at__gt=now - timedelta(days=1))
    counts = Message.objects.filter(Q(settled_at=None) | recent).aggregate(
        due=Count("pk", filter=Q(state__in=["pending", "sending"], due_at__lte=now)),
        waiting=Count("pk", filter=Q(state="pending", due_at__gt=now)),
        late=Count("pk", filter=Q(state__in=["pending", "sending"], due_at__lte=now - LATE)),
        put_off=Count("pk", filter=Q(state="pending", failures__gt=0)),
        sent=Count("pk", filter=Q(state="sent")),
        maybe_twice=Count("pk", filter=Q(state="sent", attempts__gt=1)),
        dropped=Count("pk", filter=Q(state="dropped")),
        parked=Count("pk", filter=Q(state="parked")),
        uncertain=Count("pk", filter=Q(state="uncertain")),
    )
    reasons = Message.objects.filter(recent, state__in=["parked", "uncertain"]).values("kind", "reason")
    planned = PlanningProgress.objects.aggregate(least=Min("planned_until"))["least"]
    context = {
        "counts": counts,
        "reasons": reasons.annotate(number=Count("pk")).order_by("kind", "reason"),
        "lag_minutes": lag(now) // timedelta(minutes=1),
        "planned_until": planned,
    }
    return render(request, "reminders/delivery.html", context)
