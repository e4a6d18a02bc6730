"""Participants by pseudonym, and decisions on paper."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from evaluation.models import ConsentDecision, IdentityKey, Participant, Withdrawal
from peersupport.access.log import looks_at
from tests.evaluation.test_my_research_pages import make_export
from tests.factories import ConsentDecisionFactory, ParticipantFactory, StudyMemberFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def logged(person):
    return [(entry.actor, entry.action, entry.object_type, entry.route) for entry in looks_at(person)]


@pytest.fixture
def named(participant, member):
    """`participant`, whose person has a name and an address that must not show."""
    member.preferred_name, member.email = "Bartholomew", "bart@example.org"
    member.save()
    return participant


# List and page


@pytest.mark.parametrize("duty", ["lead", "interviewer", "analyst", "key_holder", "approver"])
def test_participants_are_listed_by_pseudonym_only(sign_in, study, named, decide, duty):
    decide(named, "interview")
    decide(named, "recording", "refused")
    person = StudyMemberFactory(study=study, duty=duty).person
    page = sign_in(person).get(address("participant_list", study.pk))
    assert named.pseudonym in page.text
    assert [yeses for _row, yeses, _answered in page.context["rows"]] == [["Interview"]]
    for secret in ("Bartholomew", "bart@example.org"):
        assert secret not in page.text


def test_participant_page_shows_consent_without_identity_and_is_logged(sign_in, interviewer, named, member, decide):
    decide(named, "interview")
    page = sign_in(interviewer).get(named.get_absolute_url())
    assert named.pseudonym in page.text
    assert [row.decision for row in page.context["decisions"]] == ["given"]
    assert "Bartholomew" not in page.text
    assert "Find out who this is" not in page.text
    assert logged(member) == [(interviewer, "viewed", "evaluation.participant", "evaluation:participant_detail")]


def test_participant_page_shows_what_stands_not_what_stood(sign_in, interviewer, participant, decide):
    decide(participant, "interview", "given", days_ago=40)
    decide(participant, "interview", "withdrawn", days_ago=20)
    page = sign_in(interviewer).get(participant.get_absolute_url())
    assert [row.decision for row in page.context["decisions"]] == ["withdrawn"]


@pytest.mark.parametrize("duty", ["key_holder", "approver"])
def test_participant_page_keeps_interviews_from_those_without_that_duty(sign_in, study, world_of_rows, duty):
    person = StudyMemberFactory(study=study, duty=duty).person
    page = sign_in(person).get(world_of_rows.participant.get_absolute_url())
    assert list(page.context["interviews"]) == []
    assert world_of_rows.get_absolute_url() not in page.text


@pytest.mark.parametrize("name", ["participant_detail", "decision_record", "withdrawal_record"])
def test_participant_is_not_there_for_anyone_outside(sign_in, participant, member, form, name):
    for person in (member, StudyMemberFactory(duty="key_holder").person):
        page = sign_in(person).get(address(name, participant.pk))
        assert page.status_code == 404
        assert participant.pseudonym not in page.text
    assert logged(member) == []


# People without an account


def test_someone_without_an_account_is_added_by_name_and_shown_by_pseudonym(sign_in, study, interviewer):
    posted = {"kind": "clinician", "name": "Dr Shah", "contact": "0117 000"}
    page = sign_in(interviewer).post(address("participant_add", study.pk), posted, follow=True)
    participant = Participant.objects.get()
    assert page.redirect_chain == [(participant.get_absolute_url(), 302)]
    assert f"They are {participant.pseudonym} in this study." in page.text
    assert "Shah" not in page.text
    assert IdentityKey.objects.get().name == "Dr Shah"


@pytest.mark.parametrize(
    ("posted", "errors"),
    [
        ({"kind": "left", "name": ""}, {"name": ["Enter their name"]}),
        ({"name": "Dr Shah"}, {"kind": ["Choose who they are to the groups"]}),
    ],
)
def test_gap_in_adding_someone_gets_its_sentence(sign_in, study, interviewer, posted, errors):
    page = sign_in(interviewer).post(address("participant_add", study.pk), {**posted, "contact": "0117 000"})
    assert page.context["form"].errors == errors
    assert "0117 000" in page.text
    assert Participant.objects.count() == 0


@pytest.mark.parametrize("duty", ["analyst", "key_holder", "approver"])
def test_only_leads_and_interviewers_add_people_and_take_consent(sign_in, study, participant, form, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    assert client.get(address("participant_add", study.pk)).status_code == 403
    assert client.get(address("decision_record", participant.pk)).status_code == 403
    assert client.get(address("withdrawal_record", participant.pk)).status_code == 403


# Decisions on paper or by voice


def paper(form, *yes_or_no, days_ago=3, **changed):
    day = timezone.localtime() - timedelta(days=days_ago)
    statements = form.statements.order_by("number")
    posted = {f"statement_{row.pk}": said for row, said in zip(statements, yes_or_no, strict=True) if said}
    return {
        "method": "paper",
        "decided_on_day": day.day,
        "decided_on_month": day.month,
        "decided_on_year": day.year,
        "decided_time": "10:30",
        **posted,
        **changed,
    }


def test_decisions_on_paper_keep_method_time_and_who_took_them(sign_in, interviewer, participant, member, form):
    posted = paper(form, "yes", "no", "yes")
    page = sign_in(interviewer).post(address("decision_record", participant.pk), posted, follow=True)
    assert "What they said is saved." in page.text
    decisions = list(ConsentDecision.objects.order_by("statement__number"))
    assert [row.decision for row in decisions] == ["given", "refused", "given"]
    assert {(row.method, row.taken_by) for row in decisions} == {("paper", interviewer)}
    assert timezone.localtime(decisions[0].decided_at).strftime("%H:%M") == "10:30"
    assert (interviewer, "changed", "evaluation.participant", "evaluation:decision_record") in logged(member)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"method": ""}, "method", "Choose how they said it"),
        ({"decided_time": "half past"}, "decided_time", "Enter a time, like 2pm or 14:00"),
        ({"days_ago": -2}, "decided_on", "Enter a day and time that are not in the future"),
        ({"decided_on_day": ""}, "decided_on", "Enter the day, the month and the year, like 24 11 2026"),
    ],
)
def test_gap_in_recording_decisions_gets_its_sentence(
    sign_in, interviewer, participant, form, changed, field, sentence
):
    posted = paper(form, "yes", "no", "yes", **changed)
    page = sign_in(interviewer).post(address("decision_record", participant.pk), posted)
    assert page.context["form"].errors == {field: [sentence]}
    assert page.text.count(" checked") >= 3
    assert ConsentDecision.objects.count() == 0


def test_decision_before_the_form_existed_is_pointed_out(sign_in, interviewer, participant, form):
    posted = paper(form, "yes", "no", "yes", days_ago=200)
    page = sign_in(interviewer).post(address("decision_record", participant.pk), posted)
    (sentence,) = page.context["form"].errors["decided_on"]
    assert sentence.startswith("This form was published on ")
    assert ConsentDecision.objects.count() == 0


def test_recording_for_someone_who_has_withdrawn_is_refused(sign_in, interviewer, participant, form):
    client = sign_in(interviewer)
    client.post(address("withdrawal_record", participant.pk), {"scope": "remove", "method": "voice"})
    page = client.post(address("decision_record", participant.pk), paper(form, "yes", "yes", "yes"))
    assert page.context["form"].non_field_errors() == [
        "They have withdrawn from the study. Nothing more can be recorded."
    ]
    assert ConsentDecision.objects.count() == 0


def test_recording_without_a_published_form_is_not_there(sign_in, interviewer, participant):
    assert sign_in(interviewer).get(address("decision_record", participant.pk)).status_code == 404


def test_withdrawal_told_to_a_researcher_shows_the_exports_to_tell(sign_in, study, interviewer, participant):
    make_export(study, participant)
    client = sign_in(interviewer)
    assert "Exports to tell" not in client.get(participant.get_absolute_url()).text
    posted = {"scope": "no_collection", "method": "voice"}
    page = client.post(address("withdrawal_record", participant.pk), posted, follow=True)
    assert Withdrawal.objects.get().recorded_by == interviewer
    assert "Exports to tell" in page.text
    assert "for The Bristol team" in page.text
    worklist = client.get(study.get_absolute_url()).context["worklist"]
    assert worklist[-1].count == 1


# The same work for few and for many


def test_participant_list_costs_the_same_for_few_and_many(sign_in, study, lead, form, queries_of):
    sign_in(lead)
    counts = []
    for more in (5, 45):
        for row in ParticipantFactory.create_batch(more, study=study):
            for statement in form.statements.all():
                ConsentDecisionFactory(participant=row, statement=statement, taken_by=lead)
        counts.append(queries_of(address("participant_list", study.pk)))
    assert counts[0] == counts[1] <= 10
