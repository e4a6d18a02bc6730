"""Exports: asked for, watched, downloaded."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.exports.job import folder_of
from evaluation.exports.preview import preview
from evaluation.exports.profile import QUANTITATIVE
from evaluation.exports.signature import fingerprint, public_key
from evaluation.forms.export import RequestExportForm
from evaluation.models import Export, Study
from evaluation.services.export import AlreadyRunning, log_download, request_export
from peersupport.access import require
from peersupport.paging import page_of

PAGE = 25


def export_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_export", study)
    exports = Export.objects.visible_to(request.user).filter(study=study).select_related("requested_by")
    page = page_of(exports, key="requested_at", query=request.GET, size=PAGE, is_descending=True)
    may_request = request.user.has_perm("evaluation.request_export", study)
    return render(request, "evaluation/export_list.html", {"study": study, "page": page, "may_request": may_request})


def export_request(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.request_export", study)
    cancel_url = reverse("evaluation:export_list", args=[study.pk])
    form = RequestExportForm(request.POST or None, cancel_url=cancel_url)
    if form.is_valid():
        try:
            return redirect(request_export(study=study, by=request.user, now=timezone.now(), **form.cleaned_data))
        except AlreadyRunning:
            form.add_error(None, _("An export of this study is being made. Wait until it is ready, then ask again."))
    context = {
        "study": study,
        "form": form,
        "preview": preview(study, timezone.now()),
        "tables": QUANTITATIVE.tables,
    }
    return render(request, "evaluation/export_request.html", context)


def export_detail(request, pk):
    export = get_object_or_404(Export.objects.visible_to(request.user).select_related("study", "requested_by"), pk=pk)
    context = {
        "export": export,
        "is_under_way": export.state in (Export.State.REQUESTED, Export.State.RUNNING),
        "fingerprint": fingerprint(),
        "may_request": request.user.has_perm("evaluation.request_export", export),
        "may_download": request.user.has_perm("evaluation.download_export", export),
    }
    # The part that is asked for again and again while the export is being made.
    part = "#progress" if request.htmx else ""
    return render(request, f"evaluation/export_detail.html{part}", context)


@require_POST
def export_download(request, pk):
    """By POST: it writes to the access log, and no link or prefetch may do that."""
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.download_export", export)
    path = folder_of(export) / export.file_name
    if export.state != Export.State.READY or not path.is_file():
        messages.error(request, _("This file is not there. Ask for a new export."))
        return redirect(export)
    log_download(export=export, by=request.user, now=timezone.now())
    return FileResponse(path.open("rb"), as_attachment=True, filename=export.file_name, content_type="application/zip")


@login_not_required
def export_key(request):
    """What anyone can check a bundle's signature with, also those who were given one and have no account here."""
    return HttpResponse(public_key(), "application/x-pem-file")
