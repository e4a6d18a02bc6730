"""The framework matrix: participants by codes, with what each says about each."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.coded import family_of, passages_of, tree_of
from evaluation.forms.memo import WriteCellForm
from evaluation.looks import record_look
from evaluation.models import CellSummary, Code, Participant, Source, Study
from evaluation.services.memo import write_cell
from evaluation.views.study import rights_in
from peersupport.access import require
from peersupport.access.log import Action, record_each
from peersupport.paging import page_of
from peersupport.refusals import shown_on

PAGE = 20
#: The theme that is no code: all that stand at the top.
TOP = "top"


def code_matrix(request, pk):
    """One theme at a time (`?theme=`): a code and what stands below it; or the codes at the top."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    themes = [branch for branch in tree_of(study) if branch.depth == 0]
    is_top = request.GET.get("theme") == TOP
    chosen = [one for one in themes if str(one.code.pk) == request.GET.get("theme")] or themes[:1]
    codes = [branch.code for branch in (themes if is_top else family_of(chosen[0].code) if chosen else [])]
    readable = Source.objects.visible_to(request.user).readable().filter(study=study)
    people = Participant.objects.visible_to(request.user).filter(interviews__sources__in=readable).distinct()
    page = page_of(people, key="pseudonym", query=request.GET, size=PAGE)
    _record_looks(request, page.rows)
    context = {
        "study": study,
        "themes": themes,
        "theme": None if is_top or not chosen else chosen[0],
        "top": TOP,
        "codes": codes,
        "page": page,
        "rows": _rows(request.user, page.rows, codes),
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/code_matrix.html", context)


def cell_write(request, pk, code_pk):
    participants = Participant.objects.visible_to(request.user).exclude(withdrawals__scope="remove")
    participant = get_object_or_404(participants.select_related("study"), pk=pk)
    require(request.user, "evaluation.code_texts", participant)
    code = get_object_or_404(Code.objects.in_use().filter(study=participant.study_id), pk=code_pk)
    summaries = CellSummary.objects.filter(participant=participant, code=code)
    latest = summaries.first()
    record_look(request, participant, [participant])
    back = f"{reverse('evaluation:code_matrix', args=[participant.study_id])}?theme={_theme_of(code).pk}"
    form = WriteCellForm(request.POST or None, latest=latest, cancel_url=back)
    if form.is_valid():
        with shown_on(form):
            write_cell(participant=participant, code=code, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The summary is saved."))
            return redirect(back)
        latest = summaries.first()
        form.see(latest)
    context = {"participant": participant, "code": code, "latest": latest, "form": form}
    return render(request, "evaluation/cell_write.html", context)


def _rows(person, participants, codes):
    """(participant, [(code, number of passages, latest summary)])."""
    keys = [code.pk for code in codes]
    counts = passages_of(person, participants, keys)
    summaries = CellSummary.objects.filter(participant__in=participants, code__in=keys).order_by("number")
    latest = {(one.participant_id, one.code_id): one for one in summaries}
    return [
        (who, [(code, counts.get((who.pk, code.pk), 0), latest.get((who.pk, code.pk))) for code in codes])
        for who in participants
    ]


def _record_looks(request, participants):
    """Summaries are about people: each sees that the page was opened."""
    keyed = Participant.objects.filter(pk__in=[one.pk for one in participants]).select_related("identity_key__person")
    looked_at = [(one, one.identity_key.person if hasattr(one, "identity_key") else None) for one in keyed]
    route, now = request.resolver_match.view_name, timezone.now()
    record_each(actor=request.user, action=Action.VIEWED, looked_at=looked_at, route=route, now=now)


def _theme_of(code):
    while code.parent:
        code = code.parent
    return code
