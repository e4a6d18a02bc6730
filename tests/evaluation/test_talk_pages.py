"""The interview on a tablet: its pages, by script and without."""

import uuid
from datetime import timedelta

import pytest

from evaluation.models import Interview, Talk, TalkEntry
from evaluation.services.consent import withdraw
from evaluation.services.interview import record_interview
from evaluation.services.record import lock_record
from evaluation.services.talk import add_talk_entry, end_talk, start_talk, start_talk_unplanned
from evaluation.worklist import worklist
from peersupport.access.models import AccessLogEntry
from tests.evaluation.interviewing import address, plan, posted_date, publish
from tests.factories import TalkFactory, TopicGuideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(participant, decide):
    decide(participant, "interview")
    return participant


@pytest.fixture
def guide(study, lead, now):
    return publish(study, lead, now)


@pytest.fixture
def appointment(agreed, interviewer, now):
    return plan(agreed, interviewer, now)


@pytest.fixture
def talk(appointment, guide, interviewer, now):
    return start_talk(appointment=appointment, topic_guide=guide, by=interviewer, now=now - timedelta(minutes=20))


@pytest.fixture
def tablet(sign_in, talk, interviewer):
    """Sends what the script sends."""
    client = sign_in(interviewer)

    def send(page="talk_detail", **fields):
        return client.post(address(page, talk.pk), fields, headers={"X-Talk": "1"})

    return send


# Beginning


def test_consent_is_shown_and_has_to_be_asked_again(sign_in, appointment, guide, interviewer, decide):
    decide(appointment.participant, "recording", "refused")
    client, url = sign_in(interviewer), address("talk_start", appointment.pk)
    page = client.get(url)
    assert [row.statement.purpose for row in page.context["decisions"]] == ["interview", "recording"]
    assert "116 123" in page.text
    assert page.context["form"]["topic_guide"].value() == guide.pk
    assert "Ask whether they still agree" in client.post(url, {"topic_guide": guide.pk}).text
    assert Talk.objects.count() == 0
    started = client.post(url, {"topic_guide": guide.pk, "has_agreed": "on"})
    assert started.url == Talk.objects.get().get_absolute_url()
    # A second tablet joins in.
    assert client.get(url).url == started.url


def test_only_guides_in_use_for_them_are_offered(sign_in, study, agreed, guide, lead, interviewer, now):
    newer = publish(study, lead, now, text="What keeps you coming?")
    publish(study, lead, now, kind="clinician")
    own = publish(study, lead, now, kind="member", text="How are you?")
    TopicGuideFactory()
    form = sign_in(interviewer).get(address("talk_start_unplanned", agreed.pk)).context["form"]
    assert [key for key, _label in form.fields["topic_guide"].choices] == ["", newer.pk, own.pk]
    assert form["topic_guide"].value() == own.pk


def test_where_consent_does_not_hold_there_is_nothing_to_start(sign_in, appointment, agreed, interviewer, decide):
    client, url = sign_in(interviewer), address("talk_start", appointment.pk)
    decide(agreed, "interview", "withdrawn", days_ago=0)
    page = client.get(url).text
    assert "They have taken their consent back." in page
    assert "I have just asked again" not in page
    assert "They have taken their consent back." in client.post(url, {"has_agreed": "on"}).text
    assert Talk.objects.count() == 0


def test_someone_who_is_here_is_interviewed_at_once(sign_in, agreed, interviewer):
    client, url = sign_in(interviewer), address("talk_start_unplanned", agreed.pk)
    page = client.post(url, {"has_agreed": "on", "topic_guide": ""}, follow=True)
    assert "No topic guide was chosen." in page.text
    assert client.get(url).url == Talk.objects.get().get_absolute_url()


# The page, without script


def test_questions_stand_with_probes_in_their_order(sign_in, talk, interviewer):
    page = sign_in(interviewer).get(talk.get_absolute_url()).text
    found = [page.index(words) for words in ("1. How did you come", "Who told you?", "2. What keeps you coming?")]
    assert found == sorted(found)
    assert page.count("Pause for distress") == 1


def test_a_note_is_saved_under_its_question(sign_in, talk, interviewer):
    client, prompt = sign_in(interviewer), talk.topic_guide.prompts.get(number=2)
    form = client.get(address("talk_detail", talk.pk, on=2)).context["form"]
    assert form["prompt"].value() == prompt.pk
    answer = client.post(talk.get_absolute_url(), {"kind": "note", "prompt": prompt.pk, "text": "<b>Tea</b>"})
    assert answer.url == f"{talk.get_absolute_url()}#question-2"
    page = client.get(talk.get_absolute_url()).text
    assert "20 minutes, question 2" in page
    assert "&lt;b&gt;Tea&lt;/b&gt;" in page


@pytest.mark.parametrize("on", ["0", "99", "x", "²", "9" * 40, "-1"])
def test_a_question_that_there_is_not_is_none(sign_in, talk, interviewer, on):
    form = sign_in(interviewer).get(address("talk_detail", talk.pk, on=on)).context["form"]
    assert form["prompt"].value() is None


def test_an_empty_note_is_said_and_a_long_one_stays(sign_in, talk, interviewer):
    client = sign_in(interviewer)
    assert "Enter the note" in client.post(talk.get_absolute_url(), {"kind": "note", "text": " "}).text
    page = client.post(talk.get_absolute_url(), {"kind": "note", "text": "a" * 5001})
    assert "Use 5000 characters or fewer. You have used 5001." in page.text
    assert "a" * 5001 in page.text
    assert TalkEntry.objects.count() == 0


def test_a_tick_is_one_tap_and_taken_back_by_another(sign_in, talk, interviewer):
    client, prompt = sign_in(interviewer), talk.topic_guide.prompts.get(number=1)
    for kind, pressed in (("covered", 1), ("uncovered", 0)):
        client.post(talk.get_absolute_url(), {"kind": kind, "prompt": prompt.pk})
        assert client.get(talk.get_absolute_url()).text.count('aria-pressed="true"') == pressed


@pytest.mark.parametrize("kind", ["cared", "sung", ""])
def test_other_kinds_are_not_taken_here(sign_in, talk, interviewer, kind):
    sign_in(interviewer).post(talk.get_absolute_url(), {"kind": kind, "text": "x"})
    assert TalkEntry.objects.count() == 0


def test_a_question_of_another_guide_can_not_be_ticked(sign_in, talk, study, interviewer):
    other = TopicGuideFactory(study=study, kind="left").prompts.first()
    page = sign_in(interviewer).post(talk.get_absolute_url(), {"kind": "covered", "prompt": other.pk})
    assert page.status_code == 200
    assert TalkEntry.objects.count() == 0


def test_one_tap_shows_what_to_do_and_notes_that_it_was_used(sign_in, talk, interviewer):
    client = sign_in(interviewer)
    page = client.post(talk.get_absolute_url(), {"kind": "paused"}, follow=True)
    assert page.redirect_chain[0][0] == address("talk_pause", talk.pk)
    assert "Samaritans on 116 123" in page.text
    assert TalkEntry.objects.get().kind == "paused"
    # Reading it again is no second use.
    client.get(address("talk_pause", talk.pk))
    assert "Enter in a few words what you did" in client.post(address("talk_pause", talk.pk), {"text": ""}).text
    page = client.post(address("talk_pause", talk.pk), {"text": "Had tea."}, follow=True)
    assert "What you did is saved." in page.text
    assert [entry.kind for entry in TalkEntry.objects.all()] == ["paused", "cared"]


def test_the_pause_is_there_after_the_end_as_well(sign_in, talk, interviewer):
    client = sign_in(interviewer)
    client.post(address("talk_end", talk.pk))
    page = client.get(talk.get_absolute_url()).text
    assert "Pause for distress" in page
    assert "Record the interview" in page
    client.post(talk.get_absolute_url(), {"kind": "paused"})
    assert TalkEntry.objects.get().kind == "paused"


def test_opening_it_is_written_down_once_in_a_sitting(sign_in, talk, interviewer, member):
    client = sign_in(interviewer)
    for _time in range(3):
        client.get(talk.get_absolute_url())
    looks = AccessLogEntry.objects.filter(object_type="evaluation.talk", subject=member, action="viewed")
    assert looks.count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_much_is_written(sign_in, talk, interviewer, queries_of, now, number):
    for _time in range(number):
        made = {"prompt": talk.topic_guide.prompts.first(), "by": interviewer, "now": now}
        add_talk_entry(talk=talk, kind="note", text="Tea.", **made)
    sign_in(interviewer)
    assert queries_of(talk.get_absolute_url()) == 10


def test_another_study_does_not_see_it(sign_in, talk, interviewer):
    other = TalkFactory()
    client = sign_in(interviewer)
    for name in ("talk_detail", "talk_pause"):
        assert client.get(address(name, other.pk)).status_code == 404
    assert client.post(address("talk_end", other.pk)).status_code == 404
    assert client.post(address("talk_detail", other.pk), {"kind": "note", "text": "x"}).status_code == 404


# By script


def test_the_script_gets_the_stamp_and_what_is_covered_on_any_tablet(tablet, talk, lead, now):
    first, second = talk.topic_guide.prompts.all()
    add_talk_entry(talk=talk, kind="covered", prompt=second, by=lead, now=now)
    answer = tablet(kind="note", text="Tea.", prompt=first.pk, guid=uuid.uuid4(), seconds_ago=300)
    assert answer.json() == {"stamp": "15 minutes, question 1", "covered": [2]}


def test_sent_again_after_an_answer_was_lost_is_one(tablet):
    note = {"kind": "note", "text": "Tea.", "guid": uuid.uuid4()}
    assert [tablet(**note, seconds_ago=ago).status_code for ago in (0, 30)] == [200, 200]
    assert TalkEntry.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "a" * 5001},
        {"guid": "1234"},
        {"seconds_ago": "-5"},
        {"seconds_ago": "soon"},
        {"kind": "sung"},
        {"kind": "covered"},
        {"prompt": "999999"},
        {"text": "a\x00b"},
    ],
)
def test_what_can_not_be_kept_is_answered_with_a_sentence(tablet, wrong):
    answer = tablet(**{"kind": "note", "text": "Tea.", "guid": uuid.uuid4()} | wrong)
    assert answer.status_code == 400
    assert answer.json()["sentence"]
    assert TalkEntry.objects.count() == 0


def test_what_was_done_comes_by_script_too(tablet):
    assert tablet("talk_pause", text="Had tea.", guid=uuid.uuid4(), seconds_ago=2).status_code == 200
    assert TalkEntry.objects.get().kind == "cared"


def test_once_they_withdraw_the_tablet_is_told_so(tablet, talk, member, now):
    withdraw(participant=talk.participant, scope="no_collection", by=member, method="voice", now=now)
    answer = tablet(kind="note", text="Tea.", guid=uuid.uuid4())
    assert answer.status_code == 400
    assert "taken their consent back" in answer.json()["sentence"]


# A record that is locked


@pytest.fixture
def locked(talk, interviewer, lead, now):
    interview = record_interview(
        participant=talk.participant,
        by=interviewer,
        now=now,
        started_at=talk.started_at,
        talk=talk,
        recording="none",
        participant_kind="member",
        mode="phone",
        length_minutes=20,
    )
    lock_record(record=interview, by=lead, now=now)
    return interview


def test_a_locked_record_offers_nothing_to_note(sign_in, talk, locked, interviewer):
    page = sign_in(interviewer).get(talk.get_absolute_url()).text
    assert "nothing more is noted here" in page
    assert "1. How did you come" in page
    for gone in ("Pause for distress", "Quick note", 'aria-pressed="', "data-talk "):
        assert gone not in page


def test_what_was_typed_into_a_record_that_was_just_locked_is_not_lost(sign_in, talk, locked, interviewer):
    client = sign_in(interviewer)
    page = client.post(talk.get_absolute_url(), {"kind": "note", "text": "Tea."}).text
    assert "This record is locked. A lead of the study can open it again" in page
    assert "Tea.</textarea>" in page
    assert "This record is locked" in client.post(address("talk_pause", talk.pk), {"text": "Had tea."}).text
    assert TalkEntry.objects.count() == 0


def test_the_tablet_is_told_that_the_record_is_locked(tablet, locked):
    answer = tablet(kind="note", text="Tea.", guid=uuid.uuid4())
    assert answer.status_code == 400
    assert "This record is locked" in answer.json()["sentence"]


# The record


def test_ending_leads_to_a_record_that_is_filled_in(sign_in, talk, interviewer, now):
    add_talk_entry(talk=talk, kind="note", text="She laughed.", by=interviewer, now=now)
    add_talk_entry(talk=talk, kind="paused", by=interviewer, now=now)
    client = sign_in(interviewer)
    page = client.post(address("talk_end", talk.pk), follow=True)
    form = page.context["form"]
    assert form["length_minutes"].value() == 20
    assert form["topic_guide"].value() == talk.topic_guide_id
    assert form["is_distress_protocol_used"].value() is True
    assert "She laughed." in form["field_note"].value()
    assert (form["mode"].value(), "participant" in form.fields) == ("phone", False)


def posted(page, **changes):
    """What a browser posts of the form as it came."""
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    day, at = values.pop("started_on"), values.pop("start_time")
    filled = {name: value for name, value in values.items() if value not in (None, False)}
    return filled | posted_date("started_on", day) | {"start_time": at, "recording": "none"} | changes


def test_the_record_keeps_start_guide_and_notes_and_settles_the_appointment(
    sign_in, talk, appointment, interviewer, now
):
    add_talk_entry(talk=talk, kind="note", text="She laughed.", by=interviewer, now=now)
    client = sign_in(interviewer)
    page = client.post(address("talk_end", talk.pk), follow=True)
    url = address("interview_record", talk.study_id, talk=talk.pk)
    shown = client.post(url, posted(page), follow=True)
    assert "The interview is recorded." in shown.text
    interview = Interview.objects.get()
    assert (interview.started_at, interview.topic_guide, interview.participant) == (
        talk.started_at,
        talk.topic_guide,
        talk.participant,
    )
    assert "She laughed." in interview.sources.get(kind="field_note").text
    appointment.refresh_from_db()
    assert appointment.interview == interview
    assert "Notes taken during the interview" in shown.text
    assert client.post(address("talk_end", talk.pk)).url == interview.get_absolute_url()


def test_a_mistake_in_the_record_loses_nothing(sign_in, talk, interviewer):
    client = sign_in(interviewer)
    page = client.post(address("talk_end", talk.pk), follow=True)
    url = address("interview_record", talk.study_id, talk=talk.pk)
    again = client.post(url, posted(page, length_minutes="long", field_note="Much was said."))
    assert "Enter a whole number" in again.text
    assert again.context["form"]["field_note"].value() == "Much was said."


def test_consent_taken_back_since_is_said_on_the_record(sign_in, talk, interviewer, member, now):
    client = sign_in(interviewer)
    page = client.post(address("talk_end", talk.pk), follow=True)
    withdraw(participant=talk.participant, scope="no_collection", by=member, method="voice", now=now)
    url = address("interview_record", talk.study_id, talk=talk.pk)
    assert "has taken their consent back since" in client.post(url, posted(page)).text
    assert Interview.objects.count() == 0


def test_an_appointment_held_on_paper_is_recorded_from_its_page(sign_in, appointment, lead, interviewer, study):
    form = sign_in(lead).get(address("interview_record", study.pk, appointment=appointment.pk)).context["form"]
    assert form["participant"].value() == appointment.participant_id
    assert form["second_interviewer"].value() == interviewer.pk
    assert form["mode"].value() == "phone"


@pytest.mark.parametrize("key", ["0", "999999", "x", "²", "9" * 30])
@pytest.mark.parametrize("name", ["talk", "appointment"])
def test_a_record_of_nothing_is_not_found(sign_in, interviewer, study, name, key):
    assert sign_in(interviewer).get(address("interview_record", study.pk, **{name: key})).status_code == 404


def test_a_talk_of_another_study_starts_no_record(sign_in, interviewer, study):
    other = TalkFactory()
    assert sign_in(interviewer).get(address("interview_record", study.pk, talk=other.pk)).status_code == 404


def test_what_was_held_without_an_appointment_waits_to_be_recorded(sign_in, study, agreed, interviewer, decide, now):
    talk = start_talk_unplanned(participant=agreed, topic_guide=None, by=interviewer, now=now)
    client = sign_in(interviewer)

    def waits(days=0):
        line = "Interviews planned for the past, or held, and not recorded"
        [task] = [task for task in worklist(study, now=now + timedelta(days=days)) if task.label == line]
        return task.count, talk.get_absolute_url() in client.get(address("appointment_list", study.pk)).text

    assert waits() == (0, False)
    assert waits(days=1)[0] == 1
    end_talk(talk=talk, by=interviewer, now=now)
    assert waits() == (1, True)
    withdraw(participant=agreed, scope="no_collection", by=interviewer, method="paper", now=now)
    assert waits() == (0, False)
