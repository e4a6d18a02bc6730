"""Memos: on a study, or on one thing in it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.coded import name_of, with_names
from evaluation.forms.memo import AddMemoForm
from evaluation.looks import record_looks
from evaluation.models import Code, Coding, Memo, Participant, Source, Study
from evaluation.passages import passage
from evaluation.services.memo import add_memo
from peersupport.access import require
from peersupport.paging import page_of

PAGE = 25
KINDS = {
    "source": gettext_lazy("On a text"),
    "code": gettext_lazy("On a code"),
    "coding": gettext_lazy("On a coding"),
    "participant": gettext_lazy("On a participant"),
}


def memo_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    memos = (
        Memo.objects.visible_to(request.user)
        .filter(study=study)
        .select_related("code", "participant", "written_by", "coding__code", "coding__code__merged_into")
    )
    page = page_of(memos, key="written_at", query=request.GET, size=PAGE, is_descending=True)
    keys = {memo.source_id or (memo.coding and memo.coding.source_id) for memo in page.rows}
    sources = with_names(Source.objects.filter(pk__in=keys - {None})).in_bulk()
    record_looks(request, sources.values())
    rows = [(memo, *_about(memo, sources)) for memo in page.rows]
    return render(request, "evaluation/memo_list.html", {"study": study, "page": page, "rows": rows})


def memo_add(request, pk, on, on_pk):
    """`on` says what the memo is about, `on_pk` which one; for the study itself both are its own."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.code_texts", study)
    about = {on: _subject_or_404(request, study, on, on_pk)} if on != "study" else {}
    form = AddMemoForm(request.POST or None, cancel_url=reverse("evaluation:memo_list", args=[study.pk]))
    if form.is_valid():
        add_memo(study=study, about=about, by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The memo is saved."))
        return redirect("evaluation:memo_list", study.pk)
    context = {"study": study, "kind": KINDS.get(on, _("On the study")), "form": form}
    return render(request, "evaluation/memo_add.html", context)


def _subject_or_404(request, study, on, pk):
    found = {
        "source": Source.objects.visible_to(request.user).readable().filter(study=study),
        "code": Code.objects.visible_to(request.user).filter(study=study),
        "coding": Coding.objects.visible_to(request.user).standing().filter(source__study=study),
        "participant": Participant.objects.visible_to(request.user)
        .filter(study=study)
        .exclude(withdrawals__scope="remove"),
    }
    return get_object_or_404(found[on], pk=pk)


def _about(memo, sources):
    """(what it is about, its words if there are any, the address of it)."""
    if memo.code:
        return memo.code.name, "", memo.code.get_absolute_url() if memo.code.ended_at is None else ""
    if memo.participant:
        return memo.participant.pseudonym, "", memo.participant.get_absolute_url()
    if memo.source_id:
        return name_of(sources[memo.source_id]), "", reverse("evaluation:text_code", args=[memo.source_id])
    if memo.coding:
        source, code = sources[memo.coding.source_id], memo.coding.code.merged_into or memo.coding.code
        quote = passage(source.text, memo.coding.start, memo.coding.end, 0).quote
        return f"{code.name}: {name_of(source)}", quote, reverse("evaluation:text_code", args=[source.pk])
    return _("The study"), "", ""
