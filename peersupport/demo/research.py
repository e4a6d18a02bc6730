"""The sample study, in the shape of the published evaluation of such a network: six groups, each visited once, and 45
interviews, with 38 patients and 7 clinicians.

Some of the patients left their group, or never came to it. Two withdraw in the end, so that one interview is closed.
"""

from datetime import datetime, timedelta

from evaluation.consent import has_consented
from evaluation.models import ConsentForm, ConsentStatement, Interview, Observation, Participant, Source, Study
from evaluation.services.consent import answer_consent, publish_form, record_decisions, withdraw
from evaluation.services.identity import request_identity
from evaluation.services.interview import record_interview
from evaluation.services.observation import describable, record_observation
from evaluation.services.participant import add_participant
from evaluation.services.source import add_interview_text
from evaluation.services.study import add_duty, add_study
from groups.models import Attendance, Meeting
from members.models import Person
from peersupport.demo.approaches import tell_asked_by_hand, tell_draws, tell_last_draw
from peersupport.demo.cast import Telling, account_holder
from peersupport.demo.founding import Circle
from peersupport.demo.interviewing import guide_then, tell_appointments, tell_guides
from peersupport.demo.questions import tell_questions
from peersupport.demo.redactions import tell_redactions

Kind = Participant.Kind
Purpose = ConsentStatement.Purpose
#: How likely a member says yes to a statement, by its purpose; those not named come in between.
WILLING = {Purpose.APP_DATA: 0.85, Purpose.RECORDING: 0.7, Purpose.QUOTES: 0.75}
PATIENTS = 38
#: Of them one is interviewed on the tablet, in the chapter on interviews.
ON_A_TABLET = 1
#: How many weeks ago the first of each kind was asked by hand; the others follow a week apart.
ASKED_BY_HAND = {Kind.CLINICIAN: 26, Kind.LEFT: 24, Kind.NEVER_ATTENDED: 22}


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
    by_hand = [_ask_by_hand(telling, form, lead, *one) for one in _asked_by_hand(telling, study)]
    patients = [one for one in by_hand if one.kind != Kind.CLINICIAN]
    _interview(telling, participants, PATIENTS - ON_A_TABLET - len(patients), lead)
    tell_last_draw(telling, study, lead)
    _observe(telling, study, covered, lead)
    tell_redactions(telling, study, lead)
    tell_appointments(telling, study, lead)
    tell_questions(telling, study, lead, start + timedelta(days=12))
    _stop(telling, study, lead)
    _ask_who_someone_is(telling, study)


def _ask_who_someone_is(telling: Telling, study: Study):
    """The key-holder waits for the lead's yes."""
    clinician = study.participants.filter(kind=Kind.CLINICIAN).first()
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
            answers = {statement: _says_yes(telling, statement.purpose, number) for statement in statements}
            at = start + timedelta(days=number)
            participants.append(answer_consent(form=form, person=person, answers=answers, now=at))
    return participants


def _says_yes(telling, purpose: str, number: int) -> bool:
    """Questions were added to the story later, and take nothing from the chance that it runs on."""
    if purpose == Purpose.QUESTIONNAIRES:
        return number % 3 == 0
    return telling.often(WILLING.get(purpose, 0.8))


def _interview(telling: Telling, participants: list[Participant], wanted: int, lead: Person):
    """Those of them who left first: there are few."""
    willing = [one for one in participants if has_consented(one, Purpose.INTERVIEW, telling.ago(weeks=30))]
    chosen = telling.chance.sample(willing, len(willing))
    chosen.sort(key=lambda participant: participant.kind != Kind.LEFT)
    for number, participant in enumerate(chosen[:wanted]):
        started = telling.ago(weeks=28, days=-6 * number, hours=number % 5)
        may_record = has_consented(participant, Purpose.RECORDING, started)
        _talk(telling, participant, lead, started, may_record)


def _asked_by_hand(telling: Telling, study: Study):
    """(kind, name, group, when): clinicians belong to none, the others to one of the groups in turn."""
    groups = list(study.groups.order_by("pk"))
    for kind, weeks in ASKED_BY_HAND.items():
        for number, name in enumerate(telling.words["study"]["by_hand"][kind]):
            group = None if kind == Kind.CLINICIAN else groups[number % len(groups)]
            yield kind, name, group, telling.ago(weeks=weeks - number)


def _ask_by_hand(telling, form, lead, kind, name, group, at) -> Participant:
    """Someone without an account agrees on paper, or by voice where they are rung, and is interviewed."""
    is_clinician = kind == Kind.CLINICIAN
    participant = add_participant(
        study=form.study,
        kind=kind,
        name=name,
        contact="By internal post" if is_clinician else "By phone, in the afternoon",
        approach=tell_asked_by_hand(form.study, kind, group, lead, at),
        by=lead,
        now=at,
    )
    record_decisions(
        participant=participant,
        form=form,
        answers=dict.fromkeys(form.statements.all(), True),
        method="paper" if is_clinician else "voice",
        by=lead,
        at=at,
        now=at,
    )
    _talk(telling, participant, lead, at + timedelta(days=3), may_record=True)
    return participant


def _stop(telling: Telling, study: Study, lead: Person):
    """A member wants to be asked nothing more; someone who never came wants everything out."""
    interviewed = study.participants.filter(interviews__isnull=False).order_by("pk")
    member = interviewed.filter(kind=Kind.MEMBER).first()
    themselves = {"by": member.identity_key.person, "method": "own_page"}
    withdraw(participant=member, scope="no_collection", now=telling.ago(weeks=2), **themselves)
    never_came = interviewed.filter(kind=Kind.NEVER_ATTENDED).last()
    withdraw(participant=never_came, scope="remove", by=lead, method="voice", now=telling.ago(weeks=1))


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
