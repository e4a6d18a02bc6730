"""The e-mail that asks someone to take part in a study. Their leave is asked once more as it goes out."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.asking import INVITATION, may_still_be_asked, with_leave
from evaluation.models import Approach, ApproachStep
from peersupport.reminders.registry import Email, Kind, register


def approach_rows():
    return with_leave(Approach.objects.with_state()).select_related("study")


def reason_not_to_send(message, approach, now):
    if approach.state != ApproachStep.Step.INVITED:
        return "It is not asked any more."
    if approach.study.ends_on < timezone.localdate(now):
        return "The study is over."
    return "" if may_still_be_asked(approach) else "They may not be asked any more."


def compose(message, approach):
    address = settings.BASE_URL + reverse("evaluation:approach_answer", args=[approach.pk])
    return Email(
        subject=_("A study asks whether you would like to take part"),
        template="emails/evaluation/study_invitation",
        context={"study": approach.study, "approach": approach},
        action=(_("Read more, and say yes or no"), address),
    )


register(
    Kind(
        name=INVITATION,
        label=gettext_lazy("A study asks whether you would like to take part"),
        why=gettext_lazy("You get this because you are or were in a group that the study is about."),
        rows=approach_rows,
        reason_not_to_send=reason_not_to_send,
        compose=compose,
    )
)
