"""Tokens for analysts' programs."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.forms.api_token import MakeApiTokenForm
from evaluation.models import ApiToken, Study
from evaluation.services.api_token import make_api_token, revoke_api_token
from members.reauthentication import addresses, require_fresh_second_factor
from peersupport.access import require


def api_token_list(request, pk):
    """One's own, and for the lead those of everyone."""
    study = _study_or_404(request, pk)
    rows = ApiToken.objects.visible_to(request.user).filter(study=study).select_related("person")
    context = {"study": study, "tokens": rows, "now": timezone.now(), "api_url": reverse("research_api:openapi-json")}
    return render(request, "evaluation/api_token_list.html", context)


def api_token_make(request, pk):
    """Shown in answer to the POST alone: it is kept nowhere."""
    study = _study_or_404(request, pk)
    require_fresh_second_factor(request)
    list_url = reverse("evaluation:api_token_list", args=[study.pk])
    form = MakeApiTokenForm(request.POST or None, **addresses(request, list_url))
    context = {"study": study, "form": form}
    if form.is_valid():
        token, secret = make_api_token(study=study, by=request.user, now=timezone.now(), **form.cleaned_data)
        context |= {"token": token, "secret": secret}
        context["list_address"] = request.build_absolute_uri(reverse("research_api:export_list"))
    return render(request, "evaluation/api_token_make.html", context)


@require_POST
def api_token_revoke(request, pk):
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.revoke_api_token", token)
    revoke_api_token(token=token, by=request.user, now=timezone.now())
    messages.success(request, _("The token opens nothing any more."))
    return redirect("evaluation:api_token_list", token.study_id)


def _study_or_404(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.download_export", study)
    return study
