"""Finding a group, asking to join it, and what those who look after it answer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from groups.forms.group import ConfirmForm
from groups.forms.joining import AnswerJoinRequestForm, JoinRequestForm
from groups.models import JoinRequest, Membership, SupportGroup
from groups.services.joining import answer_join_request, ask_to_join, join_open_group, withdraw_join_request
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to

PAGE_SIZE = 25


def group_find(request):
    """Groups that anyone can join or ask to join: what they are about, never who is in them or where they meet."""
    groups = SupportGroup.objects.to_find(request.user).select_related("site")
    asked = JoinRequest.objects.filter(person=request.user, state=JoinRequest.State.ASKED)
    context = {
        "page": page_of(groups, key="name", query=request.GET, size=PAGE_SIZE),
        "asked": asked.select_related("group").order_by("asked_at", "pk"),
    }
    return render(request, "groups/group_find.html", context)


def group_join(request, pk):
    """Straight in, where the group is open; elsewhere a few words to those who look after it."""
    group = get_object_or_404(SupportGroup.objects.to_find(request.user), pk=pk)
    if group.join_rule == SupportGroup.JoinRule.BY_AGREEMENT:
        return _ask(request, group)
    form = ConfirmForm(
        request.POST if request.method == "POST" else None,
        submit_label=_("Join the group"),
        cancel_url=reverse("groups:group_find"),
    )
    if form.is_valid():
        with shown_on(form):
            join_open_group(group=group, by=request.user, now=timezone.now())
            messages.success(request, _("You are a member of %(group)s.") % {"group": group})
            return redirect("groups:group_welcome", pk)
    return render(request, "groups/group_join.html", {"group": group, "form": form})


@require_POST
def join_request_withdraw(request, pk):
    join_request = get_object_or_404(JoinRequest.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.withdraw_join_request", join_request)
    with shown_to(request):
        withdraw_join_request(join_request=join_request, now=timezone.now())
        messages.success(request, _("You have taken your request back."))
    return redirect("groups:group_find")


def join_request_list(request, pk):
    group = get_object_or_404(SupportGroup.objects.visible_to(request.user), pk=pk)
    require(request.user, "groups.answer_join_request", group)
    requests = JoinRequest.objects.filter(group=group).select_related("person", "answered_by")
    context = {
        "group": group,
        "waiting": requests.filter(state=JoinRequest.State.ASKED).order_by("asked_at", "pk"),
        "page": page_of(
            requests.exclude(state=JoinRequest.State.ASKED),
            key="asked_at",
            query=request.GET,
            size=PAGE_SIZE,
            is_descending=True,
        ),
    }
    return render(request, "groups/join_request_list.html", context)


def join_request_answer(request, pk):
    requests = JoinRequest.objects.visible_to(request.user).select_related("group", "person")
    join_request = get_object_or_404(requests, pk=pk)
    require(request.user, "groups.answer_join_request", join_request)
    back = reverse("groups:join_request_list", args=[join_request.group_id])
    form = AnswerJoinRequestForm(request.POST or None, cancel_url=back)
    if form.is_valid():
        with shown_on(form):
            answer_join_request(join_request=join_request, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("%(name)s gets your answer.") % {"name": join_request.person})
            return redirect(back)
    is_open = join_request.state == JoinRequest.State.ASKED
    before = Membership.objects.filter(group=join_request.group, person=join_request.person).exists()
    context = {"join_request": join_request, "form": form, "is_open": is_open, "has_been_here": before}
    return render(request, "groups/join_request_answer.html", context)


def _ask(request, group):
    form = JoinRequestForm(request.POST if request.method == "POST" else None, cancel_url=reverse("groups:group_find"))
    if form.is_valid():
        with shown_on(form):
            ask_to_join(group=group, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The group is asked. You get an email when they answer."))
            return redirect("groups:group_find")
    return render(request, "groups/group_join.html", {"group": group, "form": form})
