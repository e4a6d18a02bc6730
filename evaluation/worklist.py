"""What waits for whom in a study, as counts with a way to each list."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluation.asking import TIME_TO_ANSWER
from evaluation.consent import consented, current_form, taking_part
from evaluation.findings import with_findings
from evaluation.models import (
    Appointment,
    Approach,
    ConsentDecision,
    ConsentStatement,
    Interview,
    Source,
    Study,
    Talk,
)


@dataclass(frozen=True)
class Task:
    label: str
    count: int
    url_name: str


def worklist(study: Study, *, now: datetime) -> list[Task]:
    """The tasks in the order of a study, those with nothing to do included. About one query each."""
    here = taking_part(study, now)
    answered = ConsentDecision.objects.filter(
        participant=OuterRef("pk"), statement__form__in=current_form(study, now).values("pk")
    )
    interviewed = Interview.objects.filter(participant=OuterRef("pk"))
    can_be_interviewed = consented(study, ConsentStatement.Purpose.INTERVIEW, now)
    interviews = Interview.objects.filter(study=study, participant__in=here)
    people, talks, planned = "evaluation:participant_list", "evaluation:interview_list", "evaluation:appointment_list"
    asked = Approach.objects.filter(study=study).unanswered(by=timezone.localdate(now) - TIME_TO_ANSWER)
    appointments = Appointment.objects.filter(study=study)
    noted = Talk.objects.filter(study=study, participant__in=here)
    is_planned = appointments.standing().filter(participant=OuterRef("pk"))
    return [
        Task(_("Invited, and no answer for three weeks"), asked.count(), "evaluation:approach_list"),
        Task(_("Have not answered the consent form in force"), here.exclude(Exists(answered)).count(), people),
        Task(
            _("Agreed to an interview, and none planned"),
            can_be_interviewed.exclude(Exists(interviewed)).exclude(Exists(is_planned)).count(),
            people,
        ),
        Task(
            _("Interviews planned for the past, or held, and not recorded"),
            appointments.not_recorded(now=now).count() + noted.not_recorded(now=now).count(),
            planned,
        ),
        Task(_("Interviews without a transcript"), interviews.without_transcript().count(), talks),
        Task(_("Transcripts to redact"), interviews.to_redact().count(), talks),
        Task(
            _("Texts for a second person to read"),
            Source.objects.filter(study=study).open().awaiting_approval().count(),
            "evaluation:redaction_list",
        ),
        Task(_("Records to look at"), with_findings(study, now=now).count(), "evaluation:finding_list"),
        Task(
            _("Requests to find out who someone is"),
            study.identity_requests.waiting().count(),
            "evaluation:identity_request_list",
        ),
        Task(
            _("Users of exports to tell of a withdrawal"),
            study.withdrawal_notices.to_give().count(),
            "evaluation:notice_list",
        ),
    ]
