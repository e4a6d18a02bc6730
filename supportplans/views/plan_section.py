"""The parts of a plan: written together, with what each said before."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from peersupport.access import require
from peersupport.paging import page_of
from peersupport.refusals import Refused, shown_to
from supportplans.forms.plan import EditSectionForm
from supportplans.models import MutualSupportPlan, PlanSection, PlanSectionText
from supportplans.prompts import PROMPTS
from supportplans.refusals import ChangedMeanwhile, NotADraft
from supportplans.services.plan_section import edit_section

TEXTS_ON_A_PAGE = 20
State = MutualSupportPlan.State


def section_edit(request, pk):
    """A `POST` with an `example` saves nothing: it gives the form back, with the example after what is written."""
    section = _visible_section(request, pk)
    require(request.user, "supportplans.draft_plan", section.plan)
    if request.method == "GET" and section.plan.state != State.DRAFT:
        messages.error(request, str(NotADraft()))
        return redirect(section.plan)
    form, theirs = _form_for(section, _typed(request.POST, PROMPTS[section.kind].examples)), None
    if "example" not in request.POST and form.is_valid():
        try:
            edit_section(section=section, by=request.user, now=timezone.now(), **form.cleaned_data)
        except ChangedMeanwhile as conflict:
            theirs = conflict.theirs
            # Saving again now means: I have seen theirs.
            form = _form_for(section, {**request.POST.dict(), "revision": theirs.revision})
            form.add_error("text", str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(section.plan)
    context = {"section": section, "plan": section.plan, "form": form, "theirs": theirs}
    return render(request, "supportplans/section_edit.html", context | {"examples": PROMPTS[section.kind].examples})


def section_history(request, pk):
    """What this part said in this version and the earlier ones, newest first."""
    section = _visible_section(request, pk)
    plan = section.plan
    texts = PlanSectionText.objects.filter(section__kind=section.kind, section__plan__group=plan.group_id)
    texts = texts.filter(section__plan__number__lte=plan.number).select_related("section__plan", "written_by")
    context = {
        "section": section,
        "plan": plan,
        "page": page_of(texts, key="id", query=request.GET, size=TEXTS_ON_A_PAGE, is_descending=True),
        "may_restore": plan.state == State.DRAFT and request.user.has_perm("supportplans.draft_plan", plan),
    }
    return render(request, "supportplans/section_history.html", context)


@require_POST
def section_restore(request, pk):
    """Bring an earlier text back into the draft; `revision` is what its part was at on the page."""
    plans = MutualSupportPlan.objects.visible_to(request.user)
    text = get_object_or_404(PlanSectionText.objects.filter(section__plan__in=plans), pk=pk)
    drafts = PlanSection.objects.filter(plan__group=text.section.plan.group_id, plan__state=State.DRAFT)
    section = get_object_or_404(drafts.select_related("plan"), kind=text.section.kind)
    require(request.user, "supportplans.draft_plan", section.plan)
    revision = request.POST.get("revision", "")
    with shown_to(request):
        edit_section(
            section=section,
            text=text.text,
            revision=int(revision) if revision.isdecimal() else -1,
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("The earlier text is back. What stood there before is kept too."))
        return redirect(section.plan)
    return redirect("supportplans:section_history", section.pk)


def _visible_section(request, pk):
    plans = MutualSupportPlan.objects.visible_to(request.user)
    return get_object_or_404(PlanSection.objects.filter(plan__in=plans).select_related("plan__group"), pk=pk)


def _typed(sent, examples):
    """What was posted; where an example was asked for, with that one after what is written."""
    number = sent.get("example", "")
    if not number.isdecimal() or int(number) >= len(examples):
        return sent or None
    written = [sent.get("text", "").strip(), str(examples[int(number)])]
    return {**sent.dict(), "text": "\n".join(filter(None, written))}


def _form_for(section, typed):
    return EditSectionForm(
        typed,
        question=PROMPTS[section.kind].question,
        initial={"text": section.text, "revision": section.revision},
        cancel_url=section.plan.get_absolute_url(),
    )
