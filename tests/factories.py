"""Rows for tests: each factory makes one valid row and what it needs; the sample data goes through services instead."""

from datetime import UTC, date, datetime, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from evaluation import models as evaluation
from evaluation.services.administration import close_administration
from evaluation.services.questionnaire import pin_instrument
from groups import models as groups
from members.models import Person
from supportplans import models as supportplans
from supportplans.services.self_report import answer_item, finish_report

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    preferred_name = factory.Sequence(lambda n: f"Person {n}")
    password = "!"


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = groups.Site

    name = factory.Sequence(lambda n: f"Site {n}")
    kind = groups.Site.Kind.NHS_TRUST
    created_at = NOW - timedelta(days=400)


class ProgrammeStaffFactory(DjangoModelFactory):
    """A coordinator's post."""

    class Meta:
        model = groups.ProgrammeStaff

    site = factory.SubFactory(SiteFactory)
    person = factory.SubFactory(PersonFactory)
    started_at = NOW - timedelta(days=300)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = groups.Programme

    site = factory.SubFactory(SiteFactory)
    kind = groups.Programme.Kind.PAIN_MANAGEMENT
    name = factory.Sequence(lambda n: f"Programme {n}")
    starts_on = TODAY - timedelta(days=90)
    ends_on = TODAY - timedelta(days=7)
    created_at = NOW - timedelta(days=100)


class VenueFactory(DjangoModelFactory):
    class Meta:
        model = groups.Venue

    site = factory.SubFactory(SiteFactory)
    kind = groups.Venue.Kind.PLACE
    name = factory.Sequence(lambda n: f"Venue {n}")
    address = "1 High Street, Bristol"
    created_at = NOW - timedelta(days=100)


class SafeguardingPostFactory(DjangoModelFactory):
    """The lead of a site; pass `is_deputy=True` for the deputy."""

    class Meta:
        model = groups.SafeguardingPost

    site = factory.SubFactory(SiteFactory)
    person = factory.SubFactory(PersonFactory)
    named_by = factory.SubFactory(PersonFactory)
    started_at = NOW - timedelta(days=200)


class SupportGroupFactory(DjangoModelFactory):
    class Meta:
        model = groups.SupportGroup

    site = factory.SubFactory(SiteFactory)
    name = factory.Sequence(lambda n: f"Group {n}")
    state = groups.SupportGroup.State.ACTIVE
    state_changed_at = NOW - timedelta(days=60)
    quiet_since = NOW - timedelta(days=60)
    created_at = NOW - timedelta(days=60)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = groups.Membership

    group = factory.SubFactory(SupportGroupFactory)
    person = factory.SubFactory(PersonFactory)
    joined_at = NOW - timedelta(days=50)


class KeptMembershipFactory(DjangoModelFactory):
    """A membership of someone without an account."""

    class Meta:
        model = groups.Membership

    group = factory.SubFactory(SupportGroupFactory)
    name = factory.Sequence(lambda n: f"Kept name {n}")
    told_how = groups.Membership.ToldHow.PHONE
    kept_by = factory.SubFactory(PersonFactory)
    leave_given_on = TODAY - timedelta(days=50)
    joined_at = NOW - timedelta(days=50)


class RoleTermFactory(DjangoModelFactory):
    """An accepted term as contact; pass `role`, or `group=None, programme=...` for a tutor."""

    class Meta:
        model = groups.RoleTerm

    group = factory.SubFactory(SupportGroupFactory)
    person = factory.SubFactory(PersonFactory)
    role = groups.RoleTerm.Role.CONTACT
    offered_at = NOW - timedelta(days=50)
    offered_by = factory.SelfAttribute("person")
    accepted_at = NOW - timedelta(days=50)


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = groups.Meeting

    group = factory.SubFactory(SupportGroupFactory)
    starts_at = NOW + timedelta(days=7)
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=2))
    time_zone = "Europe/London"
    changed_at = NOW - timedelta(days=20)
    created_at = NOW - timedelta(days=20)


class RSVPFactory(DjangoModelFactory):
    class Meta:
        model = groups.RSVP

    meeting = factory.SubFactory(MeetingFactory)
    membership = factory.SubFactory(MembershipFactory, group=factory.SelfAttribute("..meeting.group"))
    answer = groups.RSVP.Answer.COMING
    answered_at = NOW
    coming_since = factory.LazyAttribute(lambda rsvp: rsvp.answered_at if rsvp.answer == "coming" else None)


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = groups.Attendance

    meeting = factory.SubFactory(MeetingFactory)
    membership = factory.SubFactory(MembershipFactory, group=factory.SelfAttribute("..meeting.group"))
    outcome = groups.Attendance.Outcome.ATTENDED
    recorded_by = factory.SubFactory(PersonFactory)
    recorded_at = NOW


class SupportRequestFactory(DjangoModelFactory):
    """An open request to the coordinator; pass `to="tutor"` for the other."""

    class Meta:
        model = groups.SupportRequest

    group = factory.SubFactory(SupportGroupFactory)
    to = groups.SupportRequest.To.COORDINATOR
    text = "We need a room with a lift."
    asked_by = factory.SubFactory(PersonFactory)
    asked_at = NOW - timedelta(days=2)


class ConcernFactory(DjangoModelFactory):
    class Meta:
        model = groups.Concern

    group = factory.SubFactory(SupportGroupFactory)
    site = factory.SelfAttribute("group.site")
    text = "Something was said that worried me."
    raised_by = factory.SubFactory(PersonFactory)
    raised_at = NOW - timedelta(days=2)


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.Goal

    person = factory.SubFactory(PersonFactory)
    what = factory.Sequence(lambda n: f"Walk to shop {n}")
    state = supportplans.Goal.State.ACTIVE
    created_at = NOW - timedelta(days=30)
    started_at = factory.LazyAttribute(lambda goal: None if goal.state == "draft" else goal.created_at)
    state_changed_at = NOW - timedelta(days=30)


class GoalReviewFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.GoalReview

    goal = factory.SubFactory(GoalFactory)
    outcome = supportplans.GoalReview.Outcome.WELL
    state_after = supportplans.Goal.State.ACTIVE
    reviewed_at = NOW - timedelta(days=2)
    recorded_at = factory.SelfAttribute("reviewed_at")


class GoalLevelFactory(DjangoModelFactory):
    """What is hoped for, of a goal that is a draft still."""

    class Meta:
        model = supportplans.GoalLevel

    goal = factory.SubFactory(GoalFactory, state="draft")
    level = 0
    text = "I walk to the shop."


class GoalShareFactory(DjangoModelFactory):
    """A goal shown to the whole group of its owner's membership; pass `chosen` for one member of it."""

    class Meta:
        model = supportplans.GoalShare

    membership = factory.SubFactory(MembershipFactory)
    item = factory.SubFactory(GoalFactory, person=factory.SelfAttribute("..membership.person"))
    shared_at = NOW - timedelta(days=20)


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.Report

    membership = factory.SubFactory(MembershipFactory)
    goal = factory.SubFactory(GoalFactory, person=factory.SelfAttribute("..membership.person"))
    reason = supportplans.Report.Reason.UNKIND
    reported_by = factory.SubFactory(PersonFactory)
    reported_at = NOW - timedelta(days=1)


class FlareUpFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.FlareUp

    person = factory.SubFactory(PersonFactory)
    started_on = TODAY - timedelta(days=3)
    logged_at = NOW - timedelta(days=3)
    changed_at = NOW - timedelta(days=3)


class FlareUpTriggerFactory(DjangoModelFactory):
    """`name` is what its owner calls it."""

    class Meta:
        model = supportplans.FlareUpTrigger
        exclude = ["name"]

    name = "A long drive"
    flareup = factory.SubFactory(FlareUpFactory)
    word = factory.LazyAttribute(
        lambda use: supportplans.Trigger.objects.of_names(use.flareup.person_id, [use.name])[0]
    )


class FlareUpRemedyFactory(DjangoModelFactory):
    """`name` is what its owner calls it."""

    class Meta:
        model = supportplans.FlareUpRemedy
        exclude = ["name"]

    name = "Heat"
    flareup = factory.SubFactory(FlareUpFactory)
    word = factory.LazyAttribute(lambda use: supportplans.Remedy.objects.of_names(use.flareup.person_id, [use.name])[0])


class MutualSupportPlanFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.MutualSupportPlan

    group = factory.SubFactory(SupportGroupFactory)
    number = 1
    started_by = factory.SubFactory(PersonFactory)
    created_at = NOW - timedelta(days=20)


class PersonalPlanFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.PersonalPlan

    person = factory.SubFactory(PersonFactory)
    started_at = NOW - timedelta(days=30)


class PersonalPlanSectionFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.PersonalPlanSection

    plan = factory.SubFactory(PersonalPlanFactory)
    kind = supportplans.PersonalPlanSection.Kind.FIRST_STEPS
    text = "Lie on my side. Tell Joan."
    revision = 2
    changed_at = NOW - timedelta(days=20)


class PersonalPlanTextFactory(DjangoModelFactory):
    """What a section said before, as its revision 1."""

    class Meta:
        model = supportplans.PersonalPlanText

    section = factory.SubFactory(PersonalPlanSectionFactory)
    text = "Lie down."
    revision = 1
    written_at = NOW - timedelta(days=25)


class PersonalPlanShareFactory(DjangoModelFactory):
    """A section shown to the whole of its owner's group; pass `membership` of `item`'s owner, and `chosen`."""

    class Meta:
        model = supportplans.PersonalPlanShare

    item = factory.SubFactory(PersonalPlanSectionFactory)
    membership = factory.SubFactory(MembershipFactory, person=factory.SelfAttribute("..item.plan.person"))
    shared_at = NOW - timedelta(days=10)


class PacingBaselineFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.PacingBaseline

    person = factory.SubFactory(PersonFactory)
    what = factory.Sequence(lambda n: f"Sit at table {n}")
    unit = supportplans.PacingBaseline.Unit.MINUTES
    started_at = NOW - timedelta(days=30)


class PacingStartFactory(DjangoModelFactory):
    class Meta:
        model = supportplans.PacingStart

    baseline = factory.SubFactory(PacingBaselineFactory)
    from_on = TODAY - timedelta(days=20)
    amount = 5


class KeepInTouchWishFactory(DjangoModelFactory):
    """A member who would like someone to keep in touch with them."""

    class Meta:
        model = supportplans.KeepInTouchWish

    membership = factory.SubFactory(MembershipFactory)
    ways = ["call", "text"]
    rhythm_weeks = 2
    reach = factory.Sequence(lambda n: f"07700 900{n:03}")
    changed_at = NOW - timedelta(days=40)


class KeepInTouchFactory(DjangoModelFactory):
    """Two who keep in touch and take turns; it is the first one's. Pass memberships in the order they were made."""

    class Meta:
        model = supportplans.KeepInTouch

    first = factory.LazyFunction(lambda: KeepInTouchWishFactory().membership)
    second = factory.LazyAttribute(lambda pair: KeepInTouchWishFactory(membership__group=pair.first.group).membership)
    next_by = factory.SelfAttribute("first")
    takes_turns = True
    state = supportplans.KeepInTouch.State.ON
    asked_by = factory.SelfAttribute("first.person")
    asked_at = NOW - timedelta(days=31)
    first_agreed_at = NOW - timedelta(days=31)
    second_agreed_at = NOW - timedelta(days=30)
    started_at = NOW - timedelta(days=30)
    due_on = TODAY
    schedule_version = 1

    class Params:
        is_asked = factory.Trait(
            state=supportplans.KeepInTouch.State.ASKED,
            second_agreed_at=None,
            started_at=None,
            due_on=None,
            schedule_version=0,
        )


class SelfReportWishFactory(DjangoModelFactory):
    """A member who chose to be asked about pain and more, every four weeks; today is such a day."""

    class Meta:
        model = supportplans.SelfReportWish

    person = factory.SubFactory(PersonFactory)
    instruments = ["pain_nrs", "ons4", "phq4"]
    rhythm_weeks = 4
    first_on = TODAY - timedelta(weeks=8)
    changed_at = NOW - timedelta(weeks=12)


class SelfReportFactory(DjangoModelFactory):
    """One that was begun just now."""

    class Meta:
        model = supportplans.SelfReport

    person = factory.SubFactory(PersonFactory)
    instrument = "pain_nrs"
    version = 1
    started_at = factory.LazyFunction(timezone.now)


def finished_report(*, person, at=None, instrument="pain_nrs", **answers):
    """A report of `person` with these answers by item (None: skipped), finished `at` (now, if not said)."""
    at = at or timezone.now()
    report = SelfReportFactory(person=person, instrument=instrument, started_at=at)
    for item, value in answers.items():
        answer_item(report=report, item=item, value=value, missing=None if value is not None else "skipped", now=at)
    return finish_report(report=report, now=at)


class StudyFactory(DjangoModelFactory):
    class Meta:
        model = evaluation.Study
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Study {n}")
    ethics_reference = factory.Sequence(lambda n: f"26/SW/{n:04}")
    method = "Interviews and observation."
    starts_on = TODAY - timedelta(days=100)
    ends_on = TODAY + timedelta(days=3650)
    created_at = NOW - timedelta(days=100)


class StudyMemberFactory(DjangoModelFactory):
    """A researcher; pass `duty`."""

    class Meta:
        model = evaluation.StudyMember

    study = factory.SubFactory(StudyFactory)
    person = factory.SubFactory(PersonFactory)
    duty = evaluation.StudyMember.Duty.LEAD
    started_at = NOW - timedelta(days=100)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = evaluation.Participant

    study = factory.SubFactory(StudyFactory)
    kind = evaluation.Participant.Kind.MEMBER
    created_at = NOW - timedelta(days=40)


class IdentityKeyFactory(DjangoModelFactory):
    """A participant with an account; pass `person=None, name=...` for one without."""

    class Meta:
        model = evaluation.IdentityKey

    participant = factory.SubFactory(ParticipantFactory)
    study = factory.SelfAttribute("participant.study")
    person = factory.SubFactory(PersonFactory)
    created_at = NOW - timedelta(days=40)


class ConsentFormFactory(DjangoModelFactory):
    class Meta:
        model = evaluation.ConsentForm

    study = factory.SubFactory(StudyFactory)
    version = 1
    text = "We would like to learn how groups help."
    checksum = "0" * 64
    published_at = NOW - timedelta(days=90)


class ConsentStatementFactory(DjangoModelFactory):
    class Meta:
        model = evaluation.ConsentStatement

    form = factory.SubFactory(ConsentFormFactory)
    number = factory.Sequence(lambda n: n + 1)
    purpose = evaluation.ConsentStatement.Purpose.INTERVIEW
    text = "I agree to be interviewed."


class ConsentDecisionFactory(DjangoModelFactory):
    """A yes; pass `statement` and `participant` of one study."""

    class Meta:
        model = evaluation.ConsentDecision

    participant = factory.SubFactory(ParticipantFactory)
    statement = factory.SubFactory(ConsentStatementFactory)
    decision = evaluation.ConsentDecision.Decision.GIVEN
    method = evaluation.ConsentDecision.Method.OWN_PAGE
    taken_by = factory.SubFactory(PersonFactory)
    decided_at = NOW - timedelta(days=40)


class WithdrawalFactory(DjangoModelFactory):
    class Meta:
        model = evaluation.Withdrawal

    participant = factory.SubFactory(ParticipantFactory)
    scope = evaluation.Withdrawal.Scope.NO_COLLECTION
    withdrawn_at = NOW - timedelta(days=10)
    recorded_by = factory.SubFactory(PersonFactory)


class TranscriptFactory(DjangoModelFactory):
    """A transcript of an interview; pass `text`. Its participant belongs to `study`."""

    class Meta:
        model = evaluation.Source
        exclude = ["participant", "person"]

    study = factory.SubFactory(StudyFactory)
    participant = factory.SubFactory(ParticipantFactory, study=factory.SelfAttribute("..study"))
    person = factory.SubFactory(PersonFactory)
    interview = factory.LazyAttribute(
        lambda source: evaluation.Interview.objects.create(
            study=source.study, participant=source.participant, participant_kind="member", interviewer=source.person,
            consent_form=source.study.consent_forms.first() or ConsentFormFactory(study=source.study), mode="phone",
            started_at=NOW - timedelta(days=9), length_minutes=40, recording="none", created_at=NOW,
        )
    )  # fmt: skip
    kind = evaluation.Source.Kind.TRANSCRIPT
    version = 1
    text = "I: How was it?\nP: It was good to be there."
    sha256 = "0" * 64
    added_by = factory.SelfAttribute("person")
    added_at = NOW - timedelta(days=8)


class TopicGuideFactory(DjangoModelFactory):
    """For everyone; pass `questions`, each without probes, and `version` for a later one."""

    class Meta:
        model = evaluation.TopicGuide
        skip_postgeneration_save = True

    study = factory.SubFactory(StudyFactory)
    version = 1
    checksum = "0" * 64
    published_by = factory.SubFactory(PersonFactory)
    published_at = NOW - timedelta(days=60)

    @factory.post_generation
    def questions(guide, create, asked, **kwargs):
        for number, question in enumerate(asked or ["How did you come to the group?", "What keeps you coming?"], 1):
            evaluation.TopicPrompt.objects.create(guide=guide, number=number, question=question)


class AppointmentFactory(DjangoModelFactory):
    """An hour by phone, planned; its participant belongs to `study`."""

    class Meta:
        model = evaluation.Appointment

    study = factory.SubFactory(StudyFactory)
    participant = factory.SubFactory(ParticipantFactory, study=factory.SelfAttribute("..study"))
    interviewer = factory.SubFactory(PersonFactory)
    starts_at = NOW + timedelta(days=7)
    ends_at = factory.LazyAttribute(lambda appointment: appointment.starts_at + timedelta(minutes=60))
    time_zone = "Europe/London"
    mode = evaluation.Interview.Mode.PHONE
    place = "We ring you."
    planned_by = factory.SelfAttribute("interviewer")
    changed_at = NOW - timedelta(days=3)
    created_at = NOW - timedelta(days=3)


class TalkFactory(DjangoModelFactory):
    """One that is going on; its participant belongs to `study`."""

    class Meta:
        model = evaluation.Talk

    study = factory.SubFactory(StudyFactory)
    participant = factory.SubFactory(ParticipantFactory, study=factory.SelfAttribute("..study"))
    started_by = factory.SubFactory(PersonFactory)
    started_at = NOW - timedelta(minutes=20)


class TalkEntryFactory(DjangoModelFactory):
    """A note at the beginning of a talk."""

    class Meta:
        model = evaluation.TalkEntry

    talk = factory.SubFactory(TalkFactory)
    kind = evaluation.TalkEntry.Kind.NOTE
    text = "She laughed."
    entered_by = factory.SelfAttribute("talk.started_by")
    at = factory.SelfAttribute("talk.started_at")
    received_at = factory.SelfAttribute("at")


class OccasionFactory(DjangoModelFactory):
    """The first time that a participant of `study` is asked, two days ago and for another twelve."""

    class Meta:
        model = evaluation.Occasion

    study = factory.SubFactory(StudyFactory)
    participant = factory.SubFactory(ParticipantFactory, study=factory.SelfAttribute("..study"))
    event = evaluation.Event.BASELINE
    due_on = factory.LazyAttribute(lambda occasion: occasion.opened_at.date())
    opened_at = NOW - timedelta(days=2)
    closes_at = factory.LazyAttribute(lambda occasion: occasion.opened_at + timedelta(days=14))


class AdministrationFactory(DjangoModelFactory):
    """One that is open; pass the `code` of an instrument."""

    class Meta:
        model = evaluation.Administration
        exclude = ["code"]

    code = "phq4"
    occasion = factory.SubFactory(OccasionFactory)
    instrument = factory.LazyAttribute(lambda one: pin_instrument(code=one.code, now=NOW - timedelta(days=60)))


def answered(*, occasion, code="phq4", at=None, **said):
    """A closed administration; `said` is a number or a reason by item, and what is left out was not reached."""
    at = at or occasion.opened_at
    administration = AdministrationFactory(occasion=occasion, code=code)
    for item in administration.instrument.items.filter(code__in=said):
        value = said[item.code]
        what = {"missing": value} if isinstance(value, str) else {"value": value}
        person = PersonFactory()
        evaluation.Response.objects.create(
            administration=administration, item=item, entered_by=person, answered_at=at, **what
        )
    close_administration(administration=administration, now=at)
    return administration


class CodeFactory(DjangoModelFactory):
    class Meta:
        model = evaluation.Code

    study = factory.SubFactory(StudyFactory)
    name = factory.Sequence(lambda n: f"Code {n}")
    position = factory.Sequence(lambda n: n)
    colour = evaluation.Code.Colour.TEAL
    added_by = factory.SubFactory(PersonFactory)
    added_at = NOW - timedelta(days=7)


class CodingFactory(DjangoModelFactory):
    """The first word of a transcript; pass `source` and `code` of one study, or neither."""

    class Meta:
        model = evaluation.Coding

    source = factory.SubFactory(TranscriptFactory)
    code = factory.SubFactory(CodeFactory, study=factory.SelfAttribute("..source.study"))
    coder = factory.SubFactory(PersonFactory)
    start = 0
    end = 2
    coded_at = NOW - timedelta(days=6)


class SamplingFrameFactory(DjangoModelFactory):
    """One that everyone in it was drawn from."""

    class Meta:
        model = evaluation.SamplingFrame

    study = factory.SubFactory(StudyFactory)
    number = 1
    kinds = ["member"]
    asks_again = False
    method = evaluation.SamplingFrame.Method.WHOLE
    algorithm = 1
    size = 12
    drawn_by = factory.SubFactory(PersonFactory)
    drawn_at = NOW - timedelta(days=30)


class ApproachFactory(DjangoModelFactory):
    """Someone whom a researcher asked; see `approached` for what came of it."""

    class Meta:
        model = evaluation.Approach

    study = factory.SubFactory(StudyFactory)
    kind = evaluation.Approach.Kind.MEMBER
    is_by_service = False
    added_by = factory.SubFactory(PersonFactory)
    added_at = NOW - timedelta(days=30)


def approached(*, study, to=None, steps=("invited",), days_ago=30, reason="other", words="", **facts):
    """An approach that took these steps, a day each; with `to` the service wrote to that person about `group`."""
    approach = ApproachFactory(study=study, is_by_service=to is not None, **facts)
    if to:
        evaluation.ApproachKey.objects.create(approach=approach, study=study, person=to)
    for number, step in enumerate(steps):
        said = {"reason": reason, "words": words} if step == "declined" else {}
        evaluation.ApproachStep.objects.create(
            approach=approach,
            step=step,
            way="service" if to else "phone",
            happened_on=timezone.localdate() - timedelta(days=days_ago - number),
            taken_by=to or approach.added_by,
            taken_at=timezone.now() - timedelta(days=days_ago - number),
            **said,
        )
    return approach
