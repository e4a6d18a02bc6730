"""The coding desk in the browser: a code tree, coding by mouse and by keys, a blind round, what it says, the matrix."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from evaluation.models import CellSummary, Code, Coding, CodingRound
from tests.factories import CodeFactory, PersonFactory, StudyFactory, StudyMemberFactory, TranscriptFactory
from tests.journeys.walk import SIZES

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (
    "I: How was it?\nP: Good 🙂 to be there. They moved a chair for me.\n"
    "I: And then?\nP: I stayed. שלום to all of them."
)


@pytest.fixture
def study():
    return StudyFactory(title="How groups carry on")


@pytest.fixture
def text(study):
    return TranscriptFactory(study=study, text=TEXT)


@pytest.fixture
def coder(study, with_second_factor):
    def coder(name, duty="analyst"):
        person = PersonFactory(preferred_name=name)
        StudyMemberFactory(study=study, person=person, duty=duty)
        return with_second_factor(person)

    return coder


def said(coding):
    return TEXT[coding.start : coding.end]


def select_with_mouse(walk, words):
    """Drag over `words`, as they stand in one line of the text."""
    box = walk.page.evaluate(
        """(words) => {
          for (const line of document.querySelectorAll('[data-start]')) {
            const at = line.textContent.indexOf(words);
            if (at < 0) continue;
            line.scrollIntoView({block: 'center'});
            const range = document.createRange();
            range.setStart(line.firstChild, at);
            range.setEnd(line.firstChild, at + words.length);
            const boxes = [...range.getClientRects()];
            const [first, last] = [boxes[0], boxes.at(-1)];
            return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
          }
        }""",
        words,
    )
    walk.page.mouse.move(box[0], box[1])
    walk.page.mouse.down()
    walk.page.mouse.move(box[2], box[3], steps=8)
    walk.page.mouse.up()


def chosen(walk):
    return walk.page.locator("[data-desk-chosen]").inner_text()


def then_is_coded(walk, words, code):
    walk.page.locator("[data-desk-said]", has_text=f"Coded “{words}” as {code}.").wait_for()
    coding = Coding.objects.standing().order_by("pk").last()
    assert (said(coding), coding.code.name) == (words, code)


# On a desktop test_a_whole_study.py comes this way.
@pytest.mark.walked_twice("tablet")
def test_an_analyst_builds_a_code_tree_and_codes(walk, client, study, text, coder):
    # Given an analyst, a transcript, and no codes yet
    walk.sign_in(client, coder("Ana"))
    walk.open(f"/research/studies/{study.pk}/coding/")
    walk.follow("Go to the codes")
    # When they add codes, one below the other
    for name, parent in (("Belonging", None), ("Chairs", "Belonging"), ("Getting there", None)):
        walk.follow("Add a code")
        walk.fill("Name", name)
        walk.fill("What it means", f"When they speak of {name.lower()}.")
        if parent:
            walk.select("Stands below", parent)
        walk.follow("Save the code")
    walk.then_reads("Belonging > Chairs", "When they speak of getting there.")
    walk.follow("Move “Getting there” up")
    assert [code.name for code in Code.objects.filter(parent=None)] == ["Getting there", "Belonging"]
    # And choose words by mouse, beyond an emoji of two units
    walk.open(f"/research/texts/{text.pk}/code/")
    select_with_mouse(walk, "🙂 to be there")
    assert chosen(walk) == "“🙂 to be there”"
    walk.page.locator("[data-name='Belonging']").click()
    # Then these words are coded, and can be seen without their colour
    then_is_coded(walk, "🙂 to be there", "Belonging")
    assert walk.page.locator("#line-2").get_attribute("data-marks") == "Be"
    walk._look()
    # And on a tablet nothing hangs over the side
    walk.page.set_viewport_size({"width": 820, "height": 1180})
    walk.take_picture("tablet")
    walk._check("tablet")
    walk.page.set_viewport_size(SIZES[walk.looks_at[-1]])
    # And by keys alone: a line, a sentence of it, a word more
    walk.open(f"/research/texts/{text.pk}/code/")
    walk.tab_to("Text")
    for key in ("ArrowDown", "ArrowDown"):
        walk.page.keyboard.press(key)
    assert chosen(walk).startswith("“P: Good")
    walk.page.keyboard.press("ArrowRight")
    assert chosen(walk) == "“P: Good 🙂 to be there.”"
    for key in ("ArrowRight", "Shift+ArrowLeft"):
        walk.page.keyboard.press(key)
    assert chosen(walk) == "“P: Good 🙂 to be there. They moved a chair for me.”"
    walk.page.keyboard.press("Shift+ArrowRight")
    assert chosen(walk) == "“They moved a chair for me.”"
    walk.page.keyboard.press("c")
    walk.page.keyboard.type("ha")
    walk.page.keyboard.press("Enter")
    then_is_coded(walk, "They moved a chair for me.", "Chairs")
    # And a word of the next line, with the focus back in the text
    for key in ("ArrowDown", "Control+ArrowRight", "Control+ArrowRight"):
        walk.page.keyboard.press(key)
    assert chosen(walk) == "“And”"
    # Then a slip is undone
    walk.page.keyboard.press("Enter")
    for key in ("ArrowDown", "Enter"):
        walk.page.keyboard.press(key)
    walk.page.locator("[data-desk-said]", has_text="as Getting there.").wait_for()
    walk.page.locator("[data-desk-undo]").click()
    walk.page.locator("[data-desk-said]", has_text="Taken back.").wait_for()
    assert Coding.objects.standing().count() == 2
    # And a word from right to left is coded as it stands in the text
    walk.tab_to("Text")
    for key in ("ArrowDown", "ArrowDown", *["Control+ArrowRight"] * 4):
        walk.page.keyboard.press(key)
    assert chosen(walk) == "“שלום”"
    walk.page.keyboard.type("bel")
    walk.page.keyboard.press("Enter")
    then_is_coded(walk, "שלום", "Belonging")
    # And with letters turned off, they do nothing
    walk.page.locator("summary", has_text="Working with keys").click()
    walk.follow("Turn letter keys off")
    walk.tab_to("Text")
    walk.page.keyboard.press("ArrowDown")
    walk.page.keyboard.press("c")
    assert walk.page.evaluate("document.activeElement.dataset.deskText") == ""


def test_two_code_unseen_and_settle_where_they_differ(new_walk, study, text, coder):
    ana, ben, lea = coder("Ana"), coder("Ben"), coder("Lea", "lead")
    belonging = CodeFactory(study=study, name="Belonging", definition="Being one of them.")
    # Given a round that the lead starts with two coders
    leading = new_walk()
    leading.sign_in(Client(), lea)
    leading.open(f"/research/studies/{study.pk}/rounds/")
    leading.follow("Start a coding round")
    for person in (ana, ben):
        leading.tick(f"{person.preferred_name}, {person.email}")
    leading.tick(f"{text.interview.participant.pseudonym}, Transcript 1")
    leading.follow("Start the round")
    leading.then_reads("The round has begun.")
    round = CodingRound.objects.get()
    # When the first codes two sentences
    first = new_walk()
    first.sign_in(Client(), ana)
    first.open(f"/research/texts/{text.pk}/code/")
    first.then_reads("In your round")
    select_with_mouse(first, "They moved a chair for me.")
    first.page.locator("[data-name='Belonging']").click()
    then_is_coded(first, "They moved a chair for me.", "Belonging")
    select_with_mouse(first, "I stayed.")
    first.page.locator("[data-name='Belonging']").click()
    then_is_coded(first, "I stayed.", "Belonging")
    # Then the second sees nothing of it, and codes one of them by pasting its words
    second = new_walk()
    second.sign_in(Client(), ben)
    second.open(f"/research/texts/{text.pk}/code/")
    second.then_reads("0 codings")
    second.then_does_not_read("Ana")
    second.follow("Code by pasting words")
    second.fill("Words from the text", "They moved a chair for me.")
    second.select("Code", "Belonging")
    second.follow("Code these words")
    second.then_reads("The words are coded.", "1 coding")
    assert Coding.objects.filter(round=round).count() == 3
    # When the lead closes the round, all see how far they agree and where they differ
    leading.open(round.get_absolute_url())
    leading.follow("Close the round")
    leading.then_reads("How far the coders agree", "0.74", "1 place waits.", "I stayed.")
    second.open(round.get_absolute_url())
    second.follow(re.compile("^Settle this.*“I stayed.”$"))
    second.then_reads("Coded by: Ana. Not coded by: Ben.")
    second.choose("What did you agree?", "The code applies here")
    second.fill("Why?", "To stay is to belong.")
    second.follow("Save what we agreed")
    second.then_reads("Nothing waits to be settled.", "To stay is to belong.")
    # And the matrix holds what they said about it
    second.open(f"/research/studies/{study.pk}/matrix/")
    who = text.interview.participant.pseudonym
    second.then_reads(who, "2 passages")
    second.follow(re.compile(f"^Write.*{who}, Belonging$"))
    second.fill("Summary", "Stayed because a chair was moved.")
    second.follow("Save the summary")
    second.then_reads("Stayed because a chair was moved.")
    second.follow(re.compile(f"^2 passages.*{who}, Belonging$"))
    second.then_reads("They moved a chair for me.", "Only what", "Ana", "Ben")
    assert CellSummary.objects.get().code == belonging
    assert round.number == 1
    assert timezone.now() > CodingRound.objects.get().closed_at
