"""Recording interviews, texts and observations through the pages."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from evaluation.models import Interview, Observation, Source
from peersupport.access.log import looks_at
from tests.factories import (
    IdentityKeyFactory,
    MeetingFactory,
    MembershipFactory,
    ParticipantFactory,
    StudyMemberFactory,
    WithdrawalFactory,
)

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def logged(person):
    return [(entry.action, entry.object_type, entry.route) for entry in looks_at(person)]


# Recording an interview


def interview_post(who, days_ago=10, **changed):
    day = timezone.localtime() - timedelta(days=days_ago)
    return {
        "participant": who.pk,
        "participant_kind": "left",
        "started_on_day": day.day,
        "started_on_month": day.month,
        "started_on_year": day.year,
        "start_time": "14:00",
        "length_minutes": "45",
        "mode": "phone",
        "setting": "At home",
        "recording": "none",
        "field_note": "A quiet room.",
        **changed,
    }


def test_interview_is_recorded_with_its_field_note(sign_in, study, interviewer, participant, decide, form):
    decide(participant, "interview")
    posted = interview_post(participant)
    page = sign_in(interviewer).post(address("interview_record", study.pk), posted, follow=True)
    interview = Interview.objects.get()
    assert page.redirect_chain == [(interview.get_absolute_url(), 302)]
    assert (interview.participant_kind, interview.setting, interview.interviewer) == ("left", "At home", interviewer)
    assert timezone.localtime(interview.started_at).strftime("%H:%M") == "14:00"
    assert interview.consent_form == form
    assert interview.sources.get().text == "A quiet room."
    assert "Left the group" in page.text


def test_interview_sent_twice_is_recorded_once_and_said_so(sign_in, study, interviewer, participant, decide):
    decide(participant, "interview")
    client = sign_in(interviewer)
    client.post(address("interview_record", study.pk), interview_post(participant))
    page = client.post(address("interview_record", study.pk), interview_post(participant), follow=True)
    assert "was recorded before. Here it is." in page.text
    assert Interview.objects.count() == 1


SENTENCES = {
    "never agreed": ([], {}, "participant", "had not agreed to be interviewed when this started"),
    "agreed after it": (
        [("interview", "given", 2)],
        {},
        "participant",
        "after this interview started. Check the day and time.",
    ),
    "taken back since": (
        [("interview", "given", 40), ("interview", "withdrawn", 2)],
        {},
        "participant",
        "has taken their consent back since",
    ),
    "recorded without a yes": (
        [("interview", "given", 40)],
        {"recording": "held"},
        "recording",
        "had not agreed to a recording when this started",
    ),
    "in the future": ([("interview", "given", 40)], {"days_ago": -3}, "started_on", "not in the future"),
    "no minutes": ([("interview", "given", 40)], {"length_minutes": "long"}, "length_minutes", "whole number"),
    "too long": ([("interview", "given", 40)], {"length_minutes": "601"}, "length_minutes", "600 or less"),
    "nobody": ([], {"participant": ""}, "participant", "Choose who was interviewed"),
    "no time": ([("interview", "given", 40)], {"start_time": ""}, "start_time", "Enter the time it started"),
}


@pytest.mark.parametrize(("events", "changed", "field", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_interview_that_can_not_be_recorded_gets_a_sentence_and_keeps_what_was_typed(
    sign_in, study, interviewer, participant, decide, events, changed, field, sentence
):
    for purpose, decision, days_ago in events:
        decide(participant, purpose, decision, days_ago=days_ago)
    posted = interview_post(participant, **changed)
    page = sign_in(interviewer).post(address("interview_record", study.pk), posted)
    assert list(page.context["form"].errors) == [field]
    assert sentence in page.context["form"].errors[field][0]
    assert "A quiet room." in page.text
    assert Interview.objects.count() == 0


def test_consent_given_after_the_interview_is_named_with_its_day(sign_in, study, interviewer, participant, decide):
    given = decide(participant, "interview", days_ago=2)
    page = sign_in(interviewer).post(address("interview_record", study.pk), interview_post(participant))
    (sentence,) = page.context["form"].errors["participant"]
    assert participant.pseudonym in sentence
    assert timezone.localtime(given.decided_at).strftime("%B %Y") in sentence


def test_interview_with_a_participant_of_another_study_is_refused(sign_in, study, interviewer):
    posted = interview_post(ParticipantFactory())
    page = sign_in(interviewer).post(address("interview_record", study.pk), posted)
    assert page.context["form"].errors == {"participant": ["Choose one of the answers"]}
    assert Interview.objects.count() == 0


@pytest.mark.parametrize("duty", ["analyst", "key_holder", "approver"])
def test_only_leads_and_interviewers_record(sign_in, study, world_of_rows, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    assert client.get(address("interview_record", study.pk)).status_code == 403
    assert client.get(address("observation_start", study.pk)).status_code == 403
    # Who may not even see interviews is told nothing of this one.
    expected = 403 if duty == "analyst" else 404
    assert client.get(address("transcript_add", world_of_rows.pk)).status_code == expected


@pytest.mark.parametrize("duty", ["key_holder", "approver"])
def test_interviews_are_closed_to_those_without_that_duty(sign_in, study, world_of_rows, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    assert client.get(address("interview_list", study.pk)).status_code == 403
    assert client.get(world_of_rows.get_absolute_url()).status_code == 404
    page = client.get(world_of_rows.sources.get().get_absolute_url())
    assert page.status_code == 404
    assert "A note." not in page.text


def test_interview_and_texts_are_not_there_for_members_not_even_their_own(sign_in, world_of_rows, member):
    client = sign_in(member)
    for url in (world_of_rows.get_absolute_url(), world_of_rows.sources.get().get_absolute_url()):
        page = client.get(url)
        assert page.status_code == 404
        assert "A note." not in page.text


def test_each_look_at_an_interview_and_its_texts_is_logged_for_the_person(sign_in, study, world_of_rows, member):
    analyst = StudyMemberFactory(study=study, duty="analyst").person
    before = len(logged(member))
    client = sign_in(analyst)
    assert client.get(world_of_rows.get_absolute_url()).status_code == 200
    assert "A note." in client.get(world_of_rows.sources.get().get_absolute_url()).text
    assert logged(member)[: len(logged(member)) - before] == [
        ("viewed", "evaluation.source", "evaluation:source_detail"),
        ("viewed", "evaluation.interview", "evaluation:interview_detail"),
    ]


# Texts


def file(content, name="talk.txt"):
    return SimpleUploadedFile(name, content, content_type="text/plain")


def test_transcript_is_pasted(sign_in, interviewer, interview):
    page = sign_in(interviewer).post(
        address("transcript_add", interview.pk), {"text": "I: Hello\r\nP: Cafe\u0301"}, follow=True
    )
    assert page.redirect_chain == [(interview.get_absolute_url(), 302)]
    source = Source.objects.get(kind="transcript")
    assert (source.text, source.version, source.added_by) == ("I: Hello\nP: Caf\u00e9", 1, interviewer)


@pytest.mark.parametrize(
    "content",
    ["Ça va: 🙂 שלום".encode("utf-8-sig"), "Ça va: £5".encode("cp1252"), b"a\r\n" * 1000],
    ids=["bom, emoji, right to left", "windows-1252", "crlf"],
)
def test_transcript_is_read_from_a_file(sign_in, interviewer, interview, content):
    sign_in(interviewer).post(address("transcript_add", interview.pk), {"file": file(content), "text": ""})
    text = Source.objects.get(kind="transcript").text
    assert text in {"Ça va: 🙂 שלום", "Ça va: £5", "a\n" * 1000}


def test_transcript_of_300000_characters_is_kept_whole(sign_in, interviewer, interview):
    text = "word " * 60_000
    sign_in(interviewer).post(address("transcript_add", interview.pk), {"text": text})
    assert Source.objects.get(kind="transcript").text == text


@pytest.mark.parametrize(
    ("posted", "field", "sentence"),
    [
        ({"text": ""}, "file", "Choose a file, or paste the transcript below"),
        ({"text": " \n "}, "file", "Choose a file, or paste the transcript below"),
        ({"file": b"", "text": ""}, "file", "There is no text in it."),
        ({"file": b"PK\x03\x04\x00", "text": ""}, "file", "This file could not be opened as a Word document."),
        ({"file": b"%PDF-1.7", "text": ""}, "file", "This is not a file with plain text."),
        ({"file": b"a" * (2 * 1024 * 1024 + 1), "text": ""}, "file", "This is over 2 MB"),
        ({"file": b"One", "text": "Two"}, "text", "You chose a file and pasted a text. Keep one of the two."),
    ],
    ids=["nothing", "blank", "empty file", "a broken word file", "a pdf", "too big", "both"],
)
def test_transcript_that_can_not_be_kept_gets_a_sentence(sign_in, interviewer, interview, posted, field, sentence):
    if "file" in posted:
        posted = {**posted, "file": file(posted["file"])}
    page = sign_in(interviewer).post(address("transcript_add", interview.pk), posted)
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"].errors[field][0].startswith(sentence)
    assert posted["text"] in page.text
    assert not Source.objects.filter(kind="transcript").exists()


def test_same_transcript_again_is_pointed_out_and_what_the_file_held_is_shown(sign_in, interviewer, interview):
    client = sign_in(interviewer)
    client.post(address("transcript_add", interview.pk), {"text": "Hello there"})
    page = client.post(address("transcript_add", interview.pk), {"file": file(b"\xef\xbb\xbfHello there"), "text": ""})
    assert page.context["form"].errors == {"text": ["This is word for word version 1, which is here already."]}
    assert page.context["form"]["text"].value() == "Hello there"
    assert Source.objects.filter(kind="transcript").count() == 1


def test_transcript_of_another_interview_is_pointed_out(sign_in, study, interviewer, interview, decide, form):
    row = ParticipantFactory(study=study)
    decide(row, "interview")
    client = sign_in(interviewer)
    client.post(address("interview_record", study.pk), interview_post(row))
    other = Interview.objects.get(participant=row)
    client.post(address("transcript_add", other.pk), {"text": "Hello there"})
    page = client.post(address("transcript_add", interview.pk), {"text": "Hello there"})
    (sentence,) = page.context["form"].errors["text"]
    assert row.pseudonym in sentence
    assert "Check that you took the right file." in sentence


def test_field_note_starts_from_the_newest_and_becomes_the_next_version(sign_in, interviewer, interview):
    client = sign_in(interviewer)
    assert "A note." in client.get(address("field_note_add", interview.pk)).text
    same = client.post(address("field_note_add", interview.pk), {"text": "A note."})
    assert same.context["form"].errors == {"text": ["This is word for word version 1, which is here already."]}
    client.post(address("field_note_add", interview.pk), {"text": "A longer note."})
    notes = interview.sources.filter(kind="field_note").values_list("version", "text")
    assert list(notes) == [(2, "A longer note."), (1, "A note.")]


def test_text_is_shown_as_text(sign_in, interviewer, interview):
    sign_in(interviewer).post(address("transcript_add", interview.pk), {"text": "<script>alert(1)</script> & =1+1"})
    page = sign_in(interviewer).get(Source.objects.get(kind="transcript").get_absolute_url())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; =1+1" in page.text


def test_texts_of_someone_who_asked_for_removal_are_closed(sign_in, interviewer, interview, participant):
    note = interview.sources.get()
    WithdrawalFactory(participant=participant, scope="remove")
    client = sign_in(interviewer)
    assert client.get(note.get_absolute_url()).status_code == 404
    page = client.get(interview.get_absolute_url())
    assert "The texts are closed." in page.text
    assert note.get_absolute_url() not in page.text
    page = client.post(address("transcript_add", interview.pk), {"text": "More"})
    assert page.context["form"].errors == {
        "text": ["They have taken their consent back. Nothing more can be added about them."]
    }
    assert "A note." not in client.get(address("field_note_add", interview.pk)).text


# Observations


@pytest.fixture
def meeting(group, now):
    return MeetingFactory(group=group, starts_at=now - timedelta(days=10))


def observation_post(**changed):
    return {
        "has_group_agreed": "yes",
        "observer_role": "observer",
        "present_count": "6",
        "style": "paraphrase",
        "text": "They laugh a lot.",
        "memo": "I felt welcome.",
        **changed,
    }


def test_observation_starts_from_the_meetings_of_groups_covered(sign_in, study, interviewer, meeting, group, now):
    MeetingFactory(group=group, starts_at=now + timedelta(days=1))
    MeetingFactory(group=group, starts_at=now - timedelta(days=5), state="cancelled", cancel_reason="Snow")
    MeetingFactory(starts_at=now - timedelta(days=5))
    client = sign_in(interviewer)
    page = client.get(address("observation_start", study.pk))
    assert list(page.context["form"].fields["meeting"].queryset) == [meeting]
    page = client.post(address("observation_start", study.pk), {"meeting": meeting.pk})
    assert page.url == address("observation_record", study.pk, meeting.pk)


def test_meeting_of_a_group_that_is_not_covered_is_not_there(sign_in, study, interviewer, now):
    elsewhere = MeetingFactory(starts_at=now - timedelta(days=5))
    page = sign_in(interviewer).get(address("observation_record", study.pk, elsewhere.pk))
    assert page.status_code == 404


def test_observation_asks_about_those_who_agreed_and_nobody_else(
    sign_in, study, interviewer, meeting, participant, decide, group
):
    decide(participant, "observation")
    silent = MembershipFactory(group=group, person__preferred_name="Bartholomew")
    refused = IdentityKeyFactory(participant__study=study, person=silent.person).participant
    decide(refused, "observation", "refused")
    page = sign_in(interviewer).get(address("observation_record", study.pk, meeting.pk))
    assert f"participant_{participant.pk}" in page.context["form"].fields
    assert refused.pseudonym not in page.text
    assert "Bartholomew" not in page.text
    assert "Someone who has not agreed is never described." in page.text


def test_observation_is_recorded_and_shown(sign_in, study, interviewer, meeting, participant, member, decide):
    decide(participant, "observation")
    posted = observation_post(**{f"participant_{participant.pk}": "described"})
    client = sign_in(interviewer)
    page = client.post(address("observation_record", study.pk, meeting.pk), posted, follow=True)
    observation = Observation.objects.get()
    assert page.redirect_chain == [(observation.get_absolute_url(), 302)]
    assert (page.context["described"], page.context["silent_count"]) == ([participant], 5)
    assert "I felt welcome." in page.text
    assert observation.sources.get().text == "They laugh a lot."
    assert ("viewed", "evaluation.observation", "evaluation:observation_detail") in logged(member)


def test_observation_is_written_under_the_domains_of_the_study(sign_in, study, interviewer, meeting):
    study.observation_domains = "The room\nWho leads\nGoals"
    study.save()
    client, url = sign_in(interviewer), address("observation_record", study.pk, meeting.pk)
    empty = client.post(url, observation_post(text=""))
    assert empty.context["form"].errors == {"domain_0": ["Enter what you saw and heard, under at least one heading"]}
    written = {"domain_0": "Chairs in a ring.", "domain_1": " ", "domain_2": "Two spoke of walking."}
    client.post(url, observation_post(**written))
    source = Observation.objects.get().sources.get()
    assert source.text == "The room\nChairs in a ring.\n\nGoals\nTwo spoke of walking.\n\nThey laugh a lot."


def test_one_no_of_the_group_stops_it_with_a_sentence(sign_in, study, interviewer, meeting, participant, decide):
    decide(participant, "observation")
    posted = observation_post(has_group_agreed="no", **{f"participant_{participant.pk}": "described"})
    page = sign_in(interviewer).post(address("observation_record", study.pk, meeting.pk), posted)
    assert page.context["form"].errors == {
        "has_group_agreed": ["The group did not agree, so this meeting can't be observed and nothing is saved."]
    }
    assert (Observation.objects.count(), Source.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"has_group_agreed": ""}, "has_group_agreed", "Choose whether the group agreed"),
        ({"present_count": "0"}, "present_count", "Enter a number that is 1 or more"),
        ({"text": " "}, "text", "Enter what you saw and heard"),
        ({"style": ""}, "style", "Choose how it is written"),
        ({"memo": "x\x01"}, "memo", "This is not a file with plain text."),
    ],
)
def test_gap_in_an_observation_gets_its_sentence(sign_in, study, interviewer, meeting, changed, field, sentence):
    page = sign_in(interviewer).post(address("observation_record", study.pk, meeting.pk), observation_post(**changed))
    assert list(page.context["form"].errors) == [field]
    assert page.context["form"].errors[field][0].startswith(sentence)
    assert Observation.objects.count() == 0


def test_each_participant_must_be_answered_for_and_fits_the_count(
    sign_in, study, interviewer, meeting, participant, decide, group
):
    second = IdentityKeyFactory(participant__study=study, person=MembershipFactory(group=group).person).participant
    for row in (participant, second):
        decide(row, "observation")
    client, url = sign_in(interviewer), address("observation_record", study.pk, meeting.pk)
    said = {f"participant_{participant.pk}": "described"}
    page = client.post(url, observation_post(**said))
    assert page.context["form"].errors == {
        f"participant_{second.pk}": [f"Choose whether {second.pseudonym} was there and agreed"]
    }
    said[f"participant_{second.pk}"] = "not_described"
    page = client.post(url, observation_post(present_count="1", **said))
    assert page.context["form"].errors == {
        "present_count": ["You named 2 people who were there. Enter that number or more."]
    }
    client.post(url, observation_post(**said))
    assert list(Observation.objects.get().described()) == [participant]


def test_observation_sent_twice_is_recorded_once(sign_in, study, interviewer, meeting):
    client, url = sign_in(interviewer), address("observation_record", study.pk, meeting.pk)
    client.post(url, observation_post())
    page = client.post(url, observation_post(), follow=True)
    assert "You recorded this meeting before. Here it is." in page.text
    assert Observation.objects.count() == 1
    choices = client.get(address("observation_start", study.pk)).context["form"].fields["meeting"].queryset
    assert list(choices) == []


def test_observation_note_gets_its_next_version(sign_in, study, interviewer, meeting):
    client = sign_in(interviewer)
    client.post(address("observation_record", study.pk, meeting.pk), observation_post())
    observation = Observation.objects.get()
    client.post(address("observation_note_add", observation.pk), {"text": "They laughed."})
    assert list(observation.sources.values_list("version", "text")) == [
        (2, "They laughed."),
        (1, "They laugh a lot."),
    ]
    same = client.post(address("observation_note_add", observation.pk), {"text": "They laughed."})
    assert same.context["form"].errors == {"text": ["This is word for word version 2, which is here already."]}


@pytest.mark.parametrize("duty", ["key_holder", "approver"])
def test_observations_are_closed_to_those_without_that_duty(sign_in, study, interviewer, meeting, duty):
    sign_in(interviewer).post(address("observation_record", study.pk, meeting.pk), observation_post())
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    assert client.get(address("observation_list", study.pk)).status_code == 403
    assert client.get(Observation.objects.get().get_absolute_url()).status_code == 404
    assert client.get(Source.objects.get().get_absolute_url()).status_code == 404


# The same work for few and for many


def add_interview(study, form, lead, now):
    return Interview.objects.create(
        study=study,
        participant=ParticipantFactory(study=study),
        participant_kind="member",
        interviewer=lead,
        consent_form=form,
        mode="phone",
        started_at=now,
        length_minutes=30,
        recording="none",
        created_at=now,
    )


def test_interview_list_costs_the_same_for_few_and_many(sign_in, study, lead, form, now, queries_of):
    sign_in(lead)
    counts = []
    for more in (5, 45):
        for _number in range(more):
            add_interview(study, form, lead, now)
        counts.append(queries_of(address("interview_list", study.pk)))
    assert counts[0] == counts[1] <= 10


def test_interview_page_costs_the_same_for_few_and_many_texts(sign_in, interviewer, interview, queries_of):
    client = sign_in(interviewer)
    few = queries_of(interview.get_absolute_url())
    for number in range(3):
        client.post(address("transcript_add", interview.pk), {"text": f"Version {number}"})
    assert queries_of(interview.get_absolute_url()) == few <= 14


def test_observation_pages_cost_the_same_for_few_and_many(sign_in, study, lead, group, now, queries_of):
    sign_in(lead)
    counts = []
    for more in (range(5), range(5, 50)):
        for number in more:
            Observation.objects.create(
                study=study,
                meeting=MeetingFactory(group=group, starts_at=now - timedelta(days=number + 1)),
                observer=lead,
                observer_role="observer",
                has_group_agreed=True,
                present_count=4,
                style="verbatim",
                created_at=now,
            )
            MeetingFactory(group=group, starts_at=now - timedelta(days=number + 1, hours=1))
        names = ("observation_list", "observation_start")
        counts.append([queries_of(address(name, study.pk)) for name in names])
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 10
