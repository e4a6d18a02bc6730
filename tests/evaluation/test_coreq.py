"""COREQ: what fills itself in, what is hidden, what researchers write, and who may."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from evaluation.coreq.items import DOMAINS, ITEMS
from evaluation.coreq.records import ON_ITEM, Records
from evaluation.frames import Criteria
from evaluation.guide_text import Question
from evaluation.models import CoreqText, Interview
from evaluation.refusals import WrittenSince
from evaluation.services.coreq import write_coreq
from evaluation.services.frame import draw_frame
from evaluation.services.source import add_interview_text
from evaluation.services.topic_guide import publish_topic_guide
from evaluation.services.transcript import check_transcript, return_transcript
from tests.factories import MembershipFactory, ParticipantFactory, StudyMemberFactory, WithdrawalFactory, approached

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture(autouse=True)
def _small(study):
    study.small_number_threshold = 3
    study.save()


@pytest.fixture
def talks(study, form, interviewer, decide, now):
    """talks(times, **facts): so many people with an interview each, three if not said."""

    def talks(times=3, *, kind="member", **facts):
        return [_talk(study, form, interviewer, decide, now, kind, facts) for _time in range(times)]

    return talks


def _talk(study, form, interviewer, decide, now, kind, facts):
    participant = ParticipantFactory(study=study, kind=kind)
    decide(participant, "interview")
    usual = {
        "study": study, "participant": participant, "participant_kind": kind, "interviewer": interviewer,
        "consent_form": form, "mode": "phone", "started_at": now - timedelta(days=5), "length_minutes": 30,
        "recording": "none", "created_at": now,
    }  # fmt: skip
    return Interview.objects.create(**usual | facts)


@pytest.fixture
def on(study, now):
    """on(item): what the records say, as label > value."""
    return lambda item: {str(fact.label): fact.value for fact in Records(study, now).facts(item)}


def test_coreq_has_32_items_in_three_domains():
    assert list(ITEMS) == list(range(1, 33))
    assert [len(items) for _domain, items in DOMAINS] == [8, 15, 9]
    assert set(ON_ITEM) == {*range(9, 22), 23}


def test_method_is_not_asked_for_again(study, on):
    study.method = "A realist evaluation."
    assert on(9) == {"As the study says": "A realist evaluation."}


@pytest.mark.parametrize("item", sorted(ON_ITEM))
def test_nothing_recorded_says_nothing(study, on, item):
    study.method = ""
    assert on(item) == {}


@pytest.mark.parametrize(
    ("item", "facts", "said"),
    [
        (12, {}, "People interviewed, without those that are hidden"),
        (14, {"mode": "video"}, "By video"),
        (14, {"setting": "At the library"}, "At the library"),
        (15, {"others_present": "Their partner"}, "Someone else was there"),
        (15, {}, "Alone"),
        (16, {"kind": "left"}, "Left the group"),
        (19, {"recording": "held"}, "Recorded, and held outside this service"),
        (19, {}, "Not recorded"),
        (20, {}, "Without"),
    ],
)
def test_number_of_people_is_rounded(talks, on, item, facts, said):
    talks(8, **facts)
    assert on(item)[said] == 10


@pytest.mark.parametrize(
    ("item", "facts", "said"),
    [
        (12, {}, "People interviewed, without those that are hidden"),
        (14, {"mode": "video"}, "By video"),
        (15, {"others_present": "Their partner"}, "Someone else was there"),
        (16, {"kind": "left"}, "Left the group"),
        (19, {"recording": "held"}, "Recorded, and held outside this service"),
    ],
)
def test_small_number_is_hidden(talks, on, item, facts, said):
    talks(2, **facts)
    assert on(item)[said] is None


def test_place_that_few_named_is_not_told(talks, on):
    talks(3, setting="At the library")
    talks(2, setting="At her daughter’s in Clevedon")
    assert on(14) == {"By phone": 5, "At the library": 5}


def test_who_else_was_there_is_not_told(talks, study, now):
    talks(5, others_present="Zq7partner")
    records = Records(study, now)
    assert "Zq7partner" not in "".join(str(fact) for item in ITEMS for fact in records.facts(item))


def test_how_people_were_drawn_and_asked(study, form, group, lead, on, now):
    study.ends_on = now.date() + timedelta(days=30)
    study.save()
    for _number in range(4):
        MembershipFactory(group=group, joined_at=now - timedelta(days=200))
    criteria = Criteria(groups=[group], kinds=["member"], asks_again=False)
    draw_frame(study=study, criteria=criteria, method="random", wanted=3, by=lead, now=now)
    for _number in range(6):
        approached(study=study, steps=("invited",), kind="clinician")
    drawn, by_hand = on(10).items()
    assert drawn[0].startswith("Some of them, drawn at random, on ")
    assert drawn[0].endswith(": Member")
    assert (drawn[1], by_hand) == (5, ("Chosen by the researchers", 5))
    assert on(11)["By this service"] == 5


def test_who_said_no_or_stopped_and_why(study, talks, on):
    for reason in ("no_time", "no_time", "no_time", "private"):
        approached(study=study, steps=("invited", "declined"), kind="member", reason=reason)
    for talk in talks(3):
        WithdrawalFactory(participant=talk.participant, scope="no_collection")
    assert on(13) == {
        "Declined": 5,
        "Not reached": 0,
        "Stopped since": 5,
        "Declined: No time": 5,
        "Declined: Rather keep it to themselves": None,
    }


def test_interviews_of_those_who_withdrew_are_not_told_of(talks, on):
    for talk in talks(3, mode="video"):
        WithdrawalFactory(participant=talk.participant, scope="remove")
    assert (on(14), on(12), on(21)) == ({}, {}, {})


def test_guide_is_told_with_how_often_it_was_used(study, talks, interviewer, on, now):
    guide = publish_topic_guide(
        study=study, kind="", questions=[Question("How was it?"), Question("And then?")], by=interviewer, now=now
    )
    talks(3, topic_guide=guide)
    assert on(17) == {"Everyone, version 1, 2 questions": 5}


def test_people_interviewed_again_are_counted_once(study, talks, on, now):
    assert on(18) == {}
    talks(3)
    assert on(18) == {"People interviewed more than once": 0}
    for talk in talks(3):
        for days in (3, 2):
            talk.pk, talk.started_at = None, now - timedelta(days=days)
            talk.save(force_insert=True)
    assert on(18) == {"People interviewed more than once": 5}


def test_notes_and_transcripts_given_back(talks, interviewer, on, now):
    for talk in talks(3):
        add_interview_text(interview=talk, kind="field_note", text=f"A note on {talk.pk}.", by=interviewer, now=now)
        source = add_interview_text(
            interview=talk, kind="transcript", text=f"P: Hello {talk.pk}.", by=interviewer, now=now
        )
        check_transcript(source=source, by=interviewer, now=now)
        return_transcript(source=source, is_wished=True, by=interviewer, now=now)
    assert on(20) == {"With a field note": 5}
    assert on(23) == {"Given back to the participant": 5}


def test_lengths_are_quartiles_to_five_minutes(talks, on):
    for minutes in (31, 42, 58):
        talks(1, length_minutes=minutes)
    assert on(21) == {"Median": "40 minutes", "Middle half": "35 to 50 minutes"}


def test_lengths_of_few_are_not_told(talks, on):
    talks(2)
    assert on(21) == {}


# In one's own words


def test_texts_are_kept_and_the_last_counts(study, analyst, lead, now):
    assert write_coreq(study=study, item=9, number=0, text="", by=analyst, now=now) is None
    first = write_coreq(study=study, item=9, number=0, text="Thematic.", by=analyst, now=now)
    assert write_coreq(study=study, item=9, number=1, text="Thematic.", by=lead, now=now) == first
    with pytest.raises(WrittenSince):
        write_coreq(study=study, item=9, number=0, text="Realist.", by=lead, now=now)
    write_coreq(study=study, item=9, number=1, text="Realist.", by=lead, now=now)
    assert list(CoreqText.objects.values_list("number", "text")) == [(2, "Realist."), (1, "Thematic.")]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CoreqText.objects.all().delete()
    with pytest.raises(IntegrityError, match="coreq_has_32_items"), transaction.atomic():
        write_coreq(study=study, item=33, number=0, text="More.", by=lead, now=now)


def test_words_stand_beside_what_the_records_say(sign_in, study, analyst, talks):
    talks(3)
    client = sign_in(analyst)
    page = client.get(address("coreq_write", study.pk, 12))
    assert "People interviewed" in page.text
    page = client.post(page.wsgi_request.path, {"text": "Until nothing new came.", "number": "0"}, follow=True)
    assert page.redirect_chain == [(f"{address('coreq_detail', study.pk)}#item-12", 302)]
    assert "Until nothing new came." in page.text


def test_who_writes_at_once_sees_the_other_text_first(sign_in, study, analyst, lead, now):
    write_coreq(study=study, item=9, number=0, text="Thematic.", by=lead, now=now)
    client, url = sign_in(analyst), address("coreq_write", study.pk, 9)
    page = client.post(url, {"text": "Realist.", "number": "0"})
    assert page.context["form"].errors == {
        "text": ["Somebody has written here since. Read theirs, then save what should stand."]
    }
    assert "Thematic." in page.text
    assert "Realist." in page.text
    client.post(url, {"text": "Both.", "number": page.context["form"]["number"].value()})
    assert CoreqText.objects.filter(item=9).first().text == "Both."


def test_item_that_is_not_in_coreq_is_not_there(sign_in, study, lead):
    assert sign_in(lead).get(address("coreq_write", study.pk, 33)).status_code == 404


@pytest.mark.parametrize(("duty", "status"), [("approver", 200), ("interviewer", 403), ("key_holder", 403)])
def test_who_reads_and_who_writes(sign_in, study, duty, status):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    page = client.get(address("coreq_detail", study.pk))
    assert page.status_code == status
    assert address("coreq_write", study.pk, 1) not in page.text
    assert client.post(address("coreq_write", study.pk, 1), {"text": "x", "number": "0"}).status_code == 403
    assert CoreqText.objects.count() == 0


def test_table_opens_in_a_spreadsheet_without_formulas(sign_in, study, analyst, lead, talks, now):
    talks(3)
    talks(1, mode="video")
    write_coreq(study=study, item=9, number=0, text="=SUM(A1)\nThematic, “in our words”.", by=lead, now=now)
    answer = sign_in(analyst).get(address("coreq_download", study.pk))
    assert answer["Content-Type"] == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 33)]
    assert rows[8]["in_own_words"] == "'=SUM(A1)\nThematic, “in our words”."
    assert rows[13]["from_records"] == "By phone: 5; By video: a few"
    assert rows[0] == {
        "number": "1", "domain": "Research team", "item": "Interviewer", "from_records": "", "in_own_words": ""
    }  # fmt: skip


def test_page_costs_the_same_for_few_and_many(sign_in, study, lead, talks, queries_of):
    sign_in(lead)
    counts = []
    for more in (1, 5):
        talks(more)
        approached(study=study, steps=("invited", "declined"), kind="member")
        counts.append(queries_of(address("coreq_detail", study.pk)))
    assert counts[0] == counts[1] <= 26
