"""The sample story: told through the services, whole, and only where it is asked for."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from evaluation.consent import has_consented
from evaluation.models import (
    Administration,
    Appointment,
    Approach,
    CellSummary,
    Code,
    Coding,
    CodingRound,
    ConsentStatement,
    CoreqText,
    Export,
    IdentityRequest,
    Interview,
    Memo,
    Participant,
    Replacement,
    Response,
    SamplingFrame,
    Source,
    Study,
    TopicGuide,
    TranscriptState,
    Withdrawal,
)
from evaluation.reliability import Reading
from evaluation.study_report import StudyReport
from groups.models import (
    Attendance,
    Call,
    Concern,
    Invitation,
    JoinRequest,
    Meeting,
    Membership,
    Site,
    SupportGroup,
    SupportRequest,
    VenueFeature,
)
from members.models import Person
from peersupport.access.roles import held_by, needs_second_factor
from peersupport.demo.accounts import ACCOUNTS, PASSWORD, code_now
from peersupport.demo.telling import tell
from peersupport.instruments.definition import Missing
from peersupport.reminders.models import Message, Preference, QuietTime
from supportplans.models import (
    FlareUp,
    Goal,
    GoalReview,
    KeepInTouch,
    KeepInTouchWish,
    MutualSupportPlan,
    PacingBaseline,
    PacingDay,
    PersonalPlan,
    PersonalPlanSection,
    PersonalPlanText,
    PlanLook,
    PlanSectionText,
    Report,
    SelfReport,
    SelfReportAnswer,
    SelfReportWish,
)
from supportplans.plans_at_home import plans_at_home


def test_demo_data_is_refused_outside_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=true"):
        call_command("demo")


def _questions_were_answered(now):
    """On their own page and on paper, in whole and not at all, with one sheet put right."""
    answered = Administration.objects.answered()
    assert answered.count() > 80
    assert set(answered.values_list("mode", flat=True)) == set(Administration.Mode.values)
    assert set(answered.values_list("instrument__code", flat=True)) == {"pain_nrs", "ons4", "phq4", "pgic"}
    states = set(Administration.objects.values_list("state", flat=True))
    assert states >= {"answered", "declined", "missed"}
    assert Response.objects.exclude(correction_reason="").count() == 1
    assert Response.objects.filter(missing="prefer_not").exists()
    assert not Administration.objects.open().filter(occasion__closes_at__lte=now).exists()


@pytest.mark.django_db
def test_story_is_told_at_scale(settings):
    now = timezone.now()
    tell(now, lambda what: None)
    assert (Site.objects.count(), SupportGroup.objects.count()) == (3, 17)
    assert set(SupportGroup.objects.values_list("state", flat=True)) == set(SupportGroup.State.values)
    assert 160 <= Membership.objects.current().count() <= 200
    assert Meeting.objects.filter(starts_at__lt=now - timedelta(days=600)).exists()
    assert Meeting.objects.filter(starts_at__gt=now, state="planned").exists()
    for model, least in ((Attendance, 3000), (Goal, 100), (GoalReview, 300), (FlareUp, 400)):
        assert model.objects.count() >= least, model
    _plans_are_at_every_stage(now)
    assert Participant.objects.count() > 40
    _the_study_has_the_shape_of_the_published_one()
    assert IdentityRequest.objects.waiting().count() == 1
    assert set(SupportRequest.objects.values_list("state", flat=True)) == set(SupportRequest.State.values)
    assert set(Concern.objects.values_list("state", flat=True)) == {"sent", "closed"}
    assert VenueFeature.objects.count() > 20
    assert SupportGroup.objects.filter(quiet_since__gt=now - timedelta(days=40)).count() >= 10
    assert set(Membership.objects.values_list("state", flat=True)) == set(Membership.State.values)
    assert Membership.objects.current().filter(person=None).count() >= 10
    assert set(JoinRequest.objects.values_list("state", flat=True)) >= {"asked", "accepted", "declined"}
    assert Invitation.objects.filter(declined_at__isnull=False).exists()
    assert Meeting.objects.filter(state="confirmed").exists()
    assert set(Export.objects.values_list("state", "profile")) == {
        ("approved", "everything"),
        ("requested", "quantitative"),
    }
    assert Preference.objects.filter(lead_minutes__isnull=False).count() > 20
    assert Call.objects.count() >= 3
    assert QuietTime.objects.count() > 10
    assert Person.objects.filter(mail_refusals__gte=Person.MOST_REFUSALS).count() == 1
    assert Message.objects.filter(state="parked").count() == 1
    _keep_in_touch_has_all_that_can_be()
    _own_plans_are_full_short_and_none()
    _shared_things_are_seen_reported_and_hidden()
    _some_say_how_they_are(now)
    _transcripts_are_in_every_state_but_none()
    _the_study_is_coded()
    _people_were_asked_and_answered()
    _interviews_are_planned_and_held(now)
    _questions_were_answered(now)
    _accounts_can_be_used()
    settings.DEMO = True
    call_command("demo")
    assert SupportGroup.objects.count() == 17


def _the_study_has_the_shape_of_the_published_one():
    """Six groups, each visited; 38 patients, some of whom left or never came, and 7 clinicians. All had agreed."""
    study = Study.objects.get()
    assert study.groups.count() == 6
    assert set(study.observations.values_list("meeting__group", flat=True)) == set(
        study.groups.values_list("pk", flat=True)
    )
    kinds = Counter(Interview.objects.values_list("participant_kind", flat=True))
    assert kinds == {"member": 24, "left": 8, "never_attended": 6, "clinician": 7}
    assert study.participants.filter(interviews__isnull=False).distinct().count() == 45
    for interview in Interview.objects.select_related("participant"):
        purpose = ConsentStatement.Purpose.INTERVIEW
        assert has_consented(interview.participant, purpose, interview.started_at), interview
    assert set(Withdrawal.objects.values_list("scope", flat=True)) == {"no_collection", "remove"}


def _transcripts_are_in_every_state_but_none():
    """Bristol is what the study is about; nobody's name is left in what is approved."""
    states = {one.transcript_state for one in Interview.objects.with_transcript_steps()}
    assert states >= set(TranscriptState) - {TranscriptState.CHECKED}
    approved = Source.objects.filter(redacted_from__isnull=False)
    assert approved.count() == 12
    assert Replacement.objects.current().filter(words="Joan").get().mark.startswith("[person")
    assert not any(name in text.text for text in approved for name in ("Joan", "Maureen", "Sister Bell", "0117"))


def _people_were_asked_and_answered():
    """By draw and by hand; Maria has an invitation, and someone waits for an answer too long."""
    approaches = Approach.objects.with_state()
    assert {approach.state for approach in approaches} == {"invited", "agreed", "declined", "not_reached"}
    assert {"left", "member", "clinician"} <= {approach.kind for approach in approaches}
    assert SamplingFrame.objects.count() == 3
    assert approaches.get(key__person__email="member@example.org").state == "invited"
    assert approaches.unanswered(by=timezone.localdate() - timedelta(weeks=3)).count() == 1
    report = StudyReport(Study.objects.get(), timezone.now())
    assert [number > 0 for _label, number in report.flow] == [True, True, True, False]


def _interviews_are_planned_and_held(now):
    """By guides in two versions; one appointment of each state, two coming, one that nobody has recorded."""
    assert TopicGuide.objects.in_use().count() == 2
    assert set(Interview.objects.values_list("topic_guide__version", flat=True)) == {1, 2}
    appointments = Appointment.objects
    assert set(appointments.values_list("state", flat=True)) == set(Appointment.State.values)
    assert appointments.standing().filter(starts_at__gt=now).count() == 2
    assert appointments.not_recorded(now=now).count() == 1
    held = appointments.get(state="held")
    assert held.talk.interview == held.interview
    assert held.interview.is_distress_protocol_used
    assert "[9 minutes, question 1]" in held.interview.sources.get().text


def _plans_are_at_every_stage(now):
    """One waits for Maria's word and some others', one is to be looked at again, one was looked at and kept."""
    plans = MutualSupportPlan.objects
    waiting = plans.with_whether_agreed(now=now).get(state="proposed")
    assert (waiting.group.name, waiting.number, waiting.silent, waiting.is_agreed) == ("Tuesday Group", 2, 4, False)
    assert plans_at_home(person=Person.objects.get(email="member@example.org"), now=now).to_say == [waiting]
    assert plans.due_for_review(now=now).get().group.name == "Harbour Friends"
    assert PlanLook.objects.get().plan.group.name == "Kettle On"
    assert plans.filter(state="in_use").count() == 13
    assert plans.filter(state="superseded").count() >= 4
    assert PlanSectionText.objects.filter(revision__gt=1).count() > 40
    quiet = plans.in_use().get(group__name="Willow Walkers")
    assert quiet.words.count() < quiet.group.memberships.count()


def _keep_in_touch_has_all_that_can_be():
    """Maria and Joan are due to speak, someone asks Maria, and one has nobody."""
    going, asked = KeepInTouch.objects.holding().on().get(), KeepInTouch.objects.get(state="asked")
    assert {going.first.shown_name, going.second.shown_name} == {"Maria", "Joan"}
    assert going.due_on <= timezone.localdate()
    assert going.check_ins.count() == 3
    assert "Maria" in {asked.first.shown_name, asked.second.shown_name}
    wishes = KeepInTouchWish.objects.taking_part().with_whether_someone()
    assert sorted((wish.has_someone, wish.is_waiting) for wish in wishes) == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]


def _shared_things_are_seen_reported_and_hidden():
    """Maria shows Joan what another goal became, and has a draft; Joan has one report to look at."""
    maria, joan = (Person.objects.get(email=f"{who}@example.org") for who in ("member", "contact"))
    after = Goal.objects.shared_with(joan).get(person=maria, changed_from__isnull=False)
    assert after.changed_from.state == "changed"
    assert Goal.objects.get(person=maria, state="draft").levels.count() == 5
    assert sorted(Report.objects.visible_to(joan).values_list("state", flat=True)) == ["hidden", "open"]


def _own_plans_are_full_short_and_none():
    """Maria's has every section and what two of them said before; others wrote little, most of them nothing."""
    maria = PersonalPlan.objects.get(person__email="member@example.org")
    assert set(maria.sections.written().values_list("kind", flat=True)) == set(PersonalPlanSection.Kind.values)
    assert PersonalPlanText.objects.filter(section__plan=maria).count() == 2
    assert maria.looked_at is not None
    assert 20 < PersonalPlan.objects.count() < 100
    assert PersonalPlan.objects.shared_with(Person.objects.get(email="member@example.org")).exists()
    assert PacingBaseline.objects.filter(person=maria.person).count() == 2
    assert PacingBaseline.objects.filter(starts__stopped_on__isnull=False).exists()
    assert PacingDay.objects.filter(amount=None).exists()


def _some_say_how_they_are(now):
    """Over two lived-in years, with gaps and with what was skipped; Maria's page has something to show."""
    maria = Person.objects.get(email="member@example.org")
    reports = SelfReport.objects.finished()
    assert reports.filter(person=maria, finished_at__lt=now - timedelta(days=600)).exists()
    assert reports.filter(person=maria, instrument="phq4").count() >= 12
    assert reports.values("person").distinct().count() == 4
    assert set(SelfReportAnswer.objects.exclude(missing="").values_list("missing", flat=True)) == set(Missing)
    assert reports.filter(scores__value=None).exists()
    assert set(SelfReportWish.objects.values_list("is_on", flat=True)) == {True, False}


def _the_study_is_coded():
    """A tree in use, a closed round with what is settled and what waits, an open one, memos and summaries."""
    assert Code.objects.in_use().filter(parent__isnull=False).count() >= 5
    assert Coding.objects.standing().filter(round=None).count() > 5
    assert {round.closed_at is None for round in CodingRound.objects.all()} == {True, False}
    lead = Person.objects.get(email="researcher@example.org")
    reading = Reading(CodingRound.objects.exclude(closed_at=None).get(), lead)
    assert any(row.characters.kappa is not None for row in reading.rows())
    assert {one.settled is None for one in reading.differences()} == {True, False}
    assert Memo.objects.count() == 2
    assert CellSummary.objects.count() == 3
    assert CoreqText.objects.count() == 4


def _accounts_can_be_used():
    """One account for each role, with the password; those who need a second factor have one that shows codes."""
    for account in ACCOUNTS:
        person = Person.objects.get(email=account.email)
        assert person.check_password(PASSWORD)
        assert len(held_by(person)) > 1
        assert bool(re.fullmatch(r"\d{6}", code_now(account.email))) is needs_second_factor(person)


def test_accounts_are_said_with_their_roles(settings, capsys):
    settings.DEMO = True
    call_command("demo", "--accounts")
    said = capsys.readouterr().out
    assert all(account.email in said for account in ACCOUNTS)
    assert PASSWORD in said
