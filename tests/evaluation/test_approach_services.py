"""What becomes of asking someone: in turn, by whom, and honoured again when the invitation goes out."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from evaluation.asking import INVITATION
from evaluation.frames import Criteria
from evaluation.models import Approach, ApproachStep, Participant, ResearchWish
from evaluation.refusals import BeforeInvited, NotAgreed, OnlyTheySay, OutcomeOutOfTurn, TooSoon
from evaluation.reminders.invitation import approach_rows, reason_not_to_send
from evaluation.services.approach import add_approach, decline_approach, record_outcome
from evaluation.services.asking import choose_asking
from evaluation.services.consent import answer_consent, withdraw
from evaluation.services.frame import draw_frame
from evaluation.services.participant import add_participant
from groups.models import Membership
from groups.services.membership import leave_group
from peersupport.reminders.models import Message
from tests.factories import (
    ConsentStatementFactory,
    IdentityKeyFactory,
    MembershipFactory,
    ParticipantFactory,
    RoleTermFactory,
    SupportGroupFactory,
    approached,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def invite(study, lead, form, now):
    """invite(group): everyone in it who may be asked is."""

    def invite(group, kinds=("tutor", "member", "left"), again=False):
        criteria = Criteria([group], kinds, again)
        return draw_frame(study=study, criteria=criteria, method="whole", wanted=None, by=lead, now=now)

    return invite


@pytest.fixture
def outcome(interviewer, now):
    def outcome(approach, step, *, days_ago=0, **said):
        day = timezone.localdate(now) - timedelta(days=days_ago)
        facts = {"way": "phone", "happened_on": day, "by": interviewer, "now": now}
        return record_outcome(approach=approach, step=step, **facts, **said)

    return outcome


def state_of(approach):
    return Approach.objects.with_state().get(pk=approach.pk).state


def reason(now):
    """Why the one invitation does not go out; "" where it does."""
    message = Message.objects.get(kind=INVITATION)
    return reason_not_to_send(message, approach_rows().get(pk=message.subject_id), now)


# In turn

WAYS = {
    "invited": ("invited",),
    "agreed": ("invited", "agreed"),
    "declined": ("invited", "declined"),
    "not_reached": ("invited", "not_reached"),
}
NEXT = {
    "invited": {"agreed", "declined", "not_reached"},
    "agreed": set(),
    "declined": {"agreed"},
    "not_reached": {"agreed", "declined"},
}


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("step", ["agreed", "declined", "not_reached"])
def test_outcomes_are_recorded_in_turn_only(study, outcome, state, step):
    approach = approached(study=study, steps=WAYS[state])
    if step in NEXT[state]:
        outcome(approach, step)
        assert state_of(approach) == step
    else:
        with pytest.raises(OutcomeOutOfTurn):
            outcome(approach, step)
        assert state_of(approach) == state


AFTER = {
    None: {"invited"},
    "invited": {"agreed", "declined", "not_reached"},
    "agreed": {"invited"},
    "declined": {"agreed"},
    "not_reached": {"agreed", "declined", "invited"},
}


@pytest.mark.parametrize("state", AFTER)
@pytest.mark.parametrize("step", ["invited", "agreed", "declined", "not_reached"])
def test_the_database_refuses_a_step_out_of_turn(study, lead, now, state, step):
    approach = approached(study=study, steps=WAYS.get(state, ()))
    said = {"reason": "no_time"} if step == "declined" else {}
    row = ApproachStep(
        approach=approach, step=step, way="phone", happened_on=now.date(), taken_by=lead, taken_at=now, **said
    )
    if step in AFTER[state]:
        row.save()
        assert state_of(approach) == step
    else:
        with pytest.raises(IntegrityError, match="can not be"), transaction.atomic():
            row.save()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"step": "declined", "reason": ""}, "declined_for_a_known_reason"),
        ({"step": "declined", "reason": "none"}, "declined_for_a_known_reason"),
        ({"step": "agreed", "reason": "no_time"}, "declined_for_a_known_reason"),
        ({"step": "agreed", "words": "Hello"}, "declined_for_a_known_reason"),
        ({"step": "agreed", "way": "pigeon"}, "approach_way_known"),
    ],
)
def test_a_step_says_why_only_where_someone_declined(study, lead, now, fields, constraint):
    facts = {"way": "phone", "happened_on": now.date(), "taken_by": lead, "taken_at": now}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ApproachStep.objects.create(approach=approached(study=study), **facts | fields)


def test_the_database_keeps_steps_and_approaches_as_they_were(study):
    approach = approached(study=study)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        approach.steps.update(step="agreed")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Approach.objects.update(kind="left")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Approach.objects.filter(pk=approach.pk)._raw_delete("default")


def test_an_approach_gets_one_participant_of_its_study_for_good(study):
    approach = approached(study=study)
    with pytest.raises(IntegrityError, match="within its study"), transaction.atomic():
        Approach.objects.update(participant=ParticipantFactory())
    Approach.objects.update(participant=ParticipantFactory(study=study))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Approach.objects.update(participant=ParticipantFactory(study=study))
    assert approach.participant is None


# By hand


def test_someone_asked_by_hand_has_a_code_and_no_name(study, group, interviewer, outcome, now):
    day = timezone.localdate(now) - 3 * DAY
    approach = add_approach(
        study=study, kind="clinician", group=None, way="in_person", happened_on=day, by=interviewer, now=now
    )
    outcome(approach, "declined", reason="no_time", words="Too busy")
    steps = approach.steps.values_list("step", "way", "reason", "words", "happened_on")
    today = timezone.localdate(now)
    assert list(steps) == [("invited", "in_person", "", "", day), ("declined", "phone", "no_time", "Too busy", today)]
    assert (approach.is_by_service, hasattr(approach, "key"), approach.code[0]) == (False, False, "A")


def test_declining_without_a_reason_is_not_said_and_other_outcomes_keep_none(study, outcome):
    approach = approached(study=study)
    assert outcome(approach, "declined", reason="").reason == "not_said"
    late = outcome(approach, "agreed", reason="no_time", words="Hello")
    assert (late.reason, late.words) == ("", "")


def test_an_outcome_is_not_before_the_invitation(study, outcome):
    with pytest.raises(BeforeInvited):
        outcome(approached(study=study, days_ago=5), "agreed", days_ago=6)


def test_whoever_agreed_becomes_a_participant_once(study, interviewer, outcome, now):
    approach = approached(study=study, kind="role_holder")
    facts = {"study": study, "kind": approach.participant_kind, "name": "Ann", "contact": "", "by": interviewer}
    with pytest.raises(NotAgreed), transaction.atomic():
        add_participant(approach=approach, now=now, **facts)
    assert not Participant.objects.exists()
    outcome(approach, "agreed")
    participant = add_participant(approach=approach, now=now, **facts)
    assert (participant.kind, participant.approach) == ("member", approach)
    with pytest.raises(NotAgreed), transaction.atomic():
        add_participant(approach=approach, now=now, **facts)


# By the service


def test_only_they_say_that_they_agree(study, group, member, outcome):
    with pytest.raises(OnlyTheySay):
        outcome(approached(study=study, to=member, group=group), "agreed")


def test_whoever_was_written_to_has_three_weeks(study, group, member, outcome):
    approach = approached(study=study, to=member, group=group, days_ago=20)
    with pytest.raises(TooSoon):
        outcome(approach, "not_reached")
    later = approached(study=study, to=MembershipFactory(group=group).person, group=group, days_ago=21)
    outcome(later, "not_reached")
    assert (state_of(approach), state_of(later)) == ("invited", "not_reached")


@pytest.mark.parametrize("steps", [("invited",), ("invited", "not_reached"), ("invited", "declined")])
def test_a_yes_on_the_consent_form_closes_the_approach(study, group, form, member, now, steps):
    approach = approached(study=study, to=member, group=group, steps=steps, kind="left")
    answers = dict.fromkeys(form.statements.all(), False) | {form.statements.first(): True}
    participant = answer_consent(form=form, person=member, answers=answers, now=now)
    assert state_of(approach) == "agreed"
    assert (participant.kind, participant.approach) == ("left", approach)
    answer_consent(form=form, person=member, answers=answers, now=now)
    assert approach.steps.count() == len(steps) + 1


def test_no_to_everything_is_a_no(study, group, form, member, now):
    approach = approached(study=study, to=member, group=group)
    answer_consent(form=form, person=member, answers=dict.fromkeys(form.statements.all(), False), now=now)
    assert list(approach.steps.values_list("step", "reason")) == [("invited", ""), ("declined", "not_said")]


def test_answering_without_having_been_asked_leaves_others_alone(study, group, form, member, now):
    other = approached(study=study, to=MembershipFactory(group=group).person, group=group)
    answer_consent(form=form, person=member, answers=dict.fromkeys(form.statements.all(), True), now=now)
    assert state_of(other) == "invited"


def test_declining_drops_the_message_and_keeps_the_reason(group, member, now, invite):
    invite(group)
    approach = Approach.objects.get()
    decline_approach(approach=approach, reason="private", words="It is mine", by=member, now=now)
    step = approach.steps.last()
    assert (step.step, step.reason, step.words, step.taken_by) == ("declined", "private", "It is mine", member)
    assert Message.objects.get(kind=INVITATION).state == "dropped"
    with pytest.raises(OutcomeOutOfTurn):
        decline_approach(approach=approach, reason="", words="", by=member, now=now)


# What holds when the invitation goes out


def test_an_invitation_goes_out(group, member, now, invite):
    invite(group)
    assert reason(now) == ""


CHANGES = {
    "wish": lambda person, now: ResearchWish.objects.create(person=person, may_be_asked=False, changed_at=now),
    "left": lambda person, now: leave_group(group=person.memberships.get().group, by=person, now=now),
    "break": lambda person, now: Membership.objects.filter(person=person).update(state="paused"),
    "died": lambda person, now: type(person).objects.filter(pk=person.pk).update(died_marked_at=now),
    "withdrew": lambda person, now: withdraw(
        participant=IdentityKeyFactory(person=person).participant,
        scope="no_contact",
        by=person,
        method="own_page",
        now=now,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_draw_holds_when_it_is_sent(group, member, now, invite, change):
    invite(group)
    CHANGES[change](member, now)
    assert reason(now) == "They may not be asked any more."


def test_whoever_left_with_their_leave_is_still_asked(group, member, now, invite):
    invite(group)
    leave_group(group=group, by=member, now=now, researchers_may_ask=True)
    assert reason(now) == ""


def test_leave_taken_back_holds_when_it_is_sent(group, now, invite):
    person = MembershipFactory(
        group=group, state="left", joined_at=now - DAY, ended_at=now, researchers_may_ask=True
    ).person
    invite(group)
    assert reason(now) == ""
    Membership.objects.filter(person=person).update(researchers_may_ask=False)
    assert reason(now) == "They may not be asked any more."


def test_a_tutor_is_asked_while_they_are_one(group, now, invite):
    term = RoleTermFactory(group=group, role="tutor")
    invite(group)
    assert reason(now) == ""
    type(term).objects.filter(pk=term.pk).update(ended_at=now)
    assert reason(now) == "They may not be asked any more."


def test_a_yes_to_being_asked_again_taken_back_holds_when_it_is_sent(study, group, member, form, now, invite, decide):
    ConsentStatementFactory(form=form, number=9, purpose="contact_again")
    participant = IdentityKeyFactory(participant__study=study, person=member).participant
    decide(participant, "contact_again")
    invite(group, again=True)
    assert reason(now) == ""
    decide(participant, "contact_again", "withdrawn", days_ago=1)
    assert reason(now) == "They may not be asked any more."


def test_it_is_not_sent_after_an_answer_or_after_the_study(study, group, member, now, invite):
    invite(group)
    approach = Approach.objects.get()
    type(study).objects.filter(pk=study.pk).update(ends_on=now.date() - DAY)
    assert reason(now) == "The study is over."
    approach.steps.create(step="agreed", way="service", happened_on=now.date(), taken_by=member, taken_at=now)
    assert reason(now) == "It is not asked any more."


def test_rows_of_many_invitations_are_one_query(study, group, form, now, invite, django_assert_num_queries):
    MembershipFactory.create_batch(3, group=group)
    invite(group)
    with django_assert_num_queries(1):
        rows = approach_rows().in_bulk()
        assert {reason_not_to_send(None, row, now) for row in rows.values()} == {""}


# Wishes


def test_a_wish_not_to_be_asked_ends_what_was_asked(group, member, now, invite):
    invite(group)
    choose_asking(person=member, may_be_asked=False, groups_left=[], now=now)
    approach = Approach.objects.with_state().get()
    assert (approach.state, approach.steps.last().reason) == ("declined", "no_research")
    assert Message.objects.get(kind=INVITATION).state == "dropped"


def test_a_wish_can_be_taken_back(member, now):
    for may_be_asked in (False, True):
        choose_asking(person=member, may_be_asked=may_be_asked, groups_left=[], now=now)
    assert list(ResearchWish.objects.values_list("may_be_asked", flat=True)) == [True]


def test_leave_is_given_and_taken_back_for_each_group(group, member, now, invite):
    other = MembershipFactory(
        group=SupportGroupFactory(), person=member, state="never_attended", joined_at=now - DAY, ended_at=now
    )
    leave_group(group=group, by=member, now=now)
    left = member.memberships.get(group=group)
    assert not left.researchers_may_ask

    def leaves():
        return set(Membership.objects.filter(researchers_may_ask=True))

    choose_asking(person=member, may_be_asked=True, groups_left=[left], now=now)
    assert leaves() == {left}
    invite(group)
    assert state_of(Approach.objects.get()) == "invited"
    choose_asking(person=member, may_be_asked=True, groups_left=[other], now=now)
    assert leaves() == {other}
    assert state_of(Approach.objects.get()) == "declined"


def test_nobody_gives_leave_for_another_or_for_a_group_they_are_in(group, member, now):
    mine, other = member.memberships.get(), MembershipFactory(state="left", joined_at=now - DAY, ended_at=now)
    choose_asking(person=member, may_be_asked=True, groups_left=[mine, other], now=now)
    assert not Membership.objects.filter(researchers_may_ask=True).exists()
