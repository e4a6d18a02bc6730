"""Asking for an export, watching it, and taking it: who may, what they see, what is written down."""

import time
import zipfile
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from evaluation.exports.folder import folder_of
from evaluation.models import (
    DownloadLink,
    Export,
    ExportedParticipant,
    Participant,
    WithdrawalNotice,
)
from evaluation.services.consent import withdraw
from evaluation.services.export import recall_export
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from peersupport.reminders.registry import kind_named
from tests.evaluation.exporting import PURPOSES, StudyWorld
from tests.factories import StudyMemberFactory
from tests.messages import row_of
from tests.second_factor import code_of

pytestmark = pytest.mark.django_db
ASKED = {
    "profile": "quantitative",
    "is_linkable": "yes",
    "purpose": "A paper on attendance",
    "for_whom": "The study team",
}
FILE = {"file_name": "eval-1.zip", "sha256": "ab" * 32, "size_bytes": 24_000, "progress": 100}


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.EXPORT_DIR = tmp_path


@pytest.fixture
def world():
    return StudyWorld()


@pytest.fixture
def analyst(world):
    return StudyMemberFactory(study=world.study, duty="analyst").person


@pytest.fixture
def ready(world):
    """An export whose file is there, with one participant who has an account."""
    export = world.export(state="ready", as_of=world.now, **FILE)
    folder_of(export).mkdir()
    with zipfile.ZipFile(folder_of(export) / "eval-1.zip", "w") as bundle:
        bundle.writestr("README.md", "# Data")
    ExportedParticipant.objects.create(export=export, participant=world.participant(*PURPOSES))
    return export


@pytest.fixture
def fresh(sign_in, has_given_second_factor):
    """Sign a person in who has just given their second factor."""
    return lambda person: has_given_second_factor(sign_in(person))


def address(name, row):
    return reverse(f"evaluation:export_{name}", args=[row.pk])


def decided(export):
    export.refresh_from_db()
    return export.state, export.decided_by, export.decision_reason


# Asking and watching


def test_export_is_asked_for_and_waits_for_a_second_person(sign_in, world, analyst):
    client = sign_in(analyst)
    response = client.post(address("request", world.study), ASKED, follow=True)
    export = Export.objects.get()
    assert response.redirect_chain == [(export.get_absolute_url(), 302)]
    assert (export.state, export.requested_by, export.for_whom) == ("requested", analyst, "The study team")
    assert (export.profile, export.salt) == ("quantitative", "")
    assert "Waiting for a second person" in response.text
    message = Message.objects.get(kind="evaluation.export_requested")
    assert (message.recipient, message.subject_id) == (world.approver, export.pk)


def test_export_can_have_identifiers_of_its_own(sign_in, world, analyst):
    for _number in range(2):
        sign_in(analyst).post(address("request", world.study), ASKED | {"is_linkable": "no"})
    one, other = Export.objects.values_list("salt", flat=True)
    assert (len(one), len({one, other})) == (32, 2)


def test_nobody_can_ask_where_nobody_else_could_approve(sign_in, world, analyst):
    world.study.team.filter(duty="approver").delete()
    response = sign_in(analyst).post(address("request", world.study), ASKED)
    assert "Ask a lead to make someone an approver first." in response.text
    assert ASKED["purpose"] in response.text
    assert not Export.objects.exists()


def test_approved_export_shows_its_progress(sign_in, world, analyst):
    export = world.export(state="approved")
    content = sign_in(analyst).get(address("detail", export)).text
    assert "0 per cent done" in content
    assert f'<a href="{export.get_absolute_url()}">Look again</a>' in content


def test_only_the_progress_is_sent_when_htmx_asks(sign_in, world, analyst):
    export = world.export(state="running", progress=40, lease_until=world.now)
    response = sign_in(analyst).get(address("detail", export), headers={"HX-Request": "true"})
    content = response.content.decode()
    assert 'value="40"' in content
    assert 'hx-trigger="every 2s"' in content
    assert "<html" not in content


def test_asking_stops_once_the_export_is_ready(sign_in, ready, analyst):
    content = sign_in(analyst).get(address("detail", ready)).content.decode()
    assert "hx-trigger" not in content
    assert ready.sha256 in content
    assert "23.4" in content


def test_page_that_was_waiting_gets_the_file_and_says_so_aloud(sign_in, ready, analyst):
    content = sign_in(analyst).get(address("detail", ready), headers={"HX-Request": "true"}).text
    assert '<div hx-swap-oob="innerHTML:#export-state">Ready</div>' in content
    assert ready.sha256 in content
    assert "Download" in content


def test_failed_export_says_why_and_can_be_asked_for_anew(sign_in, world, analyst):
    export = world.export(state="failed", failure="The disk is full.")
    content = sign_in(analyst).get(address("detail", export)).content.decode()
    assert "The disk is full." in content
    assert address("request", world.study) in content
    assert sign_in(analyst).post(address("request", world.study), ASKED).status_code == 302
    assert Export.objects.filter(state="requested").count() == 1


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("purpose", "Enter what the export is for"), ("for_whom", "Enter who will use the export")],
)
def test_missing_answer_gets_a_sentence_and_keeps_the_other(sign_in, world, analyst, field, sentence):
    response = sign_in(analyst).post(address("request", world.study), ASKED | {field: ""})
    other = next(value for name, value in ASKED.items() if name != field)
    assert response.context["form"].errors == {field: [sentence]}
    assert other in response.content.decode()
    assert not Export.objects.exists()


# Deciding


YES = {"is_approved": "yes", "reason": "It is in the protocol."}
NO = {"is_approved": "no", "reason": "Ask for less."}


@pytest.mark.parametrize("duty", ["approver", "lead"])
def test_second_person_approves_with_a_reason(fresh, world, duty):
    export = world.export(state="requested")
    person = StudyMemberFactory(study=world.study, duty=duty).person
    response = fresh(person).post(address("decide", export), YES)
    assert response.url == export.get_absolute_url()
    assert decided(export) == ("approved", person, YES["reason"])
    assert AccessLogEntry.objects.filter(actor=person, action="changed", object_id=export.pk).count() == 1


def test_refusal_says_why_to_whoever_asked(fresh, sign_in, world):
    export = world.export(state="requested")
    fresh(world.approver).post(address("decide", export), NO)
    assert decided(export) == ("refused", world.approver, NO["reason"])
    assert Message.objects.get(kind="evaluation.export_settled").recipient == world.researcher
    page = sign_in(StudyMemberFactory(study=world.study, duty="analyst").person).get(address("detail", export))
    assert NO["reason"] in page.text


def test_nobody_approves_their_own_export(fresh, world):
    lead = StudyMemberFactory(study=world.study, duty="lead").person
    export = world.export(state="requested")
    Export.objects.update(requested_by=lead)
    response = fresh(lead).post(address("decide", export), YES)
    assert "You asked for this export yourself. Someone else has to approve it." in response.text
    assert decided(export) == ("requested", None, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.update(state="approved", decided_by=lead, decided_at=world.now, decision_reason="Mine.")


def test_decision_needs_a_reason_and_keeps_the_choice(fresh, world):
    export = world.export(state="requested")
    response = fresh(world.approver).post(address("decide", export), YES | {"reason": ""})
    assert response.context["form"].errors == {"reason": ["Enter why you decided so"]}
    assert decided(export)[0] == "requested"


def test_decided_export_is_not_decided_again(fresh, world):
    export = world.export(state="approved")
    response = fresh(world.approver).post(address("decide", export), NO)
    assert "This has been decided already." in response.text
    assert decided(export)[0] == "approved"


def test_one_export_at_a_time_is_made_of_a_study(fresh, world):
    world.export(state="running")
    StudyWorld().export(state="running")
    export = world.export(state="requested")
    response = fresh(world.approver).post(address("decide", export), YES)
    assert "Another export of this study is being made." in response.text
    assert YES["reason"] in response.text
    assert decided(export) == ("requested", None, "")


@pytest.mark.parametrize("ago", [None, timedelta(minutes=6)])
def test_decision_waits_until_the_second_factor_is_given_anew(
    sign_in, world, has_given_second_factor, with_second_factor, ago
):
    with_second_factor(world.approver)
    export = world.export(state="requested")
    client = sign_in(world.approver)
    if ago:
        has_given_second_factor(client, ago=ago)
    asked = client.post(address("decide", export), YES)
    assert asked.url.startswith(reverse("mfa_reauthenticate"))
    assert decided(export)[0] == "requested"
    # What was typed waits, and goes on once the code is there.
    wrong = client.post(asked.url, {"code": "0"})
    assert "Check the code" in wrong.text
    assert client.post(asked.url, {"code": code_of(world.approver)}).url == export.get_absolute_url()
    assert decided(export) == ("approved", world.approver, YES["reason"])


def test_what_goes_on_after_the_second_factor_and_is_refused_is_sent_to_the_right_page_again(
    sign_in, world, with_second_factor
):
    with_second_factor(world.approver)
    world.export(state="running")
    export = world.export(state="requested")
    client = sign_in(world.approver)
    asked = client.post(address("decide", export), YES)
    page = client.post(asked.url, {"code": code_of(world.approver)})
    assert "Another export of this study is being made." in page.text
    assert f'action="{address("decide", export)}"' in page.text
    assert YES["reason"] in page.text


def test_password_is_no_second_factor(sign_in, world):
    client = sign_in(world.approver)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    export = world.export(state="requested")
    assert client.post(address("decide", export), YES).url.startswith(reverse("mfa_reauthenticate"))


# Who would be in it


def test_preview_shows_who_is_in_and_why_others_are_not(sign_in, world, analyst):
    for _number in range(3):
        world.participant(*PURPOSES)
        world.participant(refused=PURPOSES)
    world.participant()
    preview = sign_in(analyst).get(address("request", world.study)).context["preview"]
    assert preview.included == 5
    assert preview.left_out == {"withdrew": 0, "not_answered": None, "said_no": 5}
    assert [(row.consented, row.refused, row.not_asked) for row in preview.purposes] == [(5, 5, None)] * 4 + [(0, 0, 5)]


def test_preview_names_what_few_people_share(sign_in, world, analyst):
    for _number in range(4):
        world.participant(*PURPOSES)
    # Two people whose interviews are not in it, one of them a clinician.
    odd = [world.participant("observation") for _number in range(2)]
    Participant.objects.filter(pk=odd[1].pk).update(kind="clinician")
    risk = sign_in(analyst).get(address("request", world.study)).context["preview"].risk
    assert (risk.k, risk.exposed, risk.groups, risk.groups_together) == (1, 2, 1, 0)
    assert {(one.kind, one.group, one.is_interviewed) for one in risk.rare} == {
        ("Member", world.group.name, False),
        ("Clinician", world.group.name, False),
    }


def test_preview_says_whose_words_would_go_in(sign_in, world, analyst):
    for _number in range(3):
        world.participant(*PURPOSES)
    response = sign_in(analyst).get(address("request", world.study))
    # Three transcripts, and nobody has approved any of them.
    assert response.context["preview"].texts == (0, 5)
    assert "Left out: nobody has approved them" in response.text


def test_small_groups_are_named_for_none(sign_in, world, analyst):
    world.participant(*PURPOSES)
    response = sign_in(analyst).get(address("request", world.study))
    risk = response.context["preview"].risk
    assert (risk.k, risk.groups, risk.groups_together) == (1, 1, 1)
    assert "a group with few participants" in response.text
    assert world.group.name not in response.text


def test_small_numbers_are_hidden_before_an_export_is_asked_for(sign_in, world, analyst):
    for _number in range(2):
        world.participant(*PURPOSES)
    response = sign_in(analyst).get(address("request", world.study))
    assert response.context["preview"].included is None
    assert "Numbers below 3 are hidden, the others are rounded to the nearest five." in response.text


def test_list_names_whom_each_export_is_for_its_size_and_checksum(sign_in, ready, analyst):
    content = sign_in(analyst).get(address("list", ready.study)).text
    assert "The team" in content
    assert "23.4" in content
    assert "SHA-256 abababababab…" in content


def test_list_takes_as_many_queries_for_three_exports_as_for_one(sign_in, world, analyst, queries_of):
    sign_in(analyst)
    world.export(state="failed", failure="No.")
    one = queries_of(address("list", world.study))
    for _number in range(2):
        world.export(state="failed", failure="No.")
    assert queries_of(address("list", world.study)) == one <= 12


# Taking it


def test_download_streams_the_file_and_is_logged_for_each_person_in_it(fresh, ready, analyst):
    response = fresh(analyst).post(address("download", ready))
    content = b"".join(response.streaming_content)
    assert content == (folder_of(ready) / ready.file_name).read_bytes()
    assert response["Content-Disposition"] == 'attachment; filename="eval-1.zip"'
    assert response["Content-Type"] == "application/zip"
    person = ready.exported_participants.get().participant.identity_key.person
    entries = AccessLogEntry.objects.filter(object_type="evaluation.export", object_id=ready.pk, actor=analyst)
    assert set(entries.values_list("action", "subject")) == {("downloaded", None), ("exported", person.pk)}


def test_each_download_is_logged_anew(fresh, ready, analyst):
    for _time in range(2):
        b"".join(fresh(analyst).post(address("download", ready)).streaming_content)
    assert AccessLogEntry.objects.filter(action="downloaded").count() == 2


def test_download_that_can_not_be_logged_is_refused(fresh, ready, analyst, monkeypatch):
    def refuse(**_what):
        raise OSError("The log can't be written.")

    monkeypatch.setattr("evaluation.services.export.looks.record", refuse)
    with pytest.raises(OSError, match="log"):
        fresh(analyst).post(address("download", ready))
    assert not AccessLogEntry.objects.exists()


def test_download_needs_a_fresh_second_factor(sign_in, ready, analyst):
    response = sign_in(analyst).post(address("download", ready))
    assert response.url.startswith(reverse("mfa_reauthenticate"))
    assert not AccessLogEntry.objects.exists()


def test_looking_at_the_download_address_gives_nothing(sign_in, ready, analyst):
    assert sign_in(analyst).get(address("download", ready)).status_code == 405


@pytest.mark.parametrize("state", ["running", "failed", "gone"])
def test_file_that_is_not_there_gets_a_sentence(fresh, ready, analyst, state):
    if state == "gone":
        (folder_of(ready) / ready.file_name).unlink()
    else:
        Export.objects.update(state=state, failure="No.")
    response = fresh(analyst).post(address("download", ready), follow=True)
    assert "This file is not there. Ask for a new export." in response.text
    assert not AccessLogEntry.objects.exists()


@pytest.mark.parametrize(
    ("duty", "list_status", "request_status", "download_status"),
    [
        ("lead", 200, 200, 200),
        ("analyst", 200, 200, 200),
        ("approver", 200, 403, 403),
        ("interviewer", 403, 403, 404),
        ("key_holder", 403, 403, 404),
    ],
)
def test_duties_reach_only_what_they_need(fresh, ready, duty, list_status, request_status, download_status):
    client = fresh(StudyMemberFactory(study=ready.study, duty=duty).person)
    assert client.get(address("list", ready.study)).status_code == list_status
    assert client.get(address("request", ready.study)).status_code == request_status
    response = client.post(address("download", ready))
    assert response.status_code == download_status
    assert (b"".join(response)[:2] == b"PK") is (download_status == 200)


def test_exports_are_not_there_for_anyone_outside_the_study(sign_in, ready):
    outsiders = [
        StudyMemberFactory(duty="lead").person,
        ready.exported_participants.get().participant.identity_key.person,
    ]
    for person in outsiders:
        client = sign_in(person)
        assert client.get(address("detail", ready)).status_code == 404
        assert client.post(address("download", ready)).status_code == 404
        assert client.get(address("request", ready.study)).status_code in (403, 404)


def test_duty_that_has_ended_opens_nothing(sign_in, ready, analyst, world):
    analyst.duties.update(started_at=world.now - timedelta(days=2), ended_at=world.now)
    assert sign_in(analyst).post(address("download", ready)).status_code == 404


# Passing it on


@pytest.fixture
def link(fresh, ready, analyst):
    """The address of a link to the file, as the page shows it."""
    page = fresh(analyst).post(reverse("evaluation:link_make", args=[ready.pk]), {"for_whom": "Dr Lee, Bristol"})
    return urlsplit(page.context["address"]).path


def test_link_gives_the_file_once_to_whoever_has_it(link, ready, analyst):
    other = Client()
    page = other.get(link, follow=True)
    assert page.redirect_chain == [(reverse("evaluation:link_download"), 302)]
    assert "for Dr Lee, Bristol" in page.text
    taken = other.post(reverse("evaluation:link_download"))
    assert b"".join(taken.streaming_content) == (folder_of(ready) / ready.file_name).read_bytes()
    assert "This link was used or has run out." in other.post(reverse("evaluation:link_download")).text
    assert Client().get(link, follow=True).status_code == 410
    # The log has it under the name of whoever made the link, for the person in it too.
    entries = AccessLogEntry.objects.filter(object_id=ready.pk, actor=analyst, route="evaluation:link_download")
    person = ready.exported_participants.get().participant.identity_key.person
    assert set(entries.values_list("action", "subject")) == {("downloaded", None), ("exported", person.pk)}


def test_looking_at_a_link_does_not_use_it_up(link):
    for _time in range(2):
        assert Client().get(link, follow=True).status_code == 200
    assert DownloadLink.objects.get().used_at is None


def test_address_of_a_link_is_kept_nowhere(link, ready, sign_in, analyst):
    token = link.strip("/").rsplit("/", 1)[1]
    assert token not in str(DownloadLink.objects.values().get())
    page = sign_in(analyst).get(address("detail", ready)).text
    assert "For Dr Lee, Bristol" in page
    assert token not in page


@pytest.mark.parametrize("what", ["late", "recalled", "unknown"])
def test_link_that_has_run_out_gives_nothing(link, ready, world, what):
    if what == "late":
        DownloadLink.objects.update(made_at=world.now - timedelta(days=2), expires_at=world.now - timedelta(days=1))
    elif what == "recalled":
        recall_export(export=ready, reason="By mistake.", by=world.approver, now=world.now)
    else:
        link = link.replace("link/", "link/x")
    other = Client()
    assert other.get(link, follow=True).status_code == 410
    assert other.post(reverse("evaluation:link_download")).status_code == 410
    assert not AccessLogEntry.objects.filter(action="downloaded").exists()


def test_link_needs_a_name_and_a_fresh_second_factor(fresh, sign_in, ready, analyst):
    make = reverse("evaluation:link_make", args=[ready.pk])
    assert sign_in(analyst).post(make, {"for_whom": "Dr Lee"}).url.startswith(reverse("mfa_reauthenticate"))
    assert fresh(analyst).post(make, {"for_whom": ""}).context["form"].errors == {
        "for_whom": ["Enter who gets the link"]
    }
    assert not DownloadLink.objects.exists()


# Recalling it


def test_recalled_export_is_gone_and_everyone_who_took_it_is_told(
    fresh, ready, analyst, world, django_capture_on_commit_callbacks
):
    b"".join(fresh(analyst).post(address("download", ready)).streaming_content)
    with django_capture_on_commit_callbacks(execute=True):
        response = fresh(world.approver).post(address("recall", ready), {"reason": "Two people were in it by mistake."})
    assert response.url == ready.get_absolute_url()
    assert not folder_of(ready).exists()
    told = Message.objects.filter(kind="evaluation.export_recalled").values_list("recipient", flat=True)
    assert set(told) == {world.researcher.pk, analyst.pk}
    message = Message.objects.filter(kind="evaluation.export_recalled").first()
    email = kind_named(message.kind).compose(message, row_of(message))
    assert email.subject == "An export is recalled: please delete it"
    page = fresh(analyst).get(address("detail", ready)).text
    assert "Two people were in it by mistake." in page
    assert "Delete every copy of it." in page


def test_recall_needs_a_reason_and_a_file(fresh, ready, world):
    client = fresh(world.approver)
    assert client.post(address("recall", ready), {"reason": ""}).context["form"].errors == {
        "reason": ["Enter why it is recalled"]
    }
    waiting = world.export(state="requested")
    assert "There is no file to recall." in client.post(address("recall", waiting), {"reason": "No."}).text
    assert set(Export.objects.values_list("state", flat=True)) == {"ready", "requested"}


def test_recalled_export_still_counts_as_one_that_others_have(ready, world):
    recall_export(export=ready, reason="By mistake.", by=world.approver, now=world.now)
    leaving = ready.exported_participants.get().participant
    withdraw(participant=leaving, scope="remove", by=world.researcher, method="paper", now=world.now)
    assert WithdrawalNotice.objects.get().export == ready
