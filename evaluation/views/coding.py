"""The coding desk: the texts there are, one of them with its codings, and coding a stretch of it."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from evaluation.coded import marks_by_line, name_of, texts_to_code, tree_of, with_names
from evaluation.forms.coding import AddCodingForm, SendCodingForm
from evaluation.looks import record_looks
from evaluation.models import Coding, CodingRound, Source, Study
from evaluation.passages import lines_of, passage
from evaluation.services.code import CodeEnded
from evaluation.services.coding import GuidTaken, OutsideText, RoundClosed, add_coding, take_back_coding
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.paging import page_of

PAGE = 50
#: Where a session says that letters open no list of codes.
LETTERS_OFF = "desk_letters_off"
CODE_GONE = gettext_lazy("This code is not in use any more. Choose another one.")


def text_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    own = Q(codings__coder=request.user, codings__taken_back_at=None)
    page = page_of(
        texts_to_code(study, request.user).annotate(own_count=Count("codings", filter=own)),
        key="pk",
        query=request.GET,
        size=PAGE,
    )
    context = {
        "study": study,
        "page": page,
        "texts": [(name_of(source), source) for source in page.rows],
        "to_code": set(_sources_of_rounds(study, request.user)),
        "has_codes": study.codes.in_use().exists(),
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/text_list.html", context)


def text_code(request, pk):
    source = _source_or_404(request, pk)
    require(request.user, "evaluation.code_texts", source)
    record_looks(request, [source])
    tree = tree_of(source.study)
    codes = {branch.code.pk: branch.code for branch in tree}
    standing = Coding.objects.visible_to(request.user).filter(source=source).standing().filter(code_now__in=codes)
    codings = list(standing.select_related("coder").defer("coder__password").in_reading_order())
    page = page_of(standing.select_related("coder"), key="start", query=request.GET, size=PAGE)
    context = {
        "source": source,
        "name": name_of(source),
        "newer": _newer_version(source, request.user),
        "round": CodingRound.objects.open().filter(sources=source, coders=request.user).first(),
        "tree": tree,
        "lines": marks_by_line(lines_of(source.text), codings, codes),
        "drawn": _drawn(codings, codes, request.user),
        "page": page,
        "listed": [(one, codes[one.code_now], passage(source.text, one.start, one.end, 0).quote) for one in page.rows],
        "count": len(codings),
        "has_letters": not request.session.get(LETTERS_OFF),
    }
    return render(request, "evaluation/text_code.html", context)


def coding_add(request, pk):
    """A page of its own for whoever has no script; the desk sends the place and gets a short answer."""
    source = _source_or_404(request, pk)
    require(request.user, "evaluation.code_texts", source)
    if request.headers.get("X-Desk"):
        return _answer_to_desk(request, source)
    record_looks(request, [source])
    cancel_url = reverse("evaluation:text_code", args=[source.pk])
    form = AddCodingForm(request.POST or None, text=source.text, branches=tree_of(source.study), cancel_url=cancel_url)
    if form.is_valid() and _is_added(request, form, source):
        return redirect("evaluation:text_code", source.pk)
    return render(request, "evaluation/coding_add.html", {"source": source, "name": name_of(source), "form": form})


@require_POST
def coding_take_back(request, pk):
    codings = Coding.objects.visible_to(request.user).standing().select_related("source")
    coding = get_object_or_404(codings, pk=pk)
    require(request.user, "evaluation.take_back_coding", coding)
    try:
        take_back_coding(coding=coding, by=request.user, now=timezone.now())
    except RoundClosed:
        sentence = _("Its round is closed, so this coding stays.")
        if request.headers.get("X-Desk"):
            return JsonResponse({"sentence": sentence}, status=409)
        messages.warning(request, sentence)
    else:
        if request.headers.get("X-Desk"):
            return JsonResponse({})
        messages.success(request, _("The coding is taken back."))
    return redirect("evaluation:text_code", coding.source_id)


@require_POST
def letters_switch(request, pk):
    """Whether a letter typed in the text opens the list of codes, until the person signs out."""
    source = _source_or_404(request, pk)
    require(request.user, "evaluation.code_texts", source)
    request.session[LETTERS_OFF] = not request.session.get(LETTERS_OFF)
    return redirect("evaluation:text_code", source.pk)


def _source_or_404(request, pk):
    sources = with_names(Source.objects.visible_to(request.user).readable())
    return get_object_or_404(sources.select_related("study"), pk=pk)


def _sources_of_rounds(study, person):
    return CodingRound.objects.open().filter(study=study, coders=person).values_list("sources", flat=True)


def _newer_version(source, person):
    """A coding stays on the text it was made on; a newer version, where there is one, is pointed out."""
    same = {"interview": source.interview_id, "observation": source.observation_id, "kind": source.kind}
    newer = Source.objects.visible_to(person).readable().filter(**same, version__gt=source.version)
    return newer.defer("text").first()


def _drawn(codings, codes, person):
    """What the script draws: each coding as [key, start, end, code key, place of its coder's name, is it one's own]."""
    names = list(dict.fromkeys(one.coder.preferred_name for one in codings))
    places = {name: place for place, name in enumerate(names)}
    return {
        "codings": [
            [one.pk, one.start, one.end, one.code_now, places[one.coder.preferred_name], int(one.coder_id == person.pk)]
            for one in codings
        ],
        "codes": {pk: [code.name, code.mark, code.colour] for pk, code in codes.items()},
        "coders": names,
        "me": person.preferred_name,
    }


def _answer_to_desk(request, source):
    """201 with what stands now; 400 with a sentence where it can't be coded."""
    form = SendCodingForm(request.POST, study=source.study_id)
    if not form.is_valid():
        sentence = CODE_GONE if "code" in form.errors else _("This could not be coded. Choose the words again.")
        return JsonResponse({"sentence": sentence}, status=400)
    try:
        coding = add_coding(source=source, by=request.user, now=timezone.now(), **form.cleaned_data)
    except (CodeEnded, OutsideText, GuidTaken, RoundClosed) as error:
        return JsonResponse({"sentence": _sentence(error)}, status=400)
    answer = {"key": coding.pk, "code": coding.code_id, "stands": coding.taken_back_at is None}
    return JsonResponse(answer, status=201)


def _sentence(error):
    sentences = {
        CodeEnded: CODE_GONE,
        RoundClosed: _("The round was closed just now. Open the text again."),
    }
    return sentences.get(type(error), _("This could not be coded. Choose the words again."))


def _is_added(request, form, source):
    """Whether it is coded now; if not, `form` says why."""
    made = {name: form.cleaned_data[name] for name in ("code", "start", "end", "guid")}
    try:
        add_coding(source=source, by=request.user, now=timezone.now(), **made)
    except (CodeEnded, OutsideText, GuidTaken, RoundClosed) as error:
        form.add_error("code" if isinstance(error, CodeEnded) else None, _sentence(error))
        return False
    messages.success(request, _("The words are coded."))
    return True
