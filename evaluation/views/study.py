"""Studies and who works on them."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evaluation.forms.study import STEP_FORMS, AddDutyForm, AddStudyForm
from evaluation.models import Study, StudyMember
from evaluation.services.study import LastLead, add_duty, add_study, edit_study, end_duty
from evaluation.setting_up import STAYS_OPEN, STEPS, step_after, steps_of
from evaluation.worklist import worklist
from peersupport.access import require
from peersupport.refusals import shown_on


def study_list(request):
    studies = Study.objects.visible_to(request.user).annotate(
        group_count=Count("groups", distinct=True), participant_count=Count("participants", distinct=True)
    )
    context = {"studies": studies, "can_add": request.user.has_perm("evaluation.add_study")}
    return render(request, "evaluation/study_list.html", context)


def study_add(request):
    require(request.user, "evaluation.add_study")
    form = AddStudyForm(request.POST or None, can_name_lead=request.user.is_staff)
    if form.is_valid():
        study = add_study(by=request.user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The study is added."))
        is_theirs = study.roles_of(request.user)
        return redirect(_led_on(study, step_after("title")) if is_theirs else "evaluation:study_list")
    return render(request, "evaluation/study_add.html", {"form": form})


def study_detail(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    consent_forms = list(study.consent_forms.all())
    context = {
        "study": study,
        "groups": study.groups.select_related("site"),
        "consent_forms": consent_forms,
        "steps": [] if consent_forms else steps_of(study),
        "duties": study.team.current().filter(person=request.user),
        "worklist": worklist(study, now=timezone.now()),
        "can": rights_in(study, request.user),
    }
    return render(request, "evaluation/study_detail.html", context)


def study_edit(request, pk, step):
    """One step of setting the study up. Someone who has just added it is led through all of them (`?on`)."""
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.change_study", study)
    if step not in STEP_FORMS:
        raise Http404
    stored = _stored(study, STEP_FORMS[step].base_fields)
    form = STEP_FORMS[step](request.POST or None, study=study, initial=stored, cancel_url=study.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            edit_study(study=study, **form.cleaned_data)
            messages.success(request, _("Saved."))
            following = step_after(step) if "on" in request.GET else None
            return redirect(_led_on(study, following) if following else study)
    is_closed = study.is_settled and not STAYS_OPEN.issuperset(form.fields)
    context = {"study": study, "form": form, "title": STEPS[step], "is_closed": is_closed}
    return render(request, "evaluation/study_edit.html", context)


def _led_on(study, step):
    return reverse("evaluation:study_edit", args=[study.pk, step]) + "?on"


def _stored(study, names):
    return {name: study.groups.all() if name == "groups" else getattr(study, name) for name in names}


def study_team(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    can_change = request.user.has_perm("evaluation.change_study", study)
    form = AddDutyForm(request.POST or None, cancel_url=study.get_absolute_url()) if can_change else None
    if request.method == "POST":
        require(request.user, "evaluation.change_study", study)
        if form.is_valid():
            add_duty(study=study, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The duty is given. Tell them to sign in with this email address."))
            return redirect("evaluation:study_team", pk=study.pk)
    team = study.team.current().select_related("person").order_by("person__email", "duty")
    return render(request, "evaluation/study_team.html", {"study": study, "team": team, "form": form})


@require_POST
def duty_end(request, pk):
    duties = StudyMember.objects.current().filter(study__in=Study.objects.visible_to(request.user))
    member = get_object_or_404(duties.select_related("study"), pk=pk)
    require(request.user, "evaluation.change_study", member.study)
    try:
        end_duty(member=member, now=timezone.now())
    except LastLead:
        messages.warning(request, _("A study needs a lead. Give someone else this duty first."))
    else:
        messages.success(request, _("The duty is ended."))
    # Whoever ended their own last duty is outside the study now.
    is_still_in = Study.objects.visible_to(request.user).filter(pk=member.study_id).exists()
    return redirect("evaluation:study_team", member.study_id) if is_still_in else redirect("evaluation:study_list")


def rights_in(study, person):
    """What `person` may do in `study`, by verb and noun, for its pages: costs no query once the roles are known."""
    verbs = (
        "change_study",
        "add_participant",
        "record_consent",
        "view_approach",
        "approach_people",
        "view_interview",
        "record_interview",
        "lock_record",
        "view_topic_guide",
        "publish_topic_guide",
        "view_appointment",
        "plan_appointment",
        "plan_questionnaires",
        "view_administration",
        "enter_answers",
        "check_transcript",
        "redact_transcript",
        "approve_transcript",
        "reopen_transcript",
        "view_replacement",
        "view_observation",
        "record_observation",
        "view_identity_key",
        "view_identity_request",
        "view_coding",
        "code_texts",
        "change_codes",
        "run_round",
        "view_report",
        "write_coreq",
        "view_export",
        "view_notice",
    )
    return {verb: person.has_perm(f"evaluation.{verb}", study) for verb in verbs}
