"""Code books from other programs, and for them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from evaluation.codebook import qdc, sheet
from evaluation.coded import entries_of, tree_of
from evaluation.forms.code import ImportCodebookForm
from evaluation.models import Study
from evaluation.services.code import import_codes
from peersupport.access import require

#: By how a file name ends: what writes it, and what it is.
FORMATS = {"csv": (sheet.write, "text/csv; charset=utf-8"), "qdc": (qdc.write, "application/xml")}


def codebook_import(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.change_codes", study)
    cancel_url = reverse("evaluation:code_list", args=[study.pk])
    form = ImportCodebookForm(request.POST or None, request.FILES or None, cancel_url=cancel_url)
    if form.is_valid():
        added, there = import_codes(study=study, entries=form.cleaned_data["file"], by=request.user, now=timezone.now())
        messages.success(request, _said(added, there))
        return redirect("evaluation:code_list", study.pk)
    return render(request, "evaluation/codebook_import.html", {"study": study, "form": form})


@require_safe
def codebook_download(request, pk, ending):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    tree = tree_of(study)
    if not tree:
        messages.warning(request, _("There are no codes yet. Add one first."))
        return redirect("evaluation:code_list", study.pk)
    write, kind = FORMATS[ending]
    disposition = f'attachment; filename="codebook-{study.pk}.{ending}"'
    return HttpResponse(write(entries_of(tree)), kind, headers={"Content-Disposition": disposition})


def _said(added, there):
    first = ngettext("%(number)s code is added.", "%(number)s codes are added.", added) % {"number": added}
    if not there:
        return first
    second = ngettext(
        "%(number)s was here already and stays as it is.", "%(number)s were here already and stay as they are.", there
    )
    return f"{first} {second % {'number': there}}"
