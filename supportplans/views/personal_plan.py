"""A member's own plan: theirs to read and write, one question to a page."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peersupport.paging import page_of
from supportplans.forms.personal_plan import ON_CARD, CardForm, EditPersonalSectionForm
from supportplans.models import PersonalPlanSection, PersonalPlanText
from supportplans.own_plan import say_who_sees, section_of, sections_of
from supportplans.personal_prompts import PERSONAL_PROMPTS
from supportplans.refusals import ChangedElsewhere
from supportplans.services.personal_plan import edit_personal_section, note_look, restore_personal_text

PAGE = 20


def personal_plan_detail(request):
    sections = sections_of(request.user)
    written = [section for section in sections if section.text]
    say_who_sees(written)
    context = {
        "written": written,
        "blank": [section for section in sections if not section.text],
        "looked_at": written[0].plan.looked_at if written else None,
    }
    if written:
        note_look(by=request.user, now=timezone.now())
    return render(request, "supportplans/personal_plan_detail.html", context)


def personal_section_edit(request, kind):
    """The script of the page saves as words are typed: the same form to the same address, answered in JSON."""
    section = _section(request, kind)
    form, theirs = _section_form(request, section, request.POST or None), None
    if form.is_valid():
        try:
            section = edit_personal_section(kind=kind, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ChangedElsewhere as conflict:
            theirs = conflict.theirs
            # Saving again now means: I have seen theirs.
            form = _section_form(request, section, {**request.POST.dict(), "revision": theirs.revision})
            form.add_error("text", str(conflict))
    if "X-Autosave" in request.headers:
        return _answer_to_script(form, section, theirs)
    if form.is_bound and not form.errors:
        messages.success(request, _("Saved."))
        return redirect("supportplans:personal_plan_detail")
    context = {"section": section, "form": form, "theirs": theirs}
    if section.pk:
        say_who_sees([section])
        context["hidden"] = section.shares.hidden()
    return render(request, "supportplans/personal_section_edit.html", context)


def personal_section_history(request, kind):
    section = _section(request, kind)
    earlier = PersonalPlanText.objects.filter(section=section) if section.pk else PersonalPlanText.objects.none()
    page = page_of(earlier, key="written_at", query=request.GET, size=PAGE, is_descending=True)
    return render(request, "supportplans/personal_section_history.html", {"section": section, "page": page})


@require_POST
def personal_text_restore(request, pk):
    own = PersonalPlanSection.objects.allowing(request.user, "supportplans.edit_personal_plan")
    earlier = get_object_or_404(PersonalPlanText.objects.select_related("section"), section__in=own, pk=pk)
    section = restore_personal_text(earlier=earlier, by=request.user, now=timezone.now())
    messages.success(request, _("It is back. What stood here before is kept too."))
    return redirect(section)


def personal_plan_card(request):
    """To print, for a wallet or the fridge; blank sections leave no gap."""
    asked = request.GET if "section" in request.GET or "size" in request.GET else None
    form = CardForm(asked, initial={"section": ON_CARD, "size": "wallet"})
    chosen = form.cleaned_data if asked and form.is_valid() else {"section": ON_CARD, "size": "wallet"}
    sections = [section for section in sections_of(request.user) if section.kind in chosen["section"]]
    context = {
        "form": form,
        "size": chosen["size"],
        "sections": [section for section in sections if section.text or section.kind == "medical_help"],
        "today": timezone.localdate(),
    }
    return render(request, "supportplans/personal_plan_card.html", context)


def _section(request, kind):
    if kind not in PersonalPlanSection.Kind.values:
        raise Http404
    return section_of(request.user, kind)


def _section_form(request, section, typed):
    question, example = PERSONAL_PROMPTS[section.kind]
    return EditPersonalSectionForm(
        typed,
        question=question,
        example=example,
        person=request.user,
        initial={"text": section.text, "revision": section.revision},
        done_url=reverse("supportplans:personal_plan_detail"),
    )


def _answer_to_script(form, section, theirs):
    """200 with the new revision; 409 where someone else saved first; 400 with a sentence where it can't be saved."""
    if theirs:
        return JsonResponse({}, status=409)
    if form.errors:
        sentences = [str(sentence) for errors in form.errors.values() for sentence in errors]
        return JsonResponse({"sentence": " ".join(sentences)}, status=400)
    return JsonResponse({"revision": section.revision})
