"""Who is in a sampling frame and who never is; drawing from it; and what the draw leaves behind."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.asking import INVITATION
from evaluation.frames import Criteria, sizes_of, strata_of
from evaluation.models import Approach, ApproachKey, ApproachStep, ResearchWish, SamplingFrame
from evaluation.refusals import NobodyToDraw, StudyNotOpen
from evaluation.sampling import Stratum, draw
from evaluation.services.consent import withdraw
from evaluation.services.frame import draw_frame
from groups.models import Membership
from peersupport.reminders.models import Message, Preference
from tests.factories import (
    ConsentFormFactory,
    ConsentStatementFactory,
    IdentityKeyFactory,
    KeptMembershipFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    StudyFactory,
    SupportGroupFactory,
    approached,
)

pytestmark = pytest.mark.django_db

ALL = ["tutor", "role_holder", "member", "left", "never_attended"]


@pytest.fixture
def people_in(study, now):
    """people_in(group, kinds=...): kind > the people of the frame."""

    def people_in(*groups, kinds=ALL, again=False):
        strata = strata_of(study, Criteria(groups, kinds, again), now=now)
        found = {}
        for stratum, people in strata.items():
            found.setdefault(stratum.kind, []).extend(people)
        return found

    return people_in


@pytest.fixture
def draw_from(study, lead, now):
    def draw_from(*groups, kinds=ALL, again=False, method="whole", wanted=None, **more):
        criteria = Criteria(groups, kinds, again)
        return draw_frame(study=study, criteria=criteria, method=method, wanted=wanted, by=lead, now=now, **more)

    return draw_from


def ended(group, state, now, *, may_ask):
    reason = {"removal_reason": "Unkind"} if state == "removed" else {}
    return MembershipFactory(
        group=group,
        state=state,
        joined_at=now - timedelta(days=90),
        ended_at=now,
        researchers_may_ask=may_ask,
        **reason,
    ).person


# Who is in it


def test_each_is_there_as_what_they_are_to_the_group(group, member, now, people_in):
    contact = RoleTermFactory(group=group, person=MembershipFactory(group=group).person).person
    tutor = RoleTermFactory(group=group, role="tutor").person
    left, never = (ended(group, state, now, may_ask=True) for state in ("left", "never_attended"))
    removed = ended(group, "removed", now, may_ask=True)
    assert people_in(group) == {
        "tutor": [tutor.pk],
        "role_holder": [contact.pk],
        "member": [member.pk],
        "left": [left.pk, removed.pk],
        "never_attended": [never.pk],
    }


@pytest.mark.parametrize("state", ["left", "removed", "never_attended", "died"])
def test_whoever_is_out_of_the_group_is_not_there_without_their_leave(group, now, people_in, state):
    ended(group, state, now, may_ask=False)
    assert people_in(group) == {}


@pytest.mark.parametrize("state", ["joined", "paused", "died"])
def test_leave_is_only_of_those_who_are_out_of_the_group(group, now, state):
    times = {"ended_at": now, "joined_at": now - timedelta(days=9)} if state == "died" else {}
    with pytest.raises(IntegrityError, match="researchers_ask_by_leave"), transaction.atomic():
        MembershipFactory(group=group, state=state, researchers_may_ask=True, **times)


def test_nobody_without_an_account_is_there(group, people_in):
    KeptMembershipFactory(group=group)
    assert people_in(group) == {}


def test_whoever_has_a_break_is_left_in_peace(group, member, people_in):
    Membership.objects.filter(person=member).update(state="paused")
    assert people_in(group) == {}


def test_whoever_came_back_is_a_member_and_needs_no_leave(group, now, people_in):
    person = ended(group, "left", now, may_ask=True)
    MembershipFactory(group=group, person=person, joined_at=now)
    assert people_in(group) == {"member": [person.pk]}


def test_leave_of_an_earlier_time_in_the_group_says_nothing_of_the_last(group, now, people_in):
    person = ended(group, "left", now, may_ask=True)
    MembershipFactory(group=group, person=person, state="left", joined_at=now, ended_at=now)
    assert people_in(group) == {}


def test_leave_is_about_one_group(study, group, now, people_in):
    other = SupportGroupFactory()
    person = ended(group, "left", now, may_ask=True)
    MembershipFactory(group=other, person=person, state="left", joined_at=now, ended_at=now)
    assert people_in(other) == {}
    assert people_in(group, other) == {"left": [person.pk]}


def test_someone_in_two_groups_is_there_once(group, member, people_in):
    other = SupportGroupFactory()
    RoleTermFactory(group=other, person=MembershipFactory(group=other, person=member).person)
    assert people_in(group, other) == {"role_holder": [member.pk]}
    assert people_in(group, other, kinds=["member"]) == {"member": [member.pk]}


UNWILLING = {
    "asked not to be asked": lambda person, now: ResearchWish.objects.create(
        person=person, may_be_asked=False, changed_at=now
    ),
    "has died": lambda person, now: type(person).objects.filter(pk=person.pk).update(died_marked_at=now),
    "account closed": lambda person, now: type(person).objects.filter(pk=person.pk).update(is_active=False),
    "turned invitations off": lambda person, now: Preference.objects.create(
        person=person, kind=INVITATION, is_wanted=False, changed_at=now
    ),
}


def withdrew(person, now, scope, study=None):
    participant = IdentityKeyFactory(participant__study=study or StudyFactory(), person=person).participant
    withdraw(participant=participant, scope=scope, by=person, method="own_page", now=now)


for scope in ("no_contact", "no_collection", "remove"):
    UNWILLING[f"withdrew: {scope}"] = lambda person, now, scope=scope: withdrew(person, now, scope)


@pytest.mark.parametrize("how", UNWILLING)
@pytest.mark.parametrize("who", ["member", "left", "tutor"])
def test_whoever_does_not_want_it_is_never_there(group, now, people_in, how, who):
    person = {
        "member": lambda: MembershipFactory(group=group).person,
        "left": lambda: ended(group, "left", now, may_ask=True),
        "tutor": lambda: RoleTermFactory(group=group, role="tutor").person,
    }[who]()
    assert people_in(group) == {who: [person.pk]}
    UNWILLING[how](person, now)
    assert people_in(group) == {}


def test_a_wish_taken_back_lets_them_be_asked(group, member, now, people_in):
    ResearchWish.objects.create(person=member, may_be_asked=True, changed_at=now)
    assert people_in(group) == {"member": [member.pk]}


def test_whoever_is_in_the_study_or_was_asked_is_not_asked_anew(study, group, member, people_in):
    IdentityKeyFactory(participant__study=study, person=member)
    approached(study=study, to=MembershipFactory(group=group).person, group=group, steps=("invited", "not_reached"))
    assert people_in(group) == {}


def test_being_in_another_study_says_nothing_of_this_one(group, member, people_in):
    IdentityKeyFactory(person=member)
    approached(study=StudyFactory(), to=member, group=group)
    assert people_in(group) == {"member": [member.pk]}


# Asked again


@pytest.fixture
def agreed_to_more(study, group, member, now, form):
    """`member` is in the study and said that they may be asked again."""
    statement = ConsentStatementFactory(form=form, number=9, purpose="contact_again")
    participant = IdentityKeyFactory(participant__study=study, person=member).participant

    def say(decision, days_ago=10):
        participant.decisions.create(
            statement=statement,
            decision=decision,
            method="own_page",
            taken_by=member,
            decided_at=now - timedelta(days=days_ago),
        )

    say("given")
    participant.say = say
    return participant


def test_whoever_may_be_asked_again_is_there_only_when_that_is_wanted(group, member, agreed_to_more, people_in):
    assert people_in(group) == {}
    assert people_in(group, again=True) == {"member": [member.pk]}


def test_a_yes_to_being_asked_again_goes_for_those_who_left_too(group, member, now, agreed_to_more, people_in):
    Membership.objects.filter(person=member).update(state="left", ended_at=now)
    assert people_in(group, again=True) == {"left": [member.pk]}


def test_a_yes_taken_back_ends_it(group, agreed_to_more, people_in):
    agreed_to_more.say("withdrawn", days_ago=1)
    assert people_in(group, again=True) == {}


def test_a_new_form_inherits_no_yes_to_being_asked_again(study, group, now, agreed_to_more, people_in):
    later = ConsentFormFactory(study=study, version=2, published_at=now - timedelta(days=1))
    ConsentStatementFactory(form=later, purpose="contact_again")
    assert people_in(group, again=True) == {}


def test_nobody_is_asked_again_while_they_are_being_asked(group, agreed_to_more, people_in, draw_from):
    draw_from(group, again=True)
    assert people_in(group, again=True) == {}


def test_asked_again_is_another_step_of_the_same_approach(group, member, agreed_to_more, draw_from):
    first = draw_from(group, again=True)
    approach = Approach.objects.get()
    assert approach.participant == agreed_to_more
    approach.steps.create(
        step="agreed", way="service", happened_on=first.drawn_at, taken_by=member, taken_at=first.drawn_at
    )
    second = draw_from(group, again=True)
    assert list(approach.steps.values_list("step", "frame__number")) == [
        ("invited", first.number),
        ("agreed", None),
        ("invited", second.number),
    ]
    assert Message.objects.filter(kind=INVITATION, subject_id=approach.pk, recipient=member).count() == 2


# Sizes


def test_sizes_hide_small_numbers_and_round_the_others(study, group, now):
    study.small_number_threshold = 3
    other = SupportGroupFactory(name="Aztec")
    MembershipFactory.create_batch(4, group=group)
    MembershipFactory.create_batch(2, group=other)
    sizes = sizes_of(study, Criteria([group, other], ["left", "member"], False), now=now)
    assert [(size.group.name, size.kind, size.count) for size in sizes] == [
        ("Aztec", "Member", None),
        ("Aztec", "Left the group", 0),
        ("Bishopston", "Member", 5),
        ("Bishopston", "Left the group", 0),
    ]


# Drawing

STRATA = st.dictionaries(
    st.builds(Stratum, st.sampled_from(ALL), st.integers(1, 3)),
    st.sets(st.integers(1, 200), min_size=1, max_size=20),
    max_size=6,
).map(lambda strata: apart(strata))


def apart(strata):
    """Each person in one stratum only."""
    seen, found = set(), {}
    for stratum, people in strata.items():
        if left := people - seen:
            found[stratum] = left
            seen |= left
    return found


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strata=STRATA, wanted=st.integers(1, 60), seed=st.text("0123456789abcdef", min_size=1, max_size=32))
def test_a_draw_takes_as_many_as_wanted_each_once_and_each_stratum_its_share(strata, wanted, seed):
    drawn = draw(strata, wanted, seed)
    size = sum(map(len, strata.values()))
    everyone = [person for people in drawn.values() for person in people]
    assert len(everyone) == len(set(everyone)) == min(wanted, size)
    for stratum, people in drawn.items():
        assert set(people) <= strata[stratum]
        share = min(wanted, size) * len(strata[stratum]) / size
        assert int(share) <= len(people) <= int(share) + 1


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strata=STRATA, wanted=st.integers(1, 60), chance=st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same_people_whatever_the_order(strata, wanted, chance):
    items = [(stratum, chance.sample(sorted(people), len(people))) for stratum, people in strata.items()]
    chance.shuffle(items)
    assert draw(dict(items), wanted, "5eed") == draw(strata, wanted, "5eed")


def test_seeds_draw_everyone_about_equally_often():
    strata = {Stratum("member", 1): range(10), Stratum("left", 1): range(10, 20)}
    times = [0] * 20
    for seed in range(2000):
        for people in draw(strata, 4, str(seed)).values():
            for person in people:
                times[person] += 1
    # 2,000 draws of 4 from 20: 400 each, with a standard deviation of 18.
    assert all(310 < number < 490 for number in times)


def test_the_first_way_of_drawing_stays_as_it_was():
    """Whoever checks a draw years later gets the same people; another way is another number in ALGORITHM."""
    strata = {Stratum("member", 1): range(1, 9), Stratum("left", 2): range(9, 12)}
    assert draw(strata, 4, "2026") == {Stratum("left", 2): [9], Stratum("member", 1): [1, 6, 4]}


# What a draw leaves behind


def test_a_draw_invites_by_code_and_writes_to_each_person(study, group, lead, now, form, draw_from):
    people = [MembershipFactory(group=group).person for _number in range(5)]
    frame = draw_from(group, kinds=["member"], method="random", wanted=3, seed="5eed")
    kept = (
        frame.number,
        frame.size,
        frame.wanted,
        frame.seed,
        frame.algorithm,
        frame.drawn_by,
        list(frame.groups.all()),
    )
    assert kept == (1, 5, 3, "5eed", 1, lead, [group])
    approaches = list(Approach.objects.with_state())
    assert [(one.kind, one.group, one.state, one.is_by_service) for one in approaches] == [
        ("member", group, "invited", True)
    ] * 3
    assert len({approach.code for approach in approaches}) == 3
    drawn = set(ApproachKey.objects.values_list("person", flat=True))
    expected = draw({Stratum("member", group.pk): [person.pk for person in people]}, 3, "5eed")
    assert drawn == set(expected[Stratum("member", group.pk)])
    messages = Message.objects.filter(kind=INVITATION)
    assert set(messages.values_list("recipient", flat=True)) == drawn
    assert {message.expires_at - now for message in messages} == {timedelta(weeks=3)}
    assert ApproachStep.objects.filter(frame=frame, way="service").count() == 3


def test_chance_gives_the_seed(group, member, form, draw_from):
    frame = draw_from(group, method="random", wanted=1)
    assert len(frame.seed) == 32


def test_all_of_them_needs_no_seed(group, member, form, draw_from):
    frame = draw_from(group, wanted=5)
    assert (frame.method, frame.seed, frame.wanted, frame.steps.count()) == ("whole", "", None, 1)


def test_nobody_is_drawn_twice(group, form, draw_from):
    MembershipFactory.create_batch(5, group=group)
    for _time in range(2):
        draw_from(group, method="random", wanted=3)
    assert ApproachKey.objects.count() == ApproachKey.objects.values("person").distinct().count() == 5
    with pytest.raises(NobodyToDraw):
        draw_from(group)


def test_nobody_to_ask_leaves_nothing_behind(group, form, draw_from):
    with pytest.raises(NobodyToDraw):
        draw_from(group)
    assert not SamplingFrame.objects.exists()


def test_nobody_is_asked_before_the_form_or_outside_of_the_study(study, group, member, now, draw_from, request):
    with pytest.raises(StudyNotOpen):
        draw_from(group)
    request.getfixturevalue("form")
    studies = type(study).objects.filter(pk=study.pk)
    was = {"starts_on": study.starts_on, "ends_on": study.ends_on}
    for change in ({"starts_on": now.date() + timedelta(days=1)}, {"ends_on": now.date() - timedelta(days=1)}):
        studies.update(**was | change)
        with pytest.raises(StudyNotOpen):
            draw_from(group)
    studies.update(**was)
    assert draw_from(group)


def test_an_invitation_is_of_use_no_longer_than_the_study(study, group, member, now, form, draw_from):
    type(study).objects.filter(pk=study.pk).update(ends_on=now.date() + timedelta(days=2))
    draw_from(group)
    assert timedelta(days=1) < Message.objects.get(kind=INVITATION).expires_at - now <= timedelta(days=3)


def test_the_database_keeps_draws_as_they_were(group, member, form, draw_from):
    frame = draw_from(group)
    changes = {
        SamplingFrame: {"size": 99},
        frame.groups.through: {"supportgroup": SupportGroupFactory()},
        ApproachKey: {"person": PersonFactory()},
    }
    for model, change in changes.items():
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.update(**change)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete("default")


def test_the_database_refuses_to_ask_one_person_twice_and_keys_of_another_study(study, group, member):
    approached(study=study, to=member, group=group)
    with pytest.raises(IntegrityError, match="one_approach_per_study_and_person"), transaction.atomic():
        approached(study=study, to=member, group=group)
    other = approached(study=StudyFactory())
    with pytest.raises(IntegrityError, match="within its study"), transaction.atomic():
        ApproachKey.objects.create(approach=other, study=study, person=PersonFactory())


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kinds": []}, "frame_of_known_kinds"),
        ({"kinds": ["clinician"]}, "frame_of_known_kinds"),
        ({"method": "random", "wanted": 3, "seed": ""}, "frame_drawn_by_a_seed_or_whole"),
        ({"method": "random", "wanted": None, "seed": "a"}, "frame_drawn_by_a_seed_or_whole"),
        ({"method": "whole", "wanted": 3}, "frame_drawn_by_a_seed_or_whole"),
    ],
)
def test_a_frame_says_how_it_was_drawn(study, lead, now, fields, constraint):
    facts = {"study": study, "number": 1, "kinds": ["member"], "asks_again": False, "method": "whole", "algorithm": 1}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SamplingFrame.objects.create(**{**facts, "size": 1, "drawn_by": lead, "drawn_at": now, **fields})
