"""An analyst's program gets a token, fetches an export with it, and loses it again."""

from urllib.request import Request, urlopen

import pytest
from django.utils import timezone

from evaluation.exports.folder import folder_of
from evaluation.models import ApiToken
from peersupport.access.models import AccessLogEntry
from tests.evaluation.exporting import StudyWorld
from tests.factories import StudyMemberFactory
from tests.second_factor import code_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def world(settings, tmp_path):
    settings.EXPORT_DIR = tmp_path
    return StudyWorld()


@pytest.fixture
def ready(world):
    export = world.export(state="ready", as_of=timezone.now(), file_name="a.zip", sha256="ab" * 32, size_bytes=4)
    folder_of(export).mkdir()
    (folder_of(export) / "a.zip").write_bytes(b"PK34")
    return export


def test_a_program_gets_a_token_and_loses_it_again(walk, client, world, ready, with_second_factor):
    # Given an analyst of a study with an export that is ready
    analyst = with_second_factor(StudyMemberFactory(study=world.study, duty="analyst").person)
    walk.sign_in(client, analyst)
    walk.open(f"/research/studies/{world.study.pk}/exports/")
    # When she makes a token for a script of hers, with her second step
    walk.follow("Tokens for programs")
    walk.then_reads("No tokens")
    walk.follow("Make a token")
    walk.follow("Make the token")
    walk.fill("Code", code_of(analyst))
    walk.follow("Continue")
    walk.then_reads("Enter what the token is for", "Choose what it may do", "Choose how long it works")
    walk.fill("What is it for?", "R script at work")
    walk.choose("What may it do?", "See them and fetch their files")
    walk.choose("How long does it work?", "90 days")
    walk.follow("Make the token")
    secret = walk.page.locator(".app-code").first.inner_text()
    # Then the script fetches the export with it, and the download is on record under her name
    address = f"{walk.address}/api/v1/exports/{ready.pk}/file"
    with urlopen(Request(address, headers={"Authorization": f"Bearer {secret}"})) as answer:
        assert answer.read() == b"PK34"
    assert AccessLogEntry.objects.get(action="downloaded").actor == analyst
    # And once she revokes it, it opens nothing
    walk.open(f"/research/studies/{world.study.pk}/tokens/")
    walk.then_reads("R script at work", "Last used")
    walk.follow("Revoke")
    walk.then_reads("The token opens nothing any more.", "Revoked")
    assert ApiToken.objects.get().revoked_by == analyst
    walk.then_nothing_went_wrong()
