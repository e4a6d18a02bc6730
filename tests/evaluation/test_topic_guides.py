"""Topic guides: how they are read, their versions, and their pages."""

import pytest
from django.db import ProgrammingError, connection, transaction

from evaluation.guide_text import read_guide
from evaluation.models import TopicGuide, TopicPrompt
from evaluation.refusals import SameGuide
from evaluation.texts import UnreadableText
from tests.evaluation.interviewing import GUIDE, address, publish
from tests.factories import ParticipantFactory, TopicGuideFactory

pytestmark = pytest.mark.django_db


# Reading one


def test_questions_stand_on_lines_and_probes_below_them():
    found = read_guide(GUIDE)
    assert [(one.question, one.probes) for one in found] == [
        ("How did you come to the group?", ["Who told you?", "What did you expect?"]),
        ("What keeps you coming?", []),
    ]


def test_what_a_word_processor_makes_of_it_is_read_too():
    found = read_guide(
        "\ufeff1.  How did\u00a0you come?\r\n\r\n  • Who told you?\r\n– And then?\r\n2) What keeps you?\r\n"
    )
    assert [(one.question, one.probes) for one in found] == [
        ("How did you come?", ["Who told you?", "And then?"]),
        ("What keeps you?", []),
    ]


def test_a_number_that_belongs_to_a_question_stays():
    assert [one.question for one in read_guide("2026 was what kind of year?\n10.5 hours a week?")] == [
        "2026 was what kind of year?",
        "10.5 hours a week?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n \n", "There is no text in it."),
        ("- Who told you?\nHow did you come?", "Line 1 starts with a dash, and no question stands above it."),
        ("How?\n-\nWhy?", "Line 2 is only a dash."),
        ("How?\n\n2.\nWhy?", "Line 3 is only a number."),
        ("How?\nWhy?\n\n1. how?", "Line 4 asks the same as line 1."),
        ("How?\n" + "a" * 501, "Line 2 is longer than 500 characters."),
        ("\n".join(f"Question number {number}?" for number in range(61)), "There are 61 questions in it."),
        ("How?\x00", "This is not a file with plain text."),
    ],
)
def test_what_can_not_be_read_is_said_with_its_line(text, said):
    with pytest.raises(UnreadableText) as problem:
        read_guide(text)
    assert str(problem.value.sentence).startswith(said)


# Publishing


def test_publishing_makes_the_next_version_of_each_kind(study, lead, now):
    first = publish(study, lead, now)
    second = publish(study, lead, now, text="What keeps you coming?")
    own = publish(study, lead, now, kind="tutor")
    assert [(guide.kind, guide.version, guide.is_intact) for guide in (first, second, own)] == [
        ("", 1, True),
        ("", 2, True),
        ("tutor", 1, True),
    ]
    assert first.text == GUIDE
    assert list(TopicGuide.objects.filter(study=study).in_use()) == [second, own]


def test_the_very_same_is_no_new_version_but_a_dash_more_is(study, lead, now):
    publish(study, lead, now)
    with pytest.raises(SameGuide):
        publish(study, lead, now, text=GUIDE.replace("- Who", "  –  Who"))
    assert publish(study, lead, now, text=GUIDE.replace("- What", "What")).version == 2


def test_checksum_tells_a_probe_from_a_question(study, lead, now):
    one = publish(study, lead, now, text="How?\n- Why?")
    other = publish(study, lead, now, text="How?\nWhy?")
    assert one.checksum != other.checksum


def test_the_guide_for_ones_kind_comes_before_the_one_for_everyone(study, lead, now):
    clinician, member = ParticipantFactory(study=study, kind="clinician"), ParticipantFactory(study=study)
    guides = TopicGuide.objects
    assert guides.for_participant(member) is None
    everyone = publish(study, lead, now)
    own = publish(study, lead, now, kind="clinician", text="How do you refer people?")
    assert [guides.for_participant(who) for who in (clinician, member)] == [own, everyone]
    assert guides.for_participant(ParticipantFactory()) is None


@pytest.mark.parametrize("model", [TopicGuide, TopicPrompt])
def test_the_database_lets_nobody_change_or_delete_a_guide(study, lead, now, model):
    publish(study, lead, now)
    table = model._meta.db_table
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# Pages


def test_a_guide_is_written_on_its_page_and_read_there(sign_in, study, interviewer):
    client = sign_in(interviewer)
    page = client.post(address("topic_guide_publish", study.pk), {"kind": "", "text": GUIDE}, follow=True)
    assert "Version 1 is published." in page.text
    assert page.context["guide"].published_by == interviewer
    for words in ("How did you come to the group?", "Who told you?", page.context["guide"].checksum):
        assert words in page.text
    listed = client.get(address("topic_guide_list", study.pk)).text
    assert "Everyone, version 1" in listed
    assert "In use" in listed


def test_a_mistake_is_named_with_its_line_and_nothing_typed_is_lost(sign_in, study, interviewer):
    client, typed = sign_in(interviewer), "Tell me about <b>you</b>\n-\n"
    page = client.post(address("topic_guide_publish", study.pk), {"kind": "tutor", "text": typed})
    assert "Line 2 is only a dash." in page.text
    assert "Tell me about &lt;b&gt;you&lt;/b&gt;\n-\n" in page.text
    assert page.context["form"]["kind"].value() == "tutor"
    assert TopicGuide.objects.count() == 0


def test_the_same_again_is_refused_kindly(sign_in, study, interviewer, now):
    publish(study, interviewer, now)
    page = sign_in(interviewer).post(address("topic_guide_publish", study.pk), {"kind": "", "text": GUIDE})
    assert "The version in use asks the very same." in page.text
    assert TopicGuide.objects.count() == 1


def test_the_next_version_starts_from_the_one_in_use(sign_in, study, interviewer, now):
    publish(study, interviewer, now, kind="left")
    client = sign_in(interviewer)
    form = client.get(address("topic_guide_publish", study.pk, kind="left")).context["form"]
    assert (form["kind"].value(), form["text"].value()) == ("left", GUIDE)
    assert client.get(address("topic_guide_publish", study.pk, kind="<script>")).context["form"]["text"].value() == ""


def test_an_earlier_version_stays_readable_and_says_so(sign_in, study, analyst, lead, now):
    first = publish(study, lead, now)
    publish(study, lead, now, text="What keeps you coming?")
    page = sign_in(analyst).get(first.get_absolute_url()).text
    assert "This is an earlier version." in page
    assert "Who told you?" in page
    assert "Write the next version" not in page


def test_a_guide_of_another_study_is_not_found(sign_in, interviewer):
    assert sign_in(interviewer).get(TopicGuideFactory().get_absolute_url()).status_code == 404


def test_lists_cost_the_same_however_many(sign_in, study, lead, queries_of, now):
    sign_in(lead)
    counts = []
    for number in (1, 3):
        while TopicGuide.objects.count() < number:
            publish(study, lead, now, text=f"Question {TopicGuide.objects.count()}?")
        guide = TopicGuide.objects.last()
        counts.append((queries_of(address("topic_guide_list", study.pk)), queries_of(guide.get_absolute_url())))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 9
