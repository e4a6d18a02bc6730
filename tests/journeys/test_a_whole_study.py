"""A study in one go, from its title to the files that other programs open."""

import csv
import io
import re
import shutil
import subprocess
import zipfile
from datetime import timedelta

import defusedxml.ElementTree as ElementTree
import pyreadstat
import pytest
from django.utils import timezone

from evaluation.exports.verify import verify
from evaluation.models import Coding, Export, Interview, Study
from tests.factories import MeetingFactory, MembershipFactory, PersonFactory, StudyMemberFactory, SupportGroupFactory
from tests.second_factor import code_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.journey,
    pytest.mark.usefixtures("celery_worker_process"),
]

MADE_WITHIN = 20_000
WORDS = "Ruth: How was it?\nP: Joan saved me a chair. I stayed."
QDA = "{urn:QDA-XML:project:1.0}"


@pytest.fixture
def group():
    group = SupportGroupFactory(name="Bishopston")
    MembershipFactory(group=group, joined_at=timezone.now() - timedelta(days=300), person__preferred_name="Joan")
    return group


@pytest.fixture
def amina(group):
    joined_at = timezone.now() - timedelta(days=365)
    return MembershipFactory(group=group, joined_at=joined_at, person__preferred_name="Amina").person


@pytest.fixture
def ruth(with_second_factor):
    person = with_second_factor(PersonFactory(preferred_name="Ruth"))
    StudyMemberFactory(person=person, study__title="An earlier study")
    return person


@pytest.fixture
def ben(with_second_factor):
    return with_second_factor(PersonFactory(preferred_name="Ben"))


@pytest.mark.walked_twice("desktop")
def test_a_study_from_its_title_to_files_that_other_programs_open(walk, client, ruth, ben, amina, group, tmp_path):
    # Given a researcher who sets a study up, with a colleague as the second person
    walk.sign_in(client, ruth)
    study = sets_it_up(walk, group, ben)
    # When a member of the group agrees on her own page
    walk.sign_in(client, amina)
    walk.open(f"/research/mine/{study.pk}/consent/")
    for number, purpose in enumerate(("be interviewed", "be quoted", "be described"), start=1):
        walk.choose(re.compile(rf"^{number}\. "), "Yes")
        assert purpose
    walk.follow("Save my answers")
    participant = study.participants.get()
    # Then she is interviewed, her words are redacted by one and approved by another, and coded
    walk.sign_in(client, ruth)
    interview = interviews(walk, participant)
    redacts(walk, interview)
    walk.sign_in(client, ben)
    approves_the_text(walk, study, interview)
    walk.sign_in(client, ruth)
    codes(walk, study, interview)
    # And a meeting of hers is observed
    MeetingFactory(group=group, starts_at=timezone.now())
    observes(walk, study, participant)
    # When an export of everything is asked for, looked at with its small numbers, and approved
    export = asks_for_everything(walk, study)
    walk.sign_in(client, ben)
    walk.open(export.get_absolute_url())
    walk.follow("Look at it and decide")
    walk.then_reads("Who would be in it, if it were made now", "a few", "Whose words go in")
    walk.choose("Do you approve it?", "Yes")
    walk.fill("Why?", "It is in the protocol.")
    walk.follow("Save the decision")
    walk.fill("Code", code_of(ben))
    walk.follow("Continue")
    walk.then_reads("Your decision is saved.")
    # Then it is taken, whole, and says the same in every program
    walk.sign_in(client, ruth)
    folder = takes(walk, export, ruth, tmp_path)
    opens_in_statistics_programs(folder)
    opens_in_a_program_for_qualitative_analysis(folder)


def sets_it_up(walk, group, ben):
    walk.open("/research/studies/add/")
    walk.fill("Title", "How groups carry on")
    walk.fill("Ethics reference", "26/LO/0042")
    walk.follow("Save and continue")
    walk.tick(f"Bishopston, {group.site.name}")
    walk.follow("Save and continue")
    walk.fill("Method, in your own words", "We talk with people and visit groups.")
    walk.follow("Save and continue")
    walk.fill_date("First day", timezone.localdate())
    walk.fill_date("Last day", timezone.localdate() + timedelta(days=700))
    for _step in range(4):
        walk.follow("Save and continue")
    walk.follow("Write the consent form")
    walk.fill("Information for participants", "We would like to learn how your group helps you.")
    for purpose in ("Interview", "Quotes", "Observation of meetings"):
        walk.tick(f"Ask for: {purpose}")
    walk.follow("Publish for good")
    study = Study.objects.get(title="How groups carry on")
    walk.open(f"/research/studies/{study.pk}/team/")
    walk.fill("Name", "Ben")
    walk.fill("Email address", ben.email)
    walk.choose("Duty", "Approver")
    walk.follow("Give this duty")
    walk.then_reads(f"{ben.email}: Approver")
    return study


def interviews(walk, participant):
    walk.open(f"/research/participants/{participant.pk}/conduct/")
    walk.tick("I have just asked again, and they agree to be interviewed now")
    walk.follow("Start the interview")
    walk.follow("End the interview")
    walk.select("Who were they to the groups on that day?", "Member")
    walk.choose("How did you talk?", "By phone")
    walk.choose("Was it recorded?", "Not recorded")
    walk.follow("Record the interview")
    walk.then_reads("The interview is recorded.")
    walk.follow("Add a transcript")
    walk.fill("Or paste the transcript", WORDS)
    walk.follow("Save the transcript")
    walk.then_reads("Version 1 is saved.")
    return Interview.objects.get()


def redacts(walk, interview):
    walk.open(interview.get_absolute_url())
    walk.follow("I have checked it")
    walk.follow("Give it back to the participant")
    walk.choose("Did the participant get their transcript to read?", "They did not wish for it")
    walk.follow("Save")
    walk.follow("Take out who people are")
    while walk.page.get_by_role("button", name="Replace").count():
        walk.follow("Replace")
    walk.follow("I have read it all")
    walk.then_reads("It waits for someone else of the team to read and approve it.")


def approves_the_text(walk, study, interview):
    walk.open(study.get_absolute_url())
    walk.follow("Texts for a second person to read")
    walk.follow(f"Transcript of {interview.participant.pseudonym}, version 1")
    walk.then_does_not_read("Joan")
    walk.tick("I read it to the end, and nothing in it tells me who anyone is")
    walk.follow("Approve and lock")
    walk.then_reads("The transcript is approved.")


def codes(walk, study, interview):
    walk.open(f"/research/studies/{study.pk}/codes/add/")
    walk.fill("Name", "Belonging")
    walk.fill("What it means", "When they speak of belonging.")
    walk.follow("Save the code")
    walk.open(f"/research/texts/{interview.sources.get(version=2).pk}/code/")
    walk.tab_to("Text")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        walk.page.keyboard.press(key)
    walk.page.keyboard.type("bel")
    walk.page.keyboard.press("Enter")
    walk.page.locator("[data-desk-said]", has_text="as Belonging.").wait_for()


def observes(walk, study, participant):
    walk.open(f"/research/studies/{study.pk}/observations/start/")
    walk.select("Which meeting did you observe?", "Bishopston")
    walk.follow("Continue")
    walk.choose("Did everyone in the group agree, that day, to be observed?", "Yes")
    walk.choose("What was your part?", "Observing only")
    walk.fill("How many people were there?", "6")
    walk.choose(f"{participant.pseudonym} (member)", "Was there, and agreed that day to be described")
    walk.choose("How is it written?", "In the observer's words")
    walk.fill("How people support one another", "They laugh a lot.")
    walk.follow("Record the observation")
    walk.then_reads("The observation is recorded.")


def asks_for_everything(walk, study):
    walk.open(f"/research/studies/{study.pk}/exports/request/")
    walk.choose("What goes in?", "Everything")
    walk.choose("Does it have to fit with other exports of this study?", "Yes")
    walk.fill("What is it for?", "The paper")
    walk.fill("Who will use it?", "The study team")
    walk.follow("Ask for the export")
    walk.then_reads("Waiting for a second person")
    return Export.objects.get()


def takes(walk, export, person, tmp_path):
    walk.page.goto(walk.address + export.get_absolute_url())
    walk.page.get_by_role("button", name="Download").wait_for(timeout=MADE_WITHIN)
    walk.follow("Download")
    walk.fill("Code", code_of(person))
    walk.tab_to("Continue")
    with walk.page.expect_download() as download:
        walk.page.keyboard.press("Enter")
    path = tmp_path / "export.zip"
    download.value.save_as(path)
    verify(path)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(tmp_path / "export")
    return tmp_path / "export"


def opens_in_statistics_programs(folder):
    [row] = rows_of(folder / "data/interviews.csv")
    frame, meta = pyreadstat.read_sav(folder / "stats/interviews.sav")
    assert frame["interview_id"].tolist() == [row["interview_id"]]
    assert meta.variable_value_labels["mode"][frame["mode"][0]] == "By phone"
    for program, script in ((shutil.which("pspp"), "stats/import.sps"), (shutil.which("Rscript"), "stats/import.R")):
        if program:
            done = subprocess.run([program, script], cwd=folder, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, ""), done.stdout


def opens_in_a_program_for_qualitative_analysis(folder):
    [coded] = rows_of(folder / "qual/codings.csv")
    with zipfile.ZipFile(folder / "qual/project.qdpx") as project:
        document = ElementTree.parse(io.BytesIO(project.read("project.qde"))).getroot()
        source = document.find(f"{QDA}Sources/{QDA}TextSource")
        text = project.read("sources/" + source.get("plainTextPath").removeprefix("internal://")).decode()
    selection = source.find(f"{QDA}PlainTextSelection")
    said = text[int(selection.get("startPosition")) : int(selection.get("endPosition"))]
    coding = Coding.objects.get()
    assert said == coded["text"] == coding.source.text[coding.start : coding.end]
    assert "chair" in said
    assert "Joan" not in text
    assert [code.get("name") for code in document.iter(f"{QDA}Code")] == ["Belonging"]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
