"""Notices of withdrawal to those who hold earlier exports."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.exports.identifiers import Identifiers
from evaluation.forms.notice import GiveNoticeForm
from evaluation.looks import record_look
from evaluation.models import Study, WithdrawalNotice
from evaluation.services.notice import give_notice
from peersupport.access import require
from peersupport.refusals import shown_on


def notice_list(request, pk):
    study = get_object_or_404(Study.objects.visible_to(request.user), pk=pk)
    require(request.user, "evaluation.view_notice", study)
    notices = WithdrawalNotice.objects.filter(study=study).select_related("export", "withdrawal__participant")
    return render(request, "evaluation/notice_list.html", {"study": study, "notices": notices})


def notice_detail(request, pk):
    """The words to send, which name the person as the export does, and what became of it."""
    notice = _notice_or_404(request, pk)
    participant = notice.withdrawal.participant
    record_look(request, notice, [participant])
    context = {
        "notice": notice,
        "identifier": Identifiers.of_export(notice.export).of("participant", participant.pseudonym),
        "may_give": request.user.has_perm("evaluation.give_notice", notice),
    }
    return render(request, "evaluation/notice_detail.html", context)


def notice_give(request, pk):
    notice = _notice_or_404(request, pk)
    require(request.user, "evaluation.give_notice", notice)
    form = GiveNoticeForm(request.POST or None, cancel_url=notice.get_absolute_url())
    if form.is_valid():
        with shown_on(form):
            give_notice(notice=notice, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is written down. The person can see that it was done."))
            return redirect("evaluation:notice_list", notice.study_id)
    return render(request, "evaluation/notice_give.html", {"notice": notice, "form": form})


def _notice_or_404(request, pk):
    notices = WithdrawalNotice.objects.visible_to(request.user)
    return get_object_or_404(notices.select_related("study", "export", "withdrawal__participant", "given_by"), pk=pk)
