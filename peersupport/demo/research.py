"""The sample study: consent from some, interviews with those who agreed, observed meetings."""

from datetime import datetime, timedelta

from evaluation.consent import has_consented
from evaluation.models import ConsentForm, ConsentStatement, Interview, Observation, Participant, Source, Study
from evaluation.services.consent import answer_consent, publish_form, record_decisions
from evaluation.services.identity import request_identity
from evaluation.services.interview import record_interview
from evaluation.services.observation import describable, record_observation
from evaluation.services.participant import add_participant
from evaluation.services.source import add_interview_text
from evaluation.services.study import add_duty, add_study
from groups.models import Attendance, Meeting
from members.models import Person
from peersupport.demo.approaches import tell_clinician, tell_draws, tell_last_draw
from peersupport.demo.cast import Telling, account_holder
from peersupport.demo.founding import Circle
from peersupport.demo.interviewing import guide_then, tell_appointments, tell_guides
from peersupport.demo.redactions import tell_redactions

Purpose = ConsentStatement.Purpose
#: How likely a member says yes to a statement, by its purpose; those not named come in between.
WILLING = {Purpose.APP_DATA: 0.85, Purpose.RECORDING: 0.7, Purpose.QUOTES: 0.75}
INTERVIEWED = 18
CLINICIANS = ["Sister Bell", "Dr Amin", "Mr Lowe"]


def tell_study(telling: Telling, circles: list[Circle]):
    """A study over the first six groups that have been meeting for a while, a year into it."""
    covered = [circle for circle in circles if circle.plot["state"] != "forming"][:6]
    start = telling.ago(weeks=52)
    lead = account_holder("researcher@example.org", start)
    study = _set_up(telling, covered, lead, start)
    plot = telling.words["study"]
    form = publish_form(
        study=study, text=plot["information"], statements=plot["statements"].items(), now=start + timedelta(days=5)
    )
    tell_guides(telling, study, lead, start + timedelta(days=10))
    participants = _ask_members(telling, form, covered, start + timedelta(days=20))
    participants += tell_draws(telling, study, form, lead)
    _interview(telling, participants, lead)
    _interview_clinicians(telling, study, form, lead)
    tell_last_draw(telling, study, lead)
    _observe(telling, study, covered, lead)
    tell_redactions(telling, study, lead)
    tell_appointments(telling, study, lead)
    _ask_who_someone_is(telling, study)


def _ask_who_someone_is(telling: Telling, study: Study):
    """The key-holder waits for the lead's yes."""
    clinician = study.participants.filter(kind=Participant.Kind.CLINICIAN).first()
    asked_at = telling.ago(days=1)
    request_identity(
        participant=clinician,
        reason=telling.words["study"]["why_who"],
        by=account_holder("keyholder@example.org", asked_at),
        now=asked_at,
    )


def _set_up(telling: Telling, covered: list[Circle], lead: Person, now: datetime) -> Study:
    plot = telling.words["study"]
    study = add_study(
        by=lead,
        now=now,
        groups=[circle.group for circle in covered],
        title=plot["title"],
        ethics_reference=plot["ethics_reference"],
        method=plot["method"],
        starts_on=now.date(),
        ends_on=(now + timedelta(weeks=104)).date(),
        small_number_threshold=8,
        observation_domains="\n".join(plot["domains"]),
    )
    second = account_holder("keyholder@example.org", now)
    for duty, person in (
        ("interviewer", lead),
        ("analyst", second),
        ("key_holder", second),
        ("approver", second),
    ):
        add_duty(study=study, email=person.email, name=person.preferred_name, duty=duty, now=now)
    return study


def _ask_members(telling, form: ConsentForm, covered: list[Circle], start: datetime) -> list[Participant]:
    """Most answer, some never do; each says yes to some statements and no to others. Maria has yet to be asked."""
    statements = list(form.statements.all())
    participants = []
    for circle in covered:
        for number, person in enumerate(circle.members):
            if person.email == "member@example.org" or not telling.often(0.8):
                continue
            answers = {statement: telling.often(WILLING.get(statement.purpose, 0.8)) for statement in statements}
            at = start + timedelta(days=number)
            participants.append(answer_consent(form=form, person=person, answers=answers, now=at))
    return participants


def _interview(telling: Telling, participants: list[Participant], lead: Person):
    willing = [one for one in participants if has_consented(one, Purpose.INTERVIEW, telling.ago(weeks=30))]
    for number, participant in enumerate(telling.chance.sample(willing, min(INTERVIEWED, len(willing)))):
        started = telling.ago(weeks=28 - number, hours=number % 5)
        may_record = has_consented(participant, Purpose.RECORDING, started)
        _talk(telling, participant, lead, started, may_record)


def _interview_clinicians(telling: Telling, study: Study, form: ConsentForm, lead: Person):
    """People without an account agree on paper."""
    for number, name in enumerate(CLINICIANS):
        at = telling.ago(weeks=26 - number)
        participant = add_participant(
            study=study,
            kind=Participant.Kind.CLINICIAN,
            name=name,
            contact="By internal post",
            approach=tell_clinician(study, lead, at),
            by=lead,
            now=at,
        )
        record_decisions(
            participant=participant,
            form=form,
            answers=dict.fromkeys(form.statements.all(), True),
            method="paper",
            by=lead,
            at=at,
            now=at,
        )
        _talk(telling, participant, lead, at + timedelta(days=3), may_record=True)


def _talk(telling: Telling, participant: Participant, lead: Person, started: datetime, may_record: bool):
    recording = Interview.Recording.HELD if may_record else Interview.Recording.NONE
    done = started + timedelta(days=1)
    interview = record_interview(
        participant=participant,
        by=lead,
        now=done,
        started_at=started,
        recording=recording,
        field_note=telling.words["field_note"],
        participant_kind=participant.kind,
        topic_guide=guide_then(participant, started),
        mode=telling.chance.choice(Interview.Mode.values),
        setting=telling.chance.choice(["At home", "A room at the library", ""]),
        others_present="",
        length_minutes=telling.chance.randint(25, 80),
    )
    if may_record:
        names = telling.words["named_in_talks"]
        named = names[interview.pk % len(names)]
        text = f"{telling.some('transcripts')}{named}(Interview {interview.pk}, {interview.length_minutes} minutes.)"
        add_interview_text(interview=interview, kind=Source.Kind.TRANSCRIPT, text=text, by=lead, now=done)


def _observe(telling: Telling, study: Study, covered: list[Circle], lead: Person):
    """One meeting of each group, with whoever agreed to be described; a fifth of them not on that day."""
    for circle in covered:
        held = Meeting.objects.filter(group=circle.group, state=Meeting.State.HELD)
        meeting = held.order_by("-starts_at")[3:4].first()
        if not meeting:
            continue
        came = Attendance.objects.standing().filter(meeting=meeting, outcome=Attendance.Outcome.ATTENDED)
        here = describable(study=study, meeting=meeting, now=telling.now).filter(
            identity_key__person__in=came.values("membership__person")
        )
        record_observation(
            study=study,
            meeting=meeting,
            has_group_agreed=True,
            present_count=came.count() + 1,
            consents={participant: telling.often(0.8) for participant in here},
            text=telling.some("observations"),
            by=lead,
            now=meeting.ends_at + timedelta(days=1),
            observer_role=Observation.ObserverRole.OBSERVER,
            style=Observation.Style.PARAPHRASE,
            memo=telling.words["observation_memo"],
        )
