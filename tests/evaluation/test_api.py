"""What an analyst's program gets with its token, and that nobody gets more."""

from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as in_short
from schemathesis.specs.openapi.checks import negative_data_rejection

from evaluation.exports.folder import folder_of
from evaluation.models import ApiToken, Export, ExportedParticipant
from evaluation.services.api_token import make_api_token, revoke_api_token
from peersupport.access.models import AccessLogEntry
from tests.evaluation.exporting import PURPOSES, StudyWorld
from tests.factories import StudyMemberFactory

pytestmark = pytest.mark.django_db
FILE = {"state": "ready", "file_name": "eval-1.zip", "sha256": "ab" * 32, "size_bytes": 4}


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
    export = world.export(as_of=world.now, **FILE)
    folder_of(export).mkdir()
    (folder_of(export) / "eval-1.zip").write_bytes(b"PK34")
    ExportedParticipant.objects.create(export=export, participant=world.participant(*PURPOSES))
    return export


@pytest.fixture
def secret(world, analyst):
    return token_of(world.study, analyst)[1]


def token_of(study, person, scope="fetch"):
    return make_api_token(study=study, name="R script", scope=scope, days=30, by=person, now=timezone.now())


def ask(secret, name="export_list", *arguments, **query):
    address = reverse(f"research_api:{name}", args=arguments)
    return Client().get(address, query, headers={"Authorization": f"Bearer {secret}"})


def test_program_lists_what_is_ready_and_nothing_else(world, ready, secret):
    world.export(state="requested")
    world.export(state="failed", failure="No.")
    StudyWorld().export(as_of=world.now, **FILE)
    [listed] = ask(secret).json()
    assert listed == {
        "id": ready.pk,
        "profile": "quantitative",
        "as_of": world.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "file_name": "eval-1.zip",
        "sha256": "ab" * 32,
        "size_bytes": 4,
        "is_linkable": True,
    }
    assert ApiToken.objects.get().last_used_at is not None


def test_list_goes_on_before_the_last_one(world, ready, secret):
    newer = world.export(as_of=world.now, **FILE)
    assert [one["id"] for one in ask(secret).json()] == [newer.pk, ready.pk]
    assert [one["id"] for one in ask(secret, before=newer.pk).json()] == [ready.pk]


def test_file_is_fetched_and_logged_for_whoever_is_in_it(ready, secret, analyst):
    answer = ask(secret, "export_file", ready.pk)
    assert b"".join(answer.streaming_content) == b"PK34"
    assert answer["Content-Type"] == "application/zip"
    person = ready.exported_participants.get().participant.identity_key.person
    entries = AccessLogEntry.objects.filter(object_id=ready.pk, actor=analyst, route="research_api:export_file")
    assert set(entries.values_list("action", "subject")) == {("downloaded", None), ("exported", person.pk)}


def test_token_that_may_list_fetches_nothing(world, ready, analyst):
    _token, secret = token_of(world.study, analyst, scope="list")
    assert len(ask(secret).json()) == 1
    refused = ask(secret, "export_file", ready.pk)
    assert refused.status_code == 403
    assert refused.json()["detail"] == "This token may list exports only. Make one that may fetch them."


def test_export_of_another_study_is_not_there(world, secret, ready):
    other = StudyWorld().export(as_of=world.now, **FILE)
    assert ask(secret, "export_file", other.pk).status_code == 404


@pytest.mark.parametrize("state", ["recalled", "gone"])
def test_export_without_its_file_is_not_there(world, ready, secret, state):
    if state == "gone":
        (folder_of(ready) / "eval-1.zip").unlink()
    else:
        Export.objects.update(state="recalled", recalled_by=world.approver, recalled_at=world.now, recall_reason="No.")
    answer = ask(secret, "export_file", ready.pk)
    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no such export, or it was recalled."


def test_token_opens_nothing_once_it_should_not(world, ready, analyst):
    def is_open(secret):
        return ask(secret).status_code == 200

    token, secret = token_of(world.study, analyst)
    assert is_open(secret)
    assert not is_open(secret + "x")
    ApiToken.objects.update(made_at=world.now - timedelta(days=40), expires_at=world.now - timedelta(days=1))
    assert not is_open(secret)
    token, secret = token_of(world.study, analyst)
    revoke_api_token(token=token, by=analyst, now=timezone.now())
    assert not is_open(secret)
    _token, secret = token_of(world.study, analyst)
    analyst.duties.update(ended_at=timezone.now())
    assert not is_open(secret)
    _token, secret = token_of(world.study, world.researcher)
    assert not is_open(secret), "An interviewer may have no exports."


def test_closed_account_opens_nothing(world, analyst, secret):
    type(analyst).objects.filter(pk=analyst.pk).update(is_active=False)
    assert ask(secret).status_code == 401


def test_wrong_tokens_are_refused_after_a_while(secret):
    answers = {ask(f"wrong-{number}").status_code for number in range(31)}
    assert answers == {401, 429}


def test_nothing_is_given_to_a_session_without_token(sign_in, analyst, ready):
    assert sign_in(analyst).get(reverse("research_api:export_list")).status_code == 401


# The pages


TYPED = {"name": "R script at work", "scope": "fetch", "days": "90"}


def page(name, pk):
    return reverse(f"evaluation:api_token_{name}", args=[pk])


def test_token_is_made_and_shown_once(sign_in, has_given_second_factor, world, analyst, ready):
    client = has_given_second_factor(sign_in(analyst))
    made = client.post(page("make", world.study.pk), TYPED)
    secret = made.context["secret"]
    assert f'<p class="app-code">{secret}</p>' in made.text
    assert len(ask(secret).json()) == 1
    token = ApiToken.objects.get()
    assert (token.expires_at - token.made_at).days == 90
    listed = client.get(page("list", world.study.pk)).text
    assert "R script at work" in listed
    assert secret not in listed + str(ApiToken.objects.values().get())


def test_making_one_needs_a_fresh_second_factor(sign_in, world, analyst):
    assert sign_in(analyst).post(page("make", world.study.pk), TYPED).url.startswith(reverse("mfa_reauthenticate"))
    assert not ApiToken.objects.exists()


def test_each_question_says_what_to_do(sign_in, has_given_second_factor, world, analyst):
    response = has_given_second_factor(sign_in(analyst)).post(page("make", world.study.pk), {"days": "9999"})
    assert set(response.context["form"].errors) == {"name", "scope", "days"}
    assert not ApiToken.objects.exists()


def test_person_and_lead_can_revoke_a_token_and_nobody_else(sign_in, world, analyst):
    lead = StudyMemberFactory(study=world.study, duty="lead").person
    colleague = StudyMemberFactory(study=world.study, duty="analyst").person
    for person, is_revoked in ((colleague, False), (lead, True), (analyst, True)):
        token, secret = token_of(world.study, analyst)
        client = sign_in(person)
        assert (token.name in client.get(page("list", world.study.pk)).text) is is_revoked
        assert client.post(page("revoke", token.pk)).status_code == (302 if is_revoked else 404)
        assert (ask(secret).status_code == 401) is is_revoked
        ApiToken.objects.all().delete()


def test_list_of_tokens_takes_as_many_queries_for_three_as_for_one(sign_in, world, analyst, queries_of):
    sign_in(analyst)
    token_of(world.study, analyst)
    one = queries_of(page("list", world.study.pk))
    for _number in range(2):
        token_of(world.study, analyst)
    assert queries_of(page("list", world.study.pk)) == one <= 12


# Anything a program may send


@pytest.fixture
def one_connection():
    """As Django's own test client does, keep the test's transaction when a request begins or ends."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def operations(secret, ready, one_connection):
    schema = schemathesis.openapi.from_wsgi(reverse("research_api:openapi-json"), get_wsgi_application())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_answers_are_as_described_whatever_is_sent(operations, secret, mode):
    tried = Counter()

    def send_anything(operation):
        @given(case=operation.as_strategy(generation_mode=mode))
        @in_short(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=HealthCheck)
        def check(case):
            tried[operation.path] += 1
            # "1.0" is taken for 1, which the description does not say: no harm, and it is asked only now and then.
            case.call_and_validate(
                headers={"Authorization": f"Bearer {secret}"}, excluded_checks=[negative_data_rejection]
            )

        check()

    for operation in operations:
        send_anything(operation)
    assert set(tried) == {"/api/v1/exports", "/api/v1/exports/{export_id}/file"}
