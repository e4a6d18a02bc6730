"""Exports: asked for, decided on, watched, taken, passed on, recalled."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from evaluation.exports.folder import folder_of
from evaluation.exports.preview import preview
from evaluation.exports.profile import PROFILES
from evaluation.exports.signature import fingerprint, public_key
from evaluation.forms.export import DecideExportForm, MakeDownloadLinkForm, RecallExportForm, RequestExportForm
from evaluation.models import DownloadLink, Export, Study
from evaluation.services.export import (
    approve_export,
    log_download,
    make_download_link,
    recall_export,
    refuse_export,
    request_export,
    use_download_link,
)
from members.reauthentication import addresses, require_fresh_second_factor
from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import shown_on, shown_to

PAGE = 25
REMEMBERED = "download_link"
State = Export.State


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
    form = RequestExportForm(request.POST or None, cancel_url=reverse("evaluation:export_list", args=[study.pk]))
    if form.is_valid():
        with shown_on(form):
            return redirect(request_export(study=study, by=request.user, now=timezone.now(), **form.cleaned_data))
    profile = PROFILES[Export.Profile.EVERYTHING]
    context = {"study": study, "form": form, "preview": preview(study, timezone.now(), profile), "profile": profile}
    return render(request, "evaluation/export_request.html", context)


def export_detail(request, pk):
    export = _export_or_404(request, pk)
    may = {
        name: request.user.has_perm(f"evaluation.{name}_export", export) for name in ("request", "download", "recall")
    }
    context = {
        "export": export,
        "is_under_way": export.state in (State.APPROVED, State.RUNNING),
        "is_own": export.requested_by_id == request.user.pk,
        "may_approve": export.state == State.REQUESTED and request.user.has_perm("evaluation.approve_export", export),
        "fingerprint": fingerprint(),
        "links": export.download_links.select_related("made_by") if may["download"] else [],
        "now": timezone.now(),
        "may": may,
    }
    # The part that is asked for again and again while the export is being made.
    part = "#progress" if request.htmx else ""
    return render(request, f"evaluation/export_detail.html{part}", context)


def export_decide(request, pk):
    """Who would be in it, how well they are hidden, and a second person's yes or no."""
    export = _export_or_404(request, pk)
    require(request.user, "evaluation.approve_export", export)
    require_fresh_second_factor(request)
    form = DecideExportForm(request.POST or None, **addresses(request, export.get_absolute_url()))
    if form.is_valid():
        decide = approve_export if form.cleaned_data["is_approved"] else refuse_export
        with shown_on(form):
            decide(export=export, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now())
            messages.success(request, _("Your decision is saved."))
            return redirect(export)
    profile = PROFILES[export.profile]
    context = {"export": export, "form": form, "profile": profile, "is_own": export.requested_by_id == request.user.pk}
    context["preview"] = preview(export.study, timezone.now(), profile)
    return render(request, "evaluation/export_decide.html", context)


def export_recall(request, pk):
    export = _export_or_404(request, pk)
    require(request.user, "evaluation.recall_export", export)
    form = RecallExportForm(request.POST or None, cancel_url=export.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            recall_export(export=export, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The export is recalled, and everyone who took it is told."))
            return redirect(export)
    return render(request, "evaluation/export_recall.html", {"export": export, "form": form})


@require_POST
def export_download(request, pk):
    """By POST: it writes to the access log, and no link or prefetch may do that."""
    export = _export_or_404(request, pk)
    require(request.user, "evaluation.download_export", export)
    require_fresh_second_factor(request)
    if not _is_there(export):
        messages.error(request, _("This file is not there. Ask for a new export."))
        return redirect(export)
    log_download(export=export, by=request.user, route="evaluation:export_download", now=timezone.now())
    return _file_of(export)


def link_make(request, pk):
    """A link for someone without an account here. Shown in answer to the POST alone: it is kept nowhere."""
    export = _export_or_404(request, pk)
    require(request.user, "evaluation.download_export", export)
    require_fresh_second_factor(request)
    form = MakeDownloadLinkForm(request.POST or None, **addresses(request, export.get_absolute_url()))
    context = {"export": export, "form": form}
    if form.is_valid():
        with shown_on(form):
            link, token = make_download_link(export=export, by=request.user, now=timezone.now(), **form.cleaned_data)
            context |= {"link": link, "address": settings.BASE_URL + reverse("evaluation:link_open", args=[token])}
    return render(request, "evaluation/link_make.html", context)


@login_not_required
@never_cache
def link_open(request, token):
    """Where the link leads. The token leaves the address at once; the browser's session remembers which it was."""
    request.session[REMEMBERED] = DownloadLink.objects.with_token(token).values_list("pk", flat=True).first()
    return redirect("evaluation:link_download")


@login_not_required
@never_cache
def link_download(request):
    """The file is taken by a button, so that no program that looks at links in mails uses it up."""
    links = DownloadLink.objects.select_related("export__study", "made_by")
    link = links.filter(pk=request.session.get(REMEMBERED)).first()
    if request.method == "POST" and link and _is_there(link.export):
        with shown_to(request):
            return _file_of(use_download_link(link=link, now=timezone.now()))
    is_usable = bool(link) and DownloadLink.objects.usable(now=timezone.now()).filter(pk=link.pk).exists()
    context = {"link": link, "is_usable": is_usable}
    return render(request, "evaluation/link_download.html", context, status=200 if is_usable else 410)


@login_not_required
def export_key(request):
    """What anyone can check a bundle's signature with, also those who were given one and have no account here."""
    return HttpResponse(public_key(), "application/x-pem-file")


def _export_or_404(request, pk):
    exports = Export.objects.visible_to(request.user)
    return get_object_or_404(exports.select_related("study", "requested_by", "decided_by", "recalled_by"), pk=pk)


def _is_there(export):
    return export.state == State.READY and (folder_of(export) / export.file_name).is_file()


def _file_of(export):
    path = folder_of(export) / export.file_name
    return FileResponse(path.open("rb"), as_attachment=True, filename=export.file_name, content_type="application/zip")
