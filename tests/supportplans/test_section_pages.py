"""Writing the parts of a plan in the browser: examples, conflicts, what stood there before, and odd input."""

import pytest
from django.urls import reverse
from django.utils import timezone

from supportplans.models import PlanSection, PlanSectionText
from supportplans.prompts import PROMPTS
from supportplans.services.plan_section import edit_section
from tests.factories import NOW, MembershipFactory
from tests.supportplans.planning import agree_on, propose, second_version, write

pytestmark = pytest.mark.django_db


def address(name, row):
    return reverse(f"supportplans:{name}", args=[row.pk])


@pytest.fixture
def section(plan):
    return plan.sections.get(kind="money")


@pytest.fixture
def ben(client, members):
    client.force_login(members[1])
    return members[1]


def post(client, section, text, revision=0, **more):
    return client.post(address("section_edit", section), {"text": text, "revision": revision, **more})


def test_every_part_has_a_question_and_several_examples():
    assert set(PROMPTS) == set(PlanSection.Kind)
    for prompt in PROMPTS.values():
        assert str(prompt.question).endswith(("?", "want it."))
        assert len(set(map(str, prompt.examples))) == 3


def test_example_goes_into_the_box_and_is_not_saved(client, ben, section):
    page = post(client, section, "", example=1)
    assert page.context["form"]["text"].value() == "We have no money. Each pays for their own coffee."
    section.refresh_from_db()
    assert (section.text, section.revision) == ("", 0)
    assert 'data-draft="typed"' in page.text, "the tab keeps it until it is saved"


def test_example_comes_after_what_is_written_and_nothing_typed_is_lost(client, ben, section, members):
    edit_section(section=section, text="Ana's", revision=0, by=members[0], now=NOW)
    page = post(client, section, "Ben's ", example=0)
    form = page.context["form"]
    assert form["text"].value() == "Ben's\nA pound in the tin for tea, if you have it."
    assert str(form["revision"].value()) == "0"
    assert "Someone else changed this part" in post(client, section, form["text"].value()).text


@pytest.mark.parametrize("number", ["3", "-1", "x", "٣", "9" * 400, ""])
def test_example_that_is_none_leaves_the_text_alone(client, ben, section, number):
    page = post(client, section, "Mine", example=number)
    assert page.context["form"]["text"].value() == "Mine"
    section.refresh_from_db()
    assert section.text == ""


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("one\r\n\r\ntwo\r\n", "one\n\ntwo"),
        ("🌊👩🏽‍🦽", "🌊👩🏽‍🦽"),
        ("نلتقي كل يوم ثلاثاء", "نلتقي كل يوم ثلاثاء"),
        ("<script>alert(1)</script> & {{ plan }}", "<script>alert(1)</script> & {{ plan }}"),
        ("   ", ""),
    ],
)
def test_text_is_saved_as_it_was_meant(client, ben, section, sent, kept):
    assert post(client, section, sent).status_code == 302
    section.refresh_from_db()
    assert section.text == kept
    assert "<script>alert" not in client.get(section.plan.get_absolute_url()).text


def test_windows_line_breaks_count_once_against_the_limit(client, ben, section):
    assert post(client, section, "\r\n".join(["a"] * 2500)).status_code == 302
    section.refresh_from_db()
    assert len(section.text) == 4999


def test_nul_and_missing_revision_get_a_sentence_and_the_text_stays(client, ben, section):
    for sent in ({"text": "a\x00b", "revision": 0}, {"text": "Mine"}, {"text": "Mine", "revision": "soon"}):
        page = client.post(address("section_edit", section), sent)
        assert page.status_code == 200
        assert page.context["form"].errors
    assert "Mine</textarea>" in page.text


def test_same_form_sent_twice_says_saved_twice(client, ben, section):
    for _time in range(2):
        page = client.post(address("section_edit", section), {"text": "Tea.", "revision": 0}, follow=True)
        assert "Saved." in page.text
    assert PlanSectionText.objects.count() == 1


def test_conflict_says_who_and_when_and_shows_right_to_left_text_as_such(client, ben, section, members):
    edit_section(section=section, text="نلتقي", revision=0, by=members[0], now=NOW)
    page = post(client, section, "Ben's")
    assert "Written by Ana on Tuesday 24 November 2026, midday" in page.text
    assert '<div dir="auto"><p>نلتقي</p></div>' in page.text
    assert page.context["form"]["text"].value() == "Ben's"


def test_conflict_with_a_part_that_was_emptied_shows_that(client, ben, section, members):
    edit_section(section=section, text="Tea", revision=0, by=members[0], now=NOW)
    section.refresh_from_db()
    edit_section(section=section, text="", revision=1, by=members[0], now=NOW)
    assert "Nothing" in post(client, section, "Ben's", revision=1).text


def test_part_of_a_proposed_plan_is_not_offered_and_what_was_typed_is_kept(client, ben, section, plan):
    write(plan)
    propose(plan)
    page = client.get(address("section_edit", section), follow=True)
    assert "no longer a draft" in page.text
    assert page.redirect_chain[-1][0] == plan.get_absolute_url()
    late = post(client, section, "Too late, but not lost")
    assert "no longer a draft" in late.text
    assert "Too late, but not lost</textarea>" in late.text


def test_plan_says_who_wrote_a_part_last(client, ben, section, plan):
    write(plan, kind="money", text="A tin.", by=ben)
    page = client.get(plan.get_absolute_url()).text
    assert "Last written by Ben on Tuesday 24 November 2026<" in page
    assert "Change this part" in page
    assert "Write this part" in page


# What stood there before


@pytest.fixture
def third(section, members):
    for revision, text in enumerate(["First", "Second", "Third"]):
        edit_section(section=section, text=text, revision=revision, by=members[revision], now=NOW)
        section.refresh_from_db()
    return section


def test_earlier_texts_are_read_newest_first_with_their_writers(client, ben, third):
    page = client.get(address("section_history", third))
    assert [text.text for text in page.context["page"].rows] == ["Third", "Second", "First"]
    for words in ("As it is now", "Written by Ana", "Written by Ben", "Written by Cal"):
        assert words in page.text
    assert page.text.count("Bring this text back: ") == 2


def test_earlier_text_comes_back_and_nothing_goes(client, ben, third):
    first = PlanSectionText.objects.get(text="First")
    page = client.post(address("section_restore", first), {"revision": 3}, follow=True).text
    assert "The earlier text is back." in page
    third.refresh_from_db()
    assert (third.text, third.revision, third.edited_by) == ("First", 4, ben)
    assert PlanSectionText.objects.filter(text="Third").exists()


@pytest.mark.parametrize("revision", ["2", "", "x", "-1"])
def test_earlier_text_does_not_overwrite_what_was_not_seen(client, ben, third, revision):
    first = PlanSectionText.objects.get(text="First")
    page = client.post(address("section_restore", first), {"revision": revision}, follow=True).text
    assert "Someone else changed this part" in page
    third.refresh_from_db()
    assert third.text == "Third"


def test_text_of_an_earlier_version_comes_back_into_the_draft(client, ben, plan, members):
    agree_on(plan, members)
    second = second_version(plan, members[0])
    section = write(second, text="We end.")
    before = PlanSectionText.objects.get(section__plan=plan)
    client.post(address("section_restore", before), {"revision": section.revision})
    section.refresh_from_db()
    assert section.text == "We carry on."
    assert plan.sections.get(kind="purpose").revision == 1


def test_text_of_a_plan_in_use_is_read_and_not_brought_back(client, ben, plan, members):
    agree_on(plan, members)
    section = plan.sections.get(kind="purpose")
    assert "Bring this text back" not in client.get(address("section_history", section)).text
    assert client.post(address("section_restore", section.texts.get())).status_code == 404


def test_a_version_does_not_tell_what_later_ones_say(client, ben, plan, members):
    agree_on(plan, members)
    write(second_version(plan, members[0]), text="Only in the second")
    assert "Only in the second" not in client.get(address("section_history", plan.sections.get(kind="purpose"))).text


def test_tutor_reads_and_brings_nothing_back(client, third, tutor, with_second_factor):
    client.force_login(with_second_factor(tutor))
    assert "Bring this text back" not in client.get(address("section_history", third)).text
    text = PlanSectionText.objects.get(text="First")
    assert client.post(address("section_restore", text), {"revision": 3}).status_code == 403


def test_another_group_finds_none_of_it(client, third):
    client.force_login(MembershipFactory().person)
    assert client.get(address("section_history", third)).status_code == 404
    assert client.post(address("section_restore", PlanSectionText.objects.first())).status_code == 404


@pytest.mark.parametrize("number", [1, 3, 30])
def test_history_costs_the_same_queries(client, ben, section, members, number, django_assert_num_queries):
    PlanSectionText.objects.bulk_create(
        PlanSectionText(section=section, revision=row, text=f"Text {row}", written_by=members[0], written_at=NOW)
        for row in range(number)
    )
    client.get("/")
    with django_assert_num_queries(7):
        page = client.get(address("section_history", section))
    assert len(page.context["page"].rows) == min(number, 20)
    assert ("Earlier texts" in page.text) == (number > 20)


def test_saving_costs_few_queries(client, ben, section, django_assert_max_num_queries):
    client.get("/")
    with django_assert_max_num_queries(15):
        post(client, section, f"Written at {timezone.now()}")
