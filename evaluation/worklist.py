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
    Export,
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


PEOPLE, INTERVIEWS = "evaluation:participant_list", "evaluation:interview_list"
APPOINTMENTS = "evaluation:appointment_list"


def worklist(study: Study, *, now: datetime) -> list[Task]:
    """The tasks in the order of a study, those with nothing to do included. About one query each."""
    here = taking_part(study, now)
    return [*_of_people(study, here, now), *_of_interviews(study, here, now), *_of_what_was_asked(study)]


def _of_people(study, here, now):
    """To ask, and to meet."""
    asked = Approach.objects.filter(study=study).unanswered(by=timezone.localdate(now) - TIME_TO_ANSWER)
    answered = ConsentDecision.objects.filter(
        participant=OuterRef("pk"), statement__form__in=current_form(study, now).values("pk")
    )
    interviewed = Interview.objects.filter(participant=OuterRef("pk"))
    planned = Appointment.objects.standing().filter(participant=OuterRef("pk"))
    waiting = consented(study, ConsentStatement.Purpose.INTERVIEW, now).exclude(Exists(interviewed))
    yield Task(_("Invited, and no answer for three weeks"), asked.count(), "evaluation:approach_list")
    yield Task(_("Have not answered the consent form in force"), here.exclude(Exists(answered)).count(), PEOPLE)
    yield Task(_("Agreed to an interview, and none planned"), waiting.exclude(Exists(planned)).count(), PEOPLE)


def _of_interviews(study, here, now):
    """To record, and to work through."""
    planned = Appointment.objects.filter(study=study).not_recorded(now=now).count()
    held = Talk.objects.filter(study=study, participant__in=here).not_recorded(now=now).count()
    interviews = Interview.objects.filter(study=study, participant__in=here)
    to_read = Source.objects.filter(study=study).open().awaiting_approval()
    found = with_findings(study, now=now)
    yield Task(_("Interviews planned for the past, or held, and not recorded"), planned + held, APPOINTMENTS)
    yield Task(_("Interviews without a transcript"), interviews.without_transcript().count(), INTERVIEWS)
    yield Task(_("Transcripts to redact"), interviews.to_redact().count(), INTERVIEWS)
    yield Task(_("Texts for a second person to read"), to_read.count(), "evaluation:redaction_list")
    yield Task(_("Records to look at"), found.count(), "evaluation:finding_list")


def _of_what_was_asked(study):
    """What someone asked or has to be told."""
    requests, notices = study.identity_requests.waiting(), study.withdrawal_notices.to_give()
    exports = Export.objects.filter(study=study).waiting()
    yield Task(_("Exports for a second person to approve"), exports.count(), "evaluation:export_list")
    yield Task(_("Requests to find out who someone is"), requests.count(), "evaluation:identity_request_list")
    yield Task(_("Users of exports to tell of a withdrawal"), notices.count(), "evaluation:notice_list")
