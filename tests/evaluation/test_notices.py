"""Whoever holds an export is told when someone in it withdraws."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from evaluation.exports.identifiers import Identifiers
from evaluation.models import WithdrawalNotice
from evaluation.refusals import NoticeGiven
from evaluation.services.consent import withdraw
from evaluation.services.notice import give_notice
from peersupport.access.log import looks_at
from peersupport.reminders.models import Message
from tests.evaluation.test_my_research_pages import make_export
from tests.factories import IdentityKeyFactory, StudyMemberFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture
def leave(member, now):
    """leave(participant, "remove")"""

    def leave(participant, scope="no_collection"):
        return withdraw(participant=participant, scope=scope, by=member, method="own_page", now=now)

    return leave


@pytest.fixture
def notice(study, participant, leave):
    make_export(study, participant, file_name="carrying-on.zip")
    leave(participant)
    return WithdrawalNotice.objects.get()


def test_withdrawing_prepares_one_notice_for_each_export_that_holds_the_person(study, participant, leave):
    held = [make_export(study, participant), make_export(study, participant)]
    make_export(study, IdentityKeyFactory(participant__study=study).participant)
    make_export(study, participant, state="failed", failure="Full", file_name="", sha256="", size_bytes=None)
    leave(participant)
    leave(participant)
    assert sorted(WithdrawalNotice.objects.values_list("export", flat=True)) == sorted(row.pk for row in held)
    told = Message.objects.filter(kind="evaluation.notice_to_give").values_list("recipient", flat=True)
    assert sorted(told) == sorted(row.requested_by_id for row in held)


def test_no_more_contact_leaves_exports_alone(study, participant, leave):
    make_export(study, participant)
    leave(participant, "no_contact")
    assert WithdrawalNotice.objects.count() == 0


def test_someone_who_asks_for_more_later_has_a_second_notice(study, participant, leave):
    make_export(study, participant)
    leave(participant)
    leave(participant, "remove")
    assert WithdrawalNotice.objects.count() == 2


def test_leads_are_told_where_whoever_asked_has_gone(study, participant, lead, leave):
    export = make_export(study, participant)
    study.team.filter(person=export.requested_by).update(ended_at=study.created_at + timedelta(days=90))
    leave(participant)
    assert list(Message.objects.values_list("kind", "recipient")) == [("evaluation.notice_to_give", lead.pk)]


def test_give_notice_is_once_and_the_person_sees_it(notice, lead, member, now):
    give_notice(notice=notice, how="Emailed Dr Lind.", by=lead, now=now)
    with pytest.raises(NoticeGiven):
        give_notice(notice=notice, how="Again.", by=lead, now=now)
    notice.refresh_from_db()
    assert (notice.given_by, notice.how) == (lead, "Emailed Dr Lind.")
    assert [(row.actor, row.route) for row in looks_at(member)] == [(lead, "evaluation:notice_give")]


def test_a_notice_stands_as_it_was_given(notice, lead, now):
    give_notice(notice=notice, how="Emailed Dr Lind.", by=lead, now=now)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        WithdrawalNotice.objects.update(how="Nothing.")
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        WithdrawalNotice.objects.all().delete()


def test_notice_names_the_person_as_the_export_does(sign_in, analyst, notice, participant, member):
    page = sign_in(analyst).get(notice.get_absolute_url())
    identifier = Identifiers(notice.study_id).of("participant", participant.pseudonym)
    for shown in (identifier, "carrying-on.zip", "The Bristol team", "0" * 64):
        assert shown in page.text
    assert participant.pseudonym not in page.text
    assert member.email not in page.text
    assert [row.route for row in looks_at(member)] == ["evaluation:notice_detail"]


def test_giving_notice_asks_how(sign_in, lead, study, notice):
    client = sign_in(lead)
    page = client.post(address("notice_give", notice.pk), {"how": " "})
    assert page.context["form"].errors == {"how": ["Enter how you told them, and what they said"]}
    page = client.post(address("notice_give", notice.pk), {"how": "Rang them."}, follow=True)
    assert "It is written down." in page.text
    page = client.post(address("notice_give", notice.pk), {"how": "Twice."})
    assert page.context["form"].non_field_errors() == ["Someone has done this already. It is written down below."]
    assert "Rang them." in client.get(notice.get_absolute_url()).text


def test_my_study_says_whether_users_of_exports_were_told(client, study, form, member, notice, lead, now):
    client.force_login(member)
    page = client.get(address("my_study", study.pk))
    assert "The researchers still have to tell them that you have stopped." in page.text
    give_notice(notice=notice, how="Rang Dr Lind.", by=lead, now=now)
    page = client.get(address("my_study", study.pk))
    assert "they were told that you have stopped." in page.text
    assert "Dr Lind" not in page.text


@pytest.mark.parametrize("duty", ["interviewer", "key_holder"])
def test_notices_are_for_those_who_see_exports(sign_in, study, notice, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    assert client.get(address("notice_list", study.pk)).status_code == 403
    assert client.get(notice.get_absolute_url()).status_code == 404


def test_approvers_read_notices_and_do_not_give_them(sign_in, study, notice):
    client = sign_in(StudyMemberFactory(study=study, duty="approver").person)
    assert "Write down that they are told" not in client.get(notice.get_absolute_url()).text
    assert client.post(address("notice_give", notice.pk), {"how": "Rang."}).status_code == 403


def test_notices_cost_the_same_for_few_and_many(sign_in, study, lead, leave, queries_of):
    sign_in(lead)
    counts = []
    for more in (1, 2):
        for key in IdentityKeyFactory.create_batch(more, participant__study=study):
            make_export(study, key.participant)
            leave(key.participant)
        counts.append(queries_of(address("notice_list", study.pk)))
    assert counts[0] == counts[1] <= 9
