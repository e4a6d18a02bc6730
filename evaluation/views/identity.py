"""Who a pseudonym is: asked for, answered by a second person, shown, and linked with an account."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.forms.identity import AnswerIdentityRequestForm, LinkAccountForm, RequestIdentityForm
from evaluation.looks import record_look
from evaluation.models import IdentityKey, IdentityRequest, Study
from evaluation.services.identity import (
    answer_identity_request,
    holding_request,
    link_account,
    open_identity_key,
    request_identity,
)
from evaluation.views.participant import participant_or_404
from peersupport.access import require
from peersupport.refusals import shown_on, shown_to


def identity_key_open(request, pk):
    """Shown in answer to a POST alone, so that nothing of it stays in an address or a history."""
    key = _key_or_404(request, pk)
    now = timezone.now()
    requests = IdentityRequest.objects.filter(participant=key.participant, asked_by=request.user)
    context = {
        "participant": key.participant,
        "holding": holding_request(key=key, person=request.user, now=now),
        "newest": requests.select_related("answered_by").first(),
    }
    if request.method == "POST":
        with shown_to(request):
            context["look"] = open_identity_key(key=key, by=request.user, now=now)
            context["key"] = key
    return render(request, "evaluation/identity_key_open.html", context)


def identity_request(request, pk):
    key = _key_or_404(request, pk)
    form = RequestIdentityForm(request.POST or None, cancel_url=key.participant.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            request_identity(participant=key.participant, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("You will hear once someone has answered."))
            return redirect("evaluation:identity_key_open", key.participant_id)
    return render(request, "evaluation/identity_request.html", {"participant": key.participant, "form": form})


def identity_request_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_identity_request", study)
    requests = IdentityRequest.objects.filter(study=study).select_related("participant", "asked_by", "answered_by")
    return render(request, "evaluation/identity_request_list.html", {"study": study, "requests": requests})


def identity_request_answer(request, pk):
    rows = IdentityRequest.objects.visible_to(request.user)
    asked = get_object_or_404(rows.select_related("study", "participant", "asked_by", "answered_by"), pk=pk)
    require(request.user, "evaluation.answer_identity_request", asked)
    record_look(request, asked, [asked.participant])
    form = AnswerIdentityRequestForm(request.POST or None)
    if form.is_valid():
        with shown_on(form):
            answer_identity_request(request=asked, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Your answer is saved, and they are told."))
            return redirect("evaluation:identity_request_list", asked.study_id)
    is_own = asked.asked_by_id == request.user.pk
    context = {"asked": asked, "form": form, "is_own": is_own}
    return render(request, "evaluation/identity_request_answer.html", context)


def account_link(request, pk):
    key = _key_or_404(request, pk)
    form = LinkAccountForm(request.POST or None, cancel_url=key.participant.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            link_account(key=key, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The account is linked. Tell them that they can sign in and see their part."))
            return redirect(key.participant)
    return render(request, "evaluation/account_link.html", {"participant": key.participant, "form": form})


def _key_or_404(request, pk):
    participant = participant_or_404(request, pk)
    key = get_object_or_404(IdentityKey.objects.select_related("person", "participant__study"), participant=participant)
    require(request.user, "evaluation.view_identity_key", key)
    return key
