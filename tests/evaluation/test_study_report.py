"""The report of a study: one person is one, small numbers are hidden, totals tell nothing, and who sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.models import ConsentStatement, Interview
from evaluation.services.code import merge_code
from evaluation.services.coding import take_back_coding
from evaluation.services.coding_round import start_round
from evaluation.study_report import Outcome, StudyReport
from tests.factories import (
    CodeFactory,
    CodingFactory,
    ConsentDecisionFactory,
    IdentityKeyFactory,
    MembershipFactory,
    ParticipantFactory,
    SupportGroupFactory,
    TranscriptFactory,
    WithdrawalFactory,
    approached,
)

pytestmark = pytest.mark.django_db
Purpose = ConsentStatement.Purpose


@pytest.fixture(autouse=True)
def _small(study):
    study.small_number_threshold = 3
    study.save()


@pytest.fixture
def someone(study, form, now):
    """someone(kind, said=..., interviewed=..., group=...): participants of the study, three if not said."""

    def someone(kind="member", *, said="given", interviewed=False, group=None, times=3):
        found = []
        for _time in range(times):
            participant = ParticipantFactory(study=study, kind=kind)
            if group:
                person = MembershipFactory(group=group).person
                IdentityKeyFactory(participant=participant, person=person)
            if said:
                statement = form.statements.get(purpose=Purpose.INTERVIEW)
                decided = {"participant": participant, "statement": statement, "decided_at": now - timedelta(days=20)}
                ConsentDecisionFactory(decision=said, **decided)
            if interviewed:
                Interview.objects.create(
                    study=study, participant=participant, participant_kind=kind, interviewer=participant_of(form),
                    consent_form=form, mode="phone", started_at=now - timedelta(days=5), length_minutes=30,
                    recording="none", created_at=now,
                )  # fmt: skip
            found.append(participant)
        return found

    return someone


def participant_of(form):
    """Anyone who can stand as the interviewer."""
    return form.study.team.first().person


@pytest.fixture
def report(study, lead, now):
    return lambda: StudyReport(study, now)


def outcomes(report):
    """kind > outcome > number, without noughts."""
    return {
        row.label: {outcome.value: cell for outcome, cell in zip(Outcome, row.cells, strict=True) if cell != 0}
        for row in report.outcome_rows
    }


def flow(report):
    return [number for _label, number in report.flow]


def test_nobody_asked_is_an_empty_report(report):
    empty = report()
    assert (empty.kinds, empty.outcome_rows, empty.interviewed_rows, flow(empty)) == ([], [], [], [0, 0, 0, 0])


STEPS = {
    "waiting": ("invited",),
    "not_reached": ("invited", "not_reached"),
    "declined": ("invited", "declined"),
    "agreed": ("invited", "agreed"),
}


@pytest.mark.parametrize("outcome", STEPS)
def test_an_approach_counts_as_what_came_of_it(study, report, outcome):
    for _time in range(3):
        approached(study=study, steps=STEPS[outcome], kind="role_holder")
    assert outcomes(report()) == {"Member": {outcome: 5}}
    assert flow(report()) == [5, 5 if outcome == "agreed" else 0, 0, 0]


def test_a_participant_counts_once_with_or_without_an_approach(study, group, someone, report):
    for participant in someone("left"):
        approach = approached(study=study, steps=("invited", "agreed"), kind="left")
        type(approach).objects.filter(pk=approach.pk).update(participant=participant)
    someone("left", times=1)
    assert outcomes(report()) == {"Left the group": {"agreed": 5}}


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"said": None}, "waiting"),
        ({"said": "refused"}, "declined"),
        ({"said": "given"}, "agreed"),
        ({"said": "given", "interviewed": True}, "interviewed"),
    ],
)
def test_a_participant_counts_as_how_far_they_came(someone, report, lead, facts, outcome):
    someone(**facts)
    assert outcomes(report()) == {"Member": {outcome: 5}}


@pytest.mark.parametrize("scope", ["no_collection", "remove"])
@pytest.mark.parametrize("interviewed", [False, True])
def test_whoever_withdrew_has_stopped(someone, report, lead, scope, interviewed):
    for participant in someone(interviewed=interviewed):
        WithdrawalFactory(participant=participant, scope=scope)
    assert outcomes(report()) == {"Member": {"stopped": 5}}
    assert flow(report()) == [5, 5, 0, 5]


def test_no_more_contact_is_no_stop(someone, report, lead):
    for participant in someone(interviewed=True):
        WithdrawalFactory(participant=participant, scope="no_contact")
    assert outcomes(report()) == {"Member": {"interviewed": 5}}


def test_every_yes_taken_back_one_by_one_is_a_stop(someone, report, decide):
    for participant in someone():
        decide(participant, "interview", "withdrawn", days_ago=1)
    assert outcomes(report()) == {"Member": {"stopped": 5}}


def test_small_numbers_are_hidden_and_sums_are_of_what_is_shown(study, someone, report, lead):
    someone("member", interviewed=True, times=4)
    someone("left", interviewed=True, times=2)
    someone("clinician", said="refused", times=1)
    found = report()
    assert outcomes(found) == {
        "Member": {"interviewed": 5},
        "Left the group": {"interviewed": None},
        "Clinician": {"declined": None},
    }
    assert flow(found) == [5, 5, 5, 0]


def test_interviewed_stand_by_kind_and_by_how_their_group_is_now(study, group, someone, report, lead):
    resting = SupportGroupFactory(state="paused")
    study.groups.add(resting)
    someone("member", interviewed=True, group=group, times=4)
    someone("member", interviewed=True, group=resting, times=2)
    someone("clinician", interviewed=True)
    found = report()
    assert [state for state, _label in found.group_states] == ["active", "paused", "none"]
    assert [(row.label, row.cells) for row in found.interviewed_rows] == [
        ("Member", [5, None, 0]),
        ("Clinician", [0, 0, 5]),
    ]
    # One query gives one number everywhere: the sum of what is shown of them.
    assert outcomes(found)["Member"] == {"interviewed": 5}


def test_the_group_of_someone_without_an_account_is_the_one_they_were_asked_about(study, group, someone, report, lead):
    for participant in someone("left", interviewed=True):
        approach = approached(study=study, steps=("invited", "agreed"), kind="left", group=group)
        type(approach).objects.filter(pk=approach.pk).update(participant=participant)
    assert [state for state, _label in report().group_states] == [group.state]


def test_another_study_is_no_part_of_it(report):
    approached(study=ParticipantFactory().study)
    assert report().kinds == []


# Codes


@pytest.fixture
def coded(study, someone, code):
    """coded(times=3): members interviewed, each with a transcript that has `code`."""

    def coded(times=3, kind="member", **facts):
        texts = []
        for participant in someone(kind, times=times, **facts):
            text = TranscriptFactory(study=study, participant=participant)
            CodingFactory(source=text, code=code)
            texts.append(text)
        return texts

    return coded


def codes(report):
    return {row.label: row.cells for row in report.code_rows()}


def test_people_are_counted_once_for_a_code_however_often_they_said_it(coded, code, report, lead):
    for text in coded():
        CodingFactory(source=text, code=code, start=3, end=5)
    other = CodeFactory(study=code.study, name="Other")
    assert codes(report()) == {"Belonging": [5], other.name: [0]}


def test_a_code_of_a_few_people_is_hidden_and_kinds_of_a_few_are_left_out(coded, someone, code, report, lead):
    coded(times=2)
    someone("member", interviewed=True, times=2)
    coded(times=2, kind="left")
    found = report()
    assert [kind.value for kind in found.coded_kinds] == ["member"]
    assert codes(found) == {"Belonging": [None]}


def test_a_code_is_never_of_more_people_than_are_shown(study, coded, code, group, report, lead):
    resting = SupportGroupFactory(state="paused")
    study.groups.add(resting)
    coded(times=7, group=group)
    coded(times=2, group=resting)
    found = report()
    assert [row.cells for row in found.interviewed_rows] == [[5, None]]
    # Nine people, whom 10 would stand for.
    assert codes(found) == {"Belonging": [5]}


GONE = {
    "withdrawn": lambda text, code: WithdrawalFactory(participant=text.interview.participant, scope="remove"),
    "taken back": lambda text, code: take_back_coding(
        coding=text.codings.get(), by=text.codings.get().coder, now=text.added_at
    ),
    "an open round": lambda text, code: start_round(
        study=text.study, coders=[text.added_by, text.codings.get().coder], sources=[text], by=text.added_by,
        now=text.added_at,
    ),
    "consent taken back": lambda text, code: ConsentDecisionFactory(
        participant=text.interview.participant,
        statement=text.interview.participant.decisions.get().statement,
        decision="withdrawn",
        decided_at=text.interview.participant.decisions.get().decided_at + timedelta(days=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("why", GONE)
def test_what_does_not_stand_is_not_counted(coded, someone, code, report, lead, why):
    someone("member", interviewed=True)
    text, *_others = coded(times=3)
    assert codes(report()) == {"Belonging": [5]}
    GONE[why](text, code)
    assert codes(report()) == {"Belonging": [None]}


def test_a_code_that_is_merged_counts_under_the_other(coded, study, code, report, lead, now):
    coded()
    into = CodeFactory(study=study, name="Being one of them")
    merge_code(code=code, into=into, now=now)
    assert codes(report()) == {"Being one of them": [5]}


# The page


def test_the_report_is_for_leads_analysts_and_approvers(sign_in, study, lead, analyst, interviewer, key_holder):
    page = reverse("evaluation:study_report", args=[study.pk])
    expected = {lead: 200, analyst: 200, interviewer: 403, key_holder: 403}
    for person, status in expected.items():
        client = sign_in(person)
        assert client.get(page).status_code == status
        assert (page in client.get(study.get_absolute_url()).text) == (status == 200)


def test_the_page_shows_tables_with_charts_and_hides_small_numbers(sign_in, study, coded, someone, analyst, lead):
    coded(times=4)
    someone("left", interviewed=True, times=2)
    page = sign_in(analyst).get(reverse("evaluation:study_report", args=[study.pk])).text
    assert page.count("data-chart=") == page.count("<caption") == 4
    assert "a few" in page
    assert "Numbers below 3 are hidden" in page
    assert "build/chart.js" in page


def test_the_page_costs_the_same_for_one_and_many(sign_in, study, coded, someone, group, analyst, lead, queries_of):
    sign_in(analyst)
    counts = []
    for times in (3, 9):
        coded(times=times)
        someone("left", interviewed=True, group=group, times=times)
        for _time in range(times):
            approached(study=study)
        counts.append(queries_of(reverse("evaluation:study_report", args=[study.pk])))
    assert counts[0] == counts[1] <= 18
