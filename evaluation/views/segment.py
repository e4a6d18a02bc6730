"""What has a code, side by side; and where words stand in the texts."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from evaluation.coded import family_of, name_of, texts_to_code, tree_of, with_names
from evaluation.forms.memo import SearchTextsForm
from evaluation.looks import record_looks
from evaluation.models import Code, Coding, Participant, Source, Study
from evaluation.passages import passage, search
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.paging import page_of

PAGE = 25
MOST_FOUND = 50


def segment_list(request, pk):
    """All codings of a code and of those below it; `?who=` only of one participant's interviews."""
    code = get_object_or_404(Code.objects.visible_to(request.user).in_use().select_related("study"), pk=pk)
    family = {branch.code.pk: branch.code for branch in family_of(code)}
    codings = Coding.objects.visible_to(request.user).standing().filter(code_now__in=family)
    who = _participant(request, code)
    if who:
        codings = codings.filter(source__interview__participant=who)
    page = page_of(codings.select_related("coder"), key="source_id", query=request.GET, size=PAGE)
    sources = with_names(Source.objects.filter(pk__in={one.source_id for one in page.rows})).in_bulk()
    record_looks(request, sources.values())
    rows = sorted(page.rows, key=lambda one: (one.source_id, one.start, one.pk))
    context = {
        "code": code,
        "who": who,
        "page": page,
        "segments": [_segment(one, sources[one.source_id], family[one.code_now]) for one in rows],
        "can": rights_in(code.study, request.user),
    }
    return render(request, "evaluation/segment_list.html", context)


def text_search(request, pk):
    """Codes and texts in which the words of `?words=` stand."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    form = SearchTextsForm(request.GET)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    found = _found(texts_to_code(study, request.user).defer(None), words) if words else []
    record_looks(request, list(dict.fromkeys(source for source, _passage in found)))
    codes = [branch for branch in tree_of(study) if words and _holds(branch.code, words)]
    context = {
        "study": study,
        "words": words,
        "codes": codes,
        "found": [(name_of(source), source, one) for source, one in found[:MOST_FOUND]],
        "has_more": len(found) > MOST_FOUND,
        "most": MOST_FOUND,
        "is_too_long": bool(form.errors.get("words")) and "words" in request.GET and bool(request.GET["words"].strip()),
    }
    return render(request, "evaluation/text_search.html", context)


def _participant(request, code):
    key = request.GET.get("who")
    if not key:
        return None
    if not key.isdecimal() or len(key) > 18:
        raise Http404(_("No such participant"))
    return get_object_or_404(Participant.objects.visible_to(request.user).filter(study=code.study_id), pk=key)


def _segment(coding, source, code):
    return coding, source, name_of(source), code, passage(source.text, coding.start, coding.end, around=160)


def _holds(code, words):
    return words.lower() in code.name.lower() or words.lower() in code.definition.lower()


def _found(texts, words):
    """(source, passage) in the order of the texts, up to one more than are shown."""
    found = []
    for source in texts.filter(text__icontains=words.split()[0]).iterator(chunk_size=20):
        found += [(source, one) for one in search(source.text, words, MOST_FOUND + 1 - len(found))]
        if len(found) > MOST_FOUND:
            break
    return found
