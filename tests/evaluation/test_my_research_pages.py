"""A member's own pages: what they are asked, answering, what exists about them, stopping."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.models import (
    ConsentDecision,
    Export,
    ExportedParticipant,
    IdentityKey,
    Interview,
    Participant,
    Withdrawal,
)
from evaluation.services.interview import record_interview
from peersupport.access import log
from tests.factories import (
    ConsentFormFactory,
    ConsentStatementFactory,
    MembershipFactory,
    PersonFactory,
    StudyFactory,
    StudyMemberFactory,
)

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def answers(form, *yes_or_no):
    """The post of a form answered in the order of its statements."""
    statements = form.statements.order_by("number")
    posted = {f"statement_{row.pk}": said for row, said in zip(statements, yes_or_no, strict=True) if said}
    return {"version": form.version, **posted}


def make_export(study, participant, **fields):
    lead = StudyMemberFactory(study=study).person
    export = Export.objects.create(
        study=study,
        requested_by=lead,
        requested_at=study.created_at,
        purpose="Paper",
        for_whom="The Bristol team",
        **{
            "state": "ready",
            "as_of": study.created_at,
            "file_name": "x.zip",
            "sha256": "0" * 64,
            "size_bytes": 1,
            **fields,
        },
    )
    ExportedParticipant.objects.create(export=export, participant=participant)
    return export


# Who is asked


def test_my_research_names_the_studies_that_ask_the_person(client, study, form, member):
    other = StudyFactory(title="Elsewhere")
    ConsentFormFactory(study=other)
    client.force_login(member)
    page = client.get(address("my_research"))
    assert list(page.context["open_studies"]) == [study]
    assert "How groups carry on" in page.text
    assert "Elsewhere" not in page.text
    assert "nothing changes in your group" in page.text


@pytest.mark.parametrize(
    "change",
    ["without form", "over", "not begun", "left"],
)
def test_study_that_does_not_ask_now_is_not_there(client, study, form, member, now, change):
    if change == "without form":
        study.groups.clear()
        study = StudyFactory(title="No form yet")
        study.groups.set([member.memberships.get().group])
    elif change == "left":
        member.memberships.update(state="left", ended_at=now)
    else:
        day = timedelta(days=2)
        study.starts_on = now.date() + day if change == "not begun" else study.starts_on
        study.ends_on = now.date() - day if change == "over" else study.ends_on
        study.save()
    client.force_login(member)
    assert list(client.get(address("my_research")).context["open_studies"]) == []
    assert client.get(address("consent_answer", study.pk)).status_code == 404


@pytest.mark.parametrize("name", ["my_study", "consent_answer", "study_withdraw"])
def test_title_of_someone_elses_study_is_not_given_away(client, study, form, name):
    client.force_login(MembershipFactory().person)
    page = client.get(address(name, study.pk))
    assert page.status_code == 404
    assert study.title not in page.text


def test_my_study_of_someone_who_has_not_answered_leads_to_the_questions(client, study, form, member):
    client.force_login(member)
    page = client.get(address("my_study", study.pk))
    assert page.url == address("consent_answer", study.pk)


# Answering


def test_consent_page_shows_the_information_and_chooses_nothing_beforehand(client, study, form, member):
    client.force_login(member)
    page = client.get(address("consent_answer", study.pk))
    assert "We would like to learn how groups help." in page.text
    assert "1. I agree to interview." in page.text
    assert "You can stop at any time" in page.text
    assert '<input type="hidden" name="version" value="1"' in page.text
    assert " checked" not in page.text


def test_answers_are_saved_and_shown(client, study, form, member):
    client.force_login(member)
    saved = client.post(address("consent_answer", study.pk), answers(form, "yes", "no", "yes"), follow=True)
    assert saved.redirect_chain == [(address("my_study", study.pk), 302)]
    assert "Your answers are saved." in saved.text
    assert IdentityKey.objects.get().person == member
    assert list(ConsentDecision.objects.order_by("pk").values_list("decision", flat=True)) == [
        "given",
        "refused",
        "given",
    ]


def test_each_missing_answer_gives_its_own_sentence_and_the_others_stay(client, study, form, member):
    client.force_login(member)
    page = client.post(address("consent_answer", study.pk), answers(form, "", "no", ""))
    assert page.context["form"].errors == {
        f"statement_{form.statements.get(number=1).pk}": ["Choose yes or no for statement 1: interview"],
        f"statement_{form.statements.get(number=3).pk}": ["Choose yes or no for statement 3: observation of meetings"],
    }
    assert page.text.count(" checked") == 1
    assert Participant.objects.count() == 0


def test_answers_sent_twice_are_kept_once(client, study, form, member):
    client.force_login(member)
    for _time in range(2):
        client.post(address("consent_answer", study.pk), answers(form, "yes", "yes", "no"))
    assert (Participant.objects.count(), ConsentDecision.objects.count()) == (1, 3)


def test_one_answer_can_be_changed_later(client, study, form, member):
    client.force_login(member)
    client.post(address("consent_answer", study.pk), answers(form, "yes", "yes", "no"))
    page = client.get(address("consent_answer", study.pk))
    assert page.text.count(" checked") == 3
    client.post(address("consent_answer", study.pk), answers(form, "yes", "no", "no"))
    changed = ConsentDecision.objects.order_by("pk").last()
    assert (changed.statement.purpose, changed.decision) == ("recording", "withdrawn")
    assert ConsentDecision.objects.count() == 4


def test_answers_to_a_form_that_has_changed_meanwhile_are_not_taken(client, study, form, member, now):
    posted = answers(form, "yes", "yes", "yes")
    ConsentStatementFactory(form=ConsentFormFactory(study=study, version=2, published_at=now))
    client.force_login(member)
    page = client.post(address("consent_answer", study.pk), posted, follow=True)
    assert "There is a new version of this form." in page.text
    assert Participant.objects.count() == 0


def test_new_version_asks_anew_with_nothing_chosen(client, study, form, member, participant, decide, now):
    decide(participant, "interview")
    second = ConsentFormFactory(study=study, version=2, published_at=now - timedelta(days=1))
    ConsentStatementFactory(form=second)
    client.force_login(member)
    assert "There is a new version of the form." in client.get(address("my_study", study.pk)).text
    assert " checked" not in client.get(address("consent_answer", study.pk)).text


# What exists


def test_my_study_names_what_exists_and_which_exports_hold_me(client, study, form, member, participant, world_of_rows):
    make_export(study, participant)
    client.force_login(member)
    page = client.get(address("my_study", study.pk))
    assert list(page.context["interviews"]) == [Interview.objects.get()]
    assert "Field note, version 1" in page.text
    assert "for The Bristol team" in page.text
    assert "A note." not in page.text


def test_my_study_leaves_out_exports_that_failed_or_hold_others(client, study, form, member, participant):
    make_export(study, participant, state="failed", failure="Full", file_name="", sha256="", size_bytes=None)
    other = Participant.objects.create(study=study, kind="left", created_at=study.created_at)
    make_export(study, other)
    client.force_login(member)
    assert list(client.get(address("my_study", study.pk)).context["exports"]) == []


def test_my_research_says_which_researcher_has_looked(client, member, participant, interviewer):
    log.record(actor=interviewer, action="viewed", obj=participant, subject=member, route="x:y")
    log.record(actor=PersonFactory(), action="viewed", obj=participant, subject=None, route="x:y")
    client.force_login(member)
    page = client.get(address("my_research"))
    assert [look.actor for look in page.context["looks"]] == [interviewer]
    assert f"{interviewer.preferred_name}. Looked at: your part in a study." in page.text


# Stopping


def test_withdrawing_asks_how_far_and_names_the_exports(client, study, member, participant, form):
    make_export(study, participant)
    client.force_login(member)
    page = client.get(address("study_withdraw", study.pk))
    assert "for The Bristol team" in page.text
    assert " checked" not in page.text
    page = client.post(address("study_withdraw", study.pk), {"scope": ""})
    assert page.context["form"].errors == {"scope": ["Choose how far you want to stop"]}
    assert Withdrawal.objects.count() == 0


def test_withdrawing_is_confirmed_and_holds_at_once(client, study, member, participant, decide):
    decide(participant, "interview")
    client.force_login(member)
    page = client.post(address("study_withdraw", study.pk), {"scope": "remove"}, follow=True)
    assert "It is done, and holds from now on." in page.text
    assert "Remove what can be removed. Staff can't undo it." in page.text
    assert "Stop taking part" not in page.text
    assert participant.decisions.order_by("pk").last().decision == "withdrawn"
    assert member.memberships.get().state == "joined"


def test_nobody_who_has_stopped_can_answer_again(client, study, form, member, participant):
    client.force_login(member)
    client.post(address("study_withdraw", study.pk), {"scope": "no_collection"})
    page = client.post(address("consent_answer", study.pk), answers(form, "yes", "yes", "yes"), follow=True)
    assert "You have stopped taking part in this study, so nothing was saved." in page.text
    assert ConsentDecision.objects.count() == 0


def test_someone_who_was_only_invited_has_nothing_to_withdraw(client, study, form, member):
    client.force_login(member)
    assert client.get(address("study_withdraw", study.pk)).status_code == 403


# The same work for one study and for many


def test_my_research_costs_the_same_for_few_and_many(client, group, member, interviewer, now, queries_of):
    def add_one():
        study = StudyFactory()
        study.groups.add(group)
        ConsentFormFactory(study=study)
        row = Participant.objects.create(study=StudyFactory(), kind="member", created_at=now)
        IdentityKey.objects.create(participant=row, study=row.study, person=member, created_at=now)
        log.record(actor=interviewer, action="viewed", obj=row, subject=member, route="x:y")

    client.force_login(member)
    add_one()
    few = queries_of(address("my_research"))
    add_one()
    add_one()
    assert queries_of(address("my_research")) == few <= 10


def test_my_study_costs_the_same_for_few_and_many(
    client, study, member, participant, decide, interviewer, now, queries_of
):
    def add_one(days_ago):
        interview = record_interview(
            participant=participant,
            by=interviewer,
            now=now,
            started_at=now - timedelta(days=days_ago),
            recording="none",
            participant_kind="member",
            mode="phone",
            length_minutes=30,
            field_note="A note.",
        )
        make_export(study, participant)
        return interview

    decide(participant, "interview")
    client.force_login(member)
    add_one(1)
    few = queries_of(address("my_study", study.pk))
    for days_ago in range(2, 6):
        add_one(days_ago)
    assert queries_of(address("my_study", study.pk)) == few <= 16
