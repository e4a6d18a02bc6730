"""What comes of it all: a page to take along, and what helped."""

from django.shortcuts import render
from django.utils import timezone

from supportplans.flareup_summary import Summary, quarter_before
from supportplans.forms.flareup_summary import SummaryForm
from supportplans.models import Remedy, Trigger

FIRST_CHOICE = ["numbers", "tried", "contacts", "flareups"]
MOST_WORDS = 100


def flareup_summary(request):
    """Asked for without dates, it asks for them; with them, it is the page to print or save."""
    today = timezone.localdate()
    initial = {"first": quarter_before(today), "last": today, "contents": FIRST_CHOICE}
    form = SummaryForm(request.GET or None, initial=initial)
    if not form.is_valid():
        return render(request, "supportplans/flareup_summary.html", {"form": form})
    said = form.cleaned_data
    summary = Summary(request.user, said["first"], said["last"])
    context = {"summary": summary, "contents": said["contents"], "today": today, "query": request.GET.urlencode()}
    return render(request, "supportplans/flareup_summary_sheet.html", context)


def what_helped(request):
    """What the person tried and whether it helped, and what set it off: counted, not judged."""
    remedies = Remedy.objects.filter(person=request.user).with_answers()
    triggers = Trigger.objects.filter(person=request.user).most_used_first().filter(times__gt=0)
    context = {"remedies": remedies[:MOST_WORDS], "triggers": triggers[:MOST_WORDS]}
    return render(request, "supportplans/what_helped.html", context)
