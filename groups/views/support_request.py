"""Requests for support: asked by organisers of a group, answered by its tutors or the coordinator."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.support_request import AnswerRequestForm, AskForSupportForm
from groups.models import SupportGroup, SupportRequest
from groups.services.support_request import answer_request, ask_for_support, close_request
from peersupport.access import log, require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to

PAGE_SIZE = 25


def support_request_list(request):
    """Everything the person asked or may answer, newest first."""
    requests = SupportRequest.objects.visible_to(request.user).select_related("group", "asked_by")
    is_open = request.GET.get("show") != "all"
    if is_open:
        requests = requests.exclude(state=SupportRequest.State.CLOSED)
    page = page_of(requests, key="asked_at", query=request.GET, size=PAGE_SIZE, is_descending=True)
    return render(request, "groups/support_request_list.html", {"page": page, "is_open": is_open})


def support_request_add(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.ask_for_support", group)
    form = AskForSupportForm(request.POST or None, cancel_url=group.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            asked = ask_for_support(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your question is sent. You get an email when there is an answer."))
            return redirect(asked)
    return render(request, "groups/support_request_add.html", {"group": group, "form": form})


def support_request_detail(request, pk):
    rows = SupportRequest.objects.visible_to(request.user)
    asked = get_object_or_404(rows.select_related("group", "asked_by", "answered_by", "closed_by"), pk=pk)
    can_answer = asked.is_open and request.user.has_perm("groups.answer_support_request", asked)
    if request.method == "POST":
        require(request.user, "groups.answer_support_request", asked)
    form = AnswerRequestForm(request.POST or None, cancel_url=reverse("groups:support_request_list"))
    if form.is_valid():
        with shown_on(form):
            answer_request(support_request=asked, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your answer is sent."))
            return redirect(asked)
    _log_look(request, asked)
    context = {"asked": asked, "form": form if can_answer or form.is_bound else None}
    return render(request, "groups/support_request_detail.html", context)


@require_POST
def support_request_close(request, pk):
    asked = get_object_or_404(SupportRequest.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.close_support_request", asked)
    with shown_to(request):
        close_request(support_request=asked, by=request.user, now=timezone.now())
        messages.success(request, _("It is closed."))
    return redirect("groups:support_request_list")


def _log_look(request, asked):
    """Whoever asked sees who read it, but for themselves."""
    if request.user != asked.asked_by:
        log.record(
            actor=request.user,
            action=log.Action.VIEWED,
            obj=asked,
            subject=asked.asked_by,
            route="groups:support_request_detail",
        )
