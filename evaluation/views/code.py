"""The code book of a study: the tree, and what can be done with each code."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from evaluation.coded import family_of, tree_of
from evaluation.forms.code import AddCodeForm, EditCodeForm, EndCodeForm, MergeCodeForm, MoveCodeForm
from evaluation.models import Code, Coding, Study
from evaluation.services.code import (
    CodeEnded,
    NameTaken,
    WouldGoRound,
    add_code,
    edit_code,
    end_code,
    merge_code,
    move_code,
    shift_code,
)
from evaluation.views.study import rights_in
from peersupport.access import require

#: What can be done with a code from the list.
ACTIONS = (
    ("evaluation:code_edit", gettext_lazy("Change")),
    ("evaluation:code_move", gettext_lazy("Move")),
    ("evaluation:code_merge", gettext_lazy("Merge")),
    ("evaluation:code_end", gettext_lazy("End")),
)


def code_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_coding", study)
    codings = Coding.objects.visible_to(request.user).standing().filter(source__study=study)
    counts = dict(codings.order_by().values_list("code_now").annotate(number=Count("pk")))
    rows = [(branch, counts.get(branch.code.pk, 0)) for branch in tree_of(study)]
    return render(
        request,
        "evaluation/code_list.html",
        {"study": study, "rows": rows, "actions": ACTIONS, "can": rights_in(study, request.user)},
    )


def code_add(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.change_codes", study)
    form = AddCodeForm(
        request.POST or None,
        branches=tree_of(study),
        initial={"colour": study.codes.count() % len(Code.Colour) + 1, "parent": request.GET.get("below")},
        cancel_url=_list_url(study),
    )
    if form.is_valid():
        try:
            code = add_code(study=study, by=request.user, now=timezone.now(), **form.cleaned_data)
        except NameTaken:
            form.add_error("name", _("There is a code with this name. Choose another name."))
        except CodeEnded:
            form.add_error("parent", _("This code is not in use any more. Choose another one."))
        else:
            messages.success(request, _("“%(name)s” is added.") % {"name": code.name})
            return redirect("evaluation:code_list", study.pk)
    return render(request, "evaluation/code_add.html", {"study": study, "form": form})


def code_edit(request, pk):
    code = _code_or_404(request, pk)
    initial = {"name": code.name, "definition": code.definition, "colour": code.colour}
    form = EditCodeForm(request.POST or None, initial=initial, cancel_url=_list_url(code.study))
    if form.is_valid():
        try:
            edit_code(code=code, **form.cleaned_data)
        except NameTaken:
            form.add_error("name", _("There is a code with this name. Choose another name."))
        else:
            messages.success(request, _("The code is saved."))
            return redirect("evaluation:code_list", code.study_id)
    return render(request, "evaluation/code_edit.html", {"code": code, "form": form})


def code_move(request, pk):
    code = _code_or_404(request, pk)
    family = {branch.code for branch in family_of(code)}
    branches = [branch for branch in tree_of(code.study) if branch.code not in family]
    form = MoveCodeForm(
        request.POST or None, branches=branches, initial={"parent": code.parent_id}, cancel_url=_list_url(code.study)
    )
    if form.is_valid():
        try:
            move_code(code=code, parent=form.cleaned_data["parent"])
        except (CodeEnded, WouldGoRound):
            form.add_error("parent", _("The codes have changed meanwhile. Choose again where it stands."))
        else:
            messages.success(request, _("“%(name)s” is moved.") % {"name": code.name})
            return redirect("evaluation:code_list", code.study_id)
    return render(request, "evaluation/code_move.html", {"code": code, "form": form})


@require_POST
def code_shift(request, pk):
    """One place up, or down where it says so."""
    code = _code_or_404(request, pk)
    shift_code(code=code, is_up=request.POST.get("way") != "down")
    return redirect("evaluation:code_list", code.study_id)


def code_merge(request, pk):
    code = _code_or_404(request, pk)
    branches = [branch for branch in tree_of(code.study) if branch.code != code]
    form = MergeCodeForm(request.POST or None, branches=branches, cancel_url=_list_url(code.study))
    if form.is_valid():
        try:
            into = merge_code(code=code, into=form.cleaned_data["into"], now=timezone.now())
        except CodeEnded:
            form.add_error("into", _("The codes have changed meanwhile. Choose again."))
        else:
            words = {"name": code.name, "other": into.name}
            messages.success(request, _("“%(name)s” is part of “%(other)s” now.") % words)
            return redirect("evaluation:code_list", code.study_id)
    return render(request, "evaluation/code_merge.html", {"code": code, "form": form})


def code_end(request, pk):
    code = _code_or_404(request, pk)
    form = EndCodeForm(request.POST if request.method == "POST" else None, cancel_url=_list_url(code.study))
    if form.is_valid():
        end_code(code=code, now=timezone.now())
        messages.success(request, _("“%(name)s” is ended.") % {"name": code.name})
        return redirect("evaluation:code_list", code.study_id)
    count = Coding.objects.visible_to(request.user).standing().filter(code_now=code.pk).count()
    return render(request, "evaluation/code_end.html", {"code": code, "form": form, "count": count})


def _code_or_404(request, pk):
    """A code in use that the person may change."""
    codes = Code.objects.visible_to(request.user).in_use().select_related("study")
    code = get_object_or_404(codes, pk=pk)
    require(request.user, "evaluation.change_codes", code)
    return code


def _list_url(study):
    return reverse("evaluation:code_list", args=[study.pk])
