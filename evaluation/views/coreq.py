"""COREQ: what a paper has to say of how the interviews were done, as a page and as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from evaluation.coreq import sheet
from evaluation.coreq.items import DOMAINS, ITEMS
from evaluation.coreq.records import Records
from evaluation.forms.coreq import WriteCoreqForm
from evaluation.models import CoreqText, Study
from evaluation.services.coreq import write_coreq
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.refusals import shown_on


def coreq_detail(request, pk):
    study, records = _records_or_404(request, pk, "evaluation.view_report")
    texts = _texts_of(study)
    domains = [
        (domain, [(item, records.facts(item.number), texts.get(item.number)) for item in items])
        for domain, items in DOMAINS
    ]
    context = {"study": study, "domains": domains, "can": rights_in(study, request.user)}
    return render(request, "evaluation/coreq_detail.html", context)


def coreq_download(request, pk):
    study, records = _records_or_404(request, pk, "evaluation.view_report")
    texts = {number: one.text for number, one in _texts_of(study).items()}
    disposition = f'attachment; filename="coreq-{study.pk}.csv"'
    return HttpResponse(sheet.write(records, texts), "text/csv", headers={"Content-Disposition": disposition})


def coreq_write(request, pk, item):
    study, records = _records_or_404(request, pk, "evaluation.write_coreq")
    if item not in ITEMS:
        raise Http404
    texts = CoreqText.objects.filter(study=study, item=item).select_related("written_by")
    latest = texts.first()
    form = WriteCoreqForm(
        request.POST or None,
        latest=latest,
        cancel_url=f"{reverse('evaluation:coreq_detail', args=[study.pk])}#item-{item}",
    )
    if form.is_valid():
        with shown_on(form):
            write_coreq(study=study, item=item, by=request.user, now=timezone.now(), **form.cleaned_data)
            return redirect(form.cancel_url)
        latest = texts.first()
        form.see(latest)
    context = {
        "study": study,
        "item": ITEMS[item],
        "facts": records.facts(item),
        "latest": latest,
        "form": form,
    }
    return render(request, "evaluation/coreq_write.html", context)


def _records_or_404(request, pk, permission):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, permission, study)
    return study, Records(study, timezone.now())


def _texts_of(study):
    """Number of the item > the text that stands."""
    texts = CoreqText.objects.filter(study=study).select_related("written_by")
    latest = texts.order_by("item", "-number").distinct("item")
    return {one.item: one for one in latest if one.text}
