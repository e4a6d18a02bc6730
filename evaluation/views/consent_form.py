"""The versions of a study's consent form."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.forms.consent import PublishConsentFormForm
from evaluation.models import ConsentForm, Study
from evaluation.services.consent import publish_form
from peersupport.access import require
from peersupport.refusals import shown_on


def consent_form_detail(request, pk):
    forms = ConsentForm.objects.visible_to(request.user).select_related("study").prefetch_related("statements")
    consent_form = get_object_or_404(forms, pk=pk)
    return render(request, "evaluation/consent_form_detail.html", {"consent_form": consent_form})


def consent_form_publish(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.change_study", study)
    latest = study.consent_forms.prefetch_related("statements").first()
    form = PublishConsentFormForm(request.POST or None, latest=latest, cancel_url=study.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            published = publish_form(
                study=study, text=form.cleaned_data["text"], statements=form.statements, now=timezone.now()
            )
            messages.success(request, _("Version %(number)s is published.") % {"number": published.version})
            return redirect(published)
    context = {"study": study, "form": form, "latest": latest}
    return render(request, "evaluation/consent_form_publish.html", context)
