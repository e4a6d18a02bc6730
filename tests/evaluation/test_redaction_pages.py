"""Steps and redaction through the pages: what each shows, what is refused with a sentence, and who gets in."""

from datetime import timedelta

import pytest
from django.urls import reverse

from evaluation.models import Interview, Redaction, Source, TranscriptStep
from evaluation.services.redaction import approve_redaction, leave_spans
from evaluation.services.source import add_interview_text
from evaluation.services.transcript import check_transcript, return_transcript
from peersupport.access.log import looks_at
from peersupport.access.models import AccessLogEntry
from tests.evaluation.redacting import TEXT, places_of, ready, redact_whole, replace, transcript
from tests.factories import MembershipFactory, StudyMemberFactory, WithdrawalFactory

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"evaluation:{name}", args=args)


@pytest.fixture(autouse=True)
def joan(group):
    return MembershipFactory(group=group, person__preferred_name="Joan").person


@pytest.fixture
def source(interview, interviewer, now):
    return ready(interview, interviewer, now)


@pytest.fixture
def waiting(source, interviewer, now):
    redact_whole(source, by=interviewer, now=now)
    return source


@pytest.fixture
def approved(waiting, lead, now):
    return approve_redaction(source=waiting, by=lead, now=now)


def settle(client, source, words="Joan", place=0, **changed):
    start, _end = places_of(source, words)[place]
    posted = {"start": start, "decision": "replace", "mark": "contact", "offered": "[person A]", "kind": "person"}
    return client.post(address("redaction_desk", source.pk), posted | changed, follow=True)


# Steps


def test_interview_page_offers_the_next_step_as_its_one_button(sign_in, interview, interviewer, lead, now):
    client = sign_in(interviewer)
    page = client.get(interview.get_absolute_url())
    assert address("transcript_add", interview.pk) in page.text
    source = transcript(interview, interviewer, now)
    assert address("transcript_check", source.pk) in client.get(interview.get_absolute_url()).text
    page = client.post(address("transcript_check", source.pk), follow=True)
    assert "The transcript is checked." in page.text
    assert address("transcript_return", source.pk) in page.text
    page = client.post(address("transcript_return", source.pk), {"is_wished": "no"}, follow=True)
    assert "Not wished for by the participant" in page.text
    assert address("redaction_desk", source.pk) in page.text
    redact_whole(source, by=interviewer, now=now)
    page = client.get(interview.get_absolute_url())
    assert "It waits for someone else of the team" in page.text
    page = sign_in(lead).get(interview.get_absolute_url())
    assert address("redaction_approve", source.pk) in page.text


def test_step_taken_twice_is_said_and_not_taken(sign_in, interview, interviewer, now):
    source = transcript(interview, interviewer, now)
    client = sign_in(interviewer)
    for _time in range(2):
        page = client.post(address("transcript_check", source.pk), follow=True)
    assert "This step can’t be taken now." in page.text.replace("&#x27;", "’")
    assert TranscriptStep.objects.count() == 1


def test_returning_asks_whether_it_was_wished(sign_in, interview, interviewer, now):
    source = transcript(interview, interviewer, now)
    check_transcript(source=source, by=interviewer, now=now)
    page = sign_in(interviewer).post(address("transcript_return", source.pk), {"is_wished": ""})
    assert page.context["form"].errors == {"is_wished": ["Choose whether they got it"]}


def test_field_note_has_no_steps(sign_in, interview, interviewer):
    note = interview.sources.get(kind="field_note")
    client = sign_in(interviewer)
    assert client.post(address("transcript_check", note.pk)).status_code == 404
    assert client.get(address("redaction_desk", note.pk)).status_code == 404


def test_locked_transcript_says_so_when_a_version_is_added(sign_in, approved, interviewer):
    page = sign_in(interviewer).post(address("transcript_add", approved.interview_id), {"text": "More."})
    assert page.context["form"].errors == {"text": ["The transcript is approved. Open it again first, and say why."]}


def test_opening_again_needs_a_reason(sign_in, approved, lead):
    client = sign_in(lead)
    page = client.post(address("transcript_reopen", approved.pk), {"reason": " "})
    assert page.context["form"].errors == {"reason": ["Enter why it is opened again"]}
    page = client.post(address("transcript_reopen", approved.pk), {"reason": "A street is left."}, follow=True)
    assert "A street is left." in page.text
    assert address("redaction_desk", approved.pk) in page.text


def test_interview_list_says_how_far_each_is(sign_in, approved, interviewer):
    page = sign_in(interviewer).get(address("interview_list", approved.study_id))
    assert "Approved" in page.text


# The desk


def test_desk_begins_with_the_first_place_and_goes_on_to_the_next(sign_in, source, interviewer):
    client = sign_in(interviewer)
    page = client.get(address("redaction_desk", source.pk))
    assert page.context["form"].initial["mark"] == "[sister]"
    assert 'value="sister"' in page.text
    page = settle(client, source, "Maureen", mark="sister", offered="[sister]")
    joan, _end = places_of(source, "Joan")[0]
    assert page.redirect_chain == [(f"{address('redaction_desk', source.pk)}?at={joan}#place", 302)]
    assert Redaction.objects.get().mark == "[sister]"


def test_desk_shows_where_each_place_is_and_what_was_decided(sign_in, source, interviewer, now):
    replace(source, "Maureen", "[sister]", by=interviewer, now=now)
    leave_spans(source=source, places=places_of(source, "Bath"), kind="place", by=interviewer, now=now)
    page = sign_in(interviewer).get(address("redaction_desk", source.pk))
    classes = [page.text.count(f"app-redacting__{name}") for name in ("open", "replaced", "left")]
    assert classes == [4, 1, 1]
    start, _end = places_of(source, "Maureen")[0]
    page = sign_in(interviewer).get(f"{address('redaction_desk', source.pk)}?at={start}")
    assert page.context["decided"] == Redaction.objects.replacing().get()
    assert "put [sister] in its place." in page.text


@pytest.mark.parametrize("at", ["", "-1", "x", "99999999", "9" * 30, "٣"])
def test_desk_takes_any_place_that_is_asked_for(sign_in, source, interviewer, at):
    page = sign_in(interviewer).get(address("redaction_desk", source.pk), {"at": at})
    assert page.context["form"].initial["mark"] == "[sister]"


def test_same_words_are_decided_on_together_once_they_were_shown(sign_in, source, interviewer):
    client = sign_in(interviewer)
    start, _end = places_of(source, "Joan")[0]
    page = client.get(address("redaction_desk", source.pk), {"at": start})
    assert "Do the same at all 3 places below" in page.text
    assert len(page.context["alike"]) == 3
    settle(client, source, is_everywhere="on")
    assert list(Redaction.objects.values_list("start", flat=True)) == [start for start, _ in places_of(source, "Joan")]


def test_leaving_needs_no_replacement(sign_in, source, interviewer):
    settle(sign_in(interviewer), source, "Bath", decision="leave", mark="", kind="place")
    assert Redaction.objects.get().mark == ""


SENTENCES = {
    "nothing": ({"mark": " "}, "Enter what takes their place, like “sister”"),
    "only brackets": ({"mark": "[]"}, "Enter what takes their place, like “sister”"),
    "brackets within": ({"mark": "a [b] c"}, "Leave brackets out. They are put around it."),
    "the words": ({"mark": "our Joan"}, "Leave the words themselves out of what takes their place."),
    "too long": ({"mark": "x" * 61}, "Use 60 characters or fewer. You have used 61."),
}


@pytest.mark.parametrize(("changed", "sentence"), SENTENCES.values(), ids=SENTENCES)
def test_replacement_that_can_not_be_gets_a_sentence(sign_in, source, interviewer, changed, sentence):
    page = settle(sign_in(interviewer), source, **changed)
    assert page.context["form"].errors == {"mark": [sentence]}
    assert not Redaction.objects.exists()


def test_other_words_for_the_same_name_need_a_tick(sign_in, source, interviewer):
    client = sign_in(interviewer)
    settle(client, source)
    page = settle(client, source, place=1, mark="friend")
    (sentence,) = page.context["form"].errors["mark"]
    assert sentence == "In this study these words become [contact]. Use that, or tick that this is someone else."
    assert "This is someone or something else of the same name" in page.text
    settle(client, source, place=1, mark="friend", is_another="on")
    assert sorted(Redaction.objects.values_list("mark", flat=True)) == ["[contact]", "[friend]"]


def test_place_that_someone_else_decided_on_meanwhile_is_said_and_kept(sign_in, source, interviewer, lead):
    settle(sign_in(lead), source)
    page = settle(sign_in(interviewer), source, mark="friend")
    assert "That place does not wait any more." in page.text
    assert Redaction.objects.get().decided_by == lead


@pytest.mark.parametrize("start", ["", "-5", "x", "9" * 40, "3"], ids=["none", "before", "letters", "huge", "no place"])
def test_span_that_is_no_place_of_the_text_is_refused(sign_in, source, interviewer, start):
    page = settle(sign_in(interviewer), source, start=start)
    assert "That place does not wait any more." in page.text
    assert not Redaction.objects.exists()


def test_stale_version_leads_back_to_the_interview(sign_in, source, interview, interviewer, now):
    transcript(interview, interviewer, now + timedelta(minutes=1), TEXT + " More.")
    page = settle(sign_in(interviewer), source)
    assert page.redirect_chain == [(interview.get_absolute_url(), 302)]
    assert "This step can" in page.text
    assert not Redaction.objects.exists()


def test_undone_place_is_asked_about_again(sign_in, source, interviewer, now):
    replace(source, "Maureen", "[sister]", by=interviewer, now=now)
    row = Redaction.objects.get()
    client = sign_in(interviewer)
    page = client.post(address("redaction_undo", row.pk), follow=True)
    assert page.context["form"].initial["start"] == row.start
    assert client.post(address("redaction_undo", row.pk)).status_code == 404


def test_added_words_become_a_place(sign_in, source, interviewer):
    posted = {"words": "Who came", "kind": "other", "mark": "question"}
    page = sign_in(interviewer).post(address("words_add", source.pk), posted, follow=True)
    assert page.context["form"].initial | {"offered": ""} == {
        "start": 5,
        "mark": "[question]",
        "offered": "",
        "kind": "other",
    }


def test_added_words_that_are_not_there_stay_typed(sign_in, source, interviewer):
    posted = {"words": "Clevedon", "kind": "place", "mark": "town"}
    page = sign_in(interviewer).post(address("words_add", source.pk), posted)
    assert page.context["form"].errors == {"words": ["These words are not in the text. Copy whole words from it."]}
    assert 'value="Clevedon"' in page.text


def test_words_are_in_no_address(sign_in, source, interviewer):
    page = sign_in(interviewer).post(
        address("words_add", source.pk), {"words": "Who came", "kind": "other", "mark": "question"}
    )
    assert "came" not in page["Location"]


def test_finishing_with_places_left_goes_back_to_them(sign_in, source, interviewer):
    page = sign_in(interviewer).post(address("redaction_finish", source.pk), follow=True)
    assert "6 places still wait for you to decide." in page.text
    assert page.redirect_chain[0][0].startswith(address("redaction_desk", source.pk))


def test_finishing_twice_is_said(sign_in, waiting, interviewer):
    page = sign_in(interviewer).post(address("redaction_finish", waiting.pk), follow=True)
    assert "This step can" in page.text


def test_a_sitting_at_the_desk_is_one_look(sign_in, source, interviewer, member):
    before = looks_at(member).count()
    client = sign_in(interviewer)
    for words in ("Maureen", "Bath"):
        settle(client, source, words, mark="x")
    new = [look.route for look in looks_at(member)][: looks_at(member).count() - before]
    assert new == ["evaluation:redaction_desk"]


def test_desk_does_not_say_which_names_are_of_participants(sign_in, source, member, interviewer, interview, now):
    member.preferred_name = "Amina"
    member.save()
    newer = add_interview_text(
        interview=interview, kind="transcript", text="Amina and Joan.", by=interviewer, now=now + timedelta(minutes=1)
    )
    check_transcript(source=newer, by=interviewer, now=now)
    return_transcript(source=newer, is_wished=True, by=interviewer, now=now)
    page = sign_in(interviewer).get(address("redaction_desk", newer.pk))
    assert [(span.kind, span.label) for span in page.context["desk"].open] == [("person", ""), ("person", "")]
    assert member.email not in page.text


def test_text_of_300000_characters_is_shown_whole(sign_in, interview, interviewer, now):
    source = ready(interview, interviewer, now, ("word " * 59_990) + "Joan.")
    page = sign_in(interviewer).get(address("redaction_desk", source.pk))
    assert page.context["form"].initial["start"] == 299_950
    assert len(page.text) > 299_950


def test_desk_costs_the_same_for_few_and_many_places(sign_in, interview, interviewer, group, now, queries_of):
    sign_in(interviewer)
    few = ready(interview, interviewer, now, "Joan.")
    counts = [queries_of(address("redaction_desk", few.pk))]
    MembershipFactory.create_batch(3, group=group)
    many = ready(interview, interviewer, now + timedelta(minutes=1), "Joan and Maureen, my sister Maureen, in Bath.")
    replace(many, "Maureen", "[sister]", by=interviewer, now=now)
    counts.append(queries_of(address("redaction_desk", many.pk)))
    assert counts == [15, 15]


# The second person


def test_approver_reads_the_redacted_text_and_approves(sign_in, waiting, study):
    approver = StudyMemberFactory(study=study, duty="approver").person
    client = sign_in(approver)
    page = client.get(address("redaction_list", study.pk))
    assert address("redaction_approve", waiting.pk) in page.text
    page = client.get(address("redaction_approve", waiting.pk))
    assert "P: My sister [sister]. We met [person A] in Bath." in page.text
    assert "Joan → [person A] (3 times)" in page.text
    page = client.post(address("redaction_approve", waiting.pk), {"is_read": ""})
    assert page.context["form"].errors == {"is_read": ["Read it to the end and tick this, or send it back"]}
    page = client.post(address("redaction_approve", waiting.pk), {"is_read": "on"}, follow=True)
    assert page.redirect_chain == [(address("redaction_list", study.pk), 302)]
    assert Source.objects.get(redacted_from=waiting).added_by == approver


def test_redactor_is_told_that_someone_else_approves(sign_in, waiting, interviewer):
    client = sign_in(interviewer)
    page = client.get(address("redaction_approve", waiting.pk))
    assert "You took part in the redaction." in page.text
    assert "Approve and lock" not in page.text
    page = client.post(address("redaction_approve", waiting.pk), {"is_read": "on"})
    assert page.context["form"].non_field_errors() == [
        "You took part in the redaction. Someone else has to approve it."
    ]
    assert not Source.objects.filter(redacted_from=waiting).exists()


def test_approving_twice_is_said(sign_in, approved, waiting, interviewer):
    page = sign_in(interviewer).get(address("redaction_approve", approved.pk), follow=True)
    assert "This step can" in page.text
    assert sign_in(interviewer).get(address("redaction_approve", waiting.pk)).status_code == 404


def test_second_person_sends_it_back(sign_in, waiting, study):
    approver = StudyMemberFactory(study=study, duty="approver").person
    page = sign_in(approver).post(address("transcript_reopen", waiting.pk), {"reason": "Look at line 3."}, follow=True)
    assert page.redirect_chain == [(address("redaction_list", study.pk), 302)]
    assert TranscriptStep.objects.last().reason == "Look at line 3."


def test_redaction_list_costs_the_same_for_few_and_many(sign_in, waiting, lead, interviewer, now, queries_of):
    sign_in(lead)
    counts = [queries_of(address("redaction_list", waiting.study_id))]
    for number in (1, 2):
        other = Interview.objects.get(pk=waiting.interview_id)
        other.pk, other.started_at = None, other.started_at - timedelta(hours=number)
        other.save()
        source = ready(other, interviewer, now, f"{number}. {TEXT}")
        redact_whole(source, by=interviewer, now=now)
    counts.append(queries_of(address("redaction_list", waiting.study_id)))
    assert counts == [7, 7]


# Who reads what afterwards


def test_once_approved_the_team_finds_only_the_deidentified_version(sign_in, approved, waiting, study):
    analyst = StudyMemberFactory(study=study, duty="analyst").person
    client = sign_in(analyst)
    page = client.get(approved.interview.get_absolute_url())
    assert approved.get_absolute_url() in page.text
    assert waiting.get_absolute_url() not in page.text
    assert client.get(waiting.get_absolute_url()).status_code == 404
    page = client.get(approved.get_absolute_url())
    assert "[person A]" in page.text
    assert "Joan" not in page.text


def test_key_holder_sees_the_original_the_table_and_the_log(sign_in, approved, waiting, key_holder, study, member):
    client = sign_in(key_holder)
    page = client.get(address("replacement_list", study.pk))
    assert [row.words for row in page.context["replacements"]] == ["Joan", "Maureen"]
    assert address("redaction_log", waiting.pk) in page.text
    page = client.get(address("redaction_log", waiting.pk))
    assert [(words, row.mark) for row, words in page.context["rows"]][:2] == [
        ("Maureen", "[sister]"),
        ("Joan", "[person A]"),
    ]
    assert "Joan" in client.get(waiting.get_absolute_url()).text
    assert client.get(approved.get_absolute_url()).status_code == 404
    looks = AccessLogEntry.objects.filter(actor=key_holder).exclude(route="evaluation:identity_key_open")
    routes = list(looks.order_by("pk").values_list("route", flat=True))
    assert routes == ["evaluation:replacement_list", "evaluation:redaction_log", "evaluation:source_detail"]


@pytest.mark.parametrize("duty", ["lead", "interviewer", "analyst", "approver"])
def test_table_and_log_are_for_key_holders_alone(sign_in, approved, waiting, study, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    assert client.get(address("replacement_list", study.pk)).status_code == 403
    assert client.get(address("redaction_log", waiting.pk)).status_code == 404


@pytest.mark.parametrize("duty", ["analyst", "key_holder", "approver"])
def test_others_do_not_redact(sign_in, source, study, duty):
    client = sign_in(StudyMemberFactory(study=study, duty=duty).person)
    expected = 403 if duty == "analyst" else 404
    for name in ("redaction_desk", "words_add", "redaction_finish"):
        assert client.post(address(name, source.pk)).status_code == expected


def test_texts_of_someone_who_asked_for_removal_are_closed_to_all(sign_in, approved, waiting, lead, key_holder):
    WithdrawalFactory(participant=approved.interview.participant, scope="remove")
    assert sign_in(lead).get(approved.get_absolute_url()).status_code == 404
    assert sign_in(lead).get(address("transcript_reopen", approved.pk)).status_code == 404
    assert sign_in(key_holder).get(waiting.get_absolute_url()).status_code == 404
    assert sign_in(key_holder).get(address("redaction_log", waiting.pk)).status_code == 404


def test_worklist_says_what_waits(sign_in, source, interviewer, lead, now):
    def counts():
        tasks = sign_in(lead).get(source.study.get_absolute_url()).context["worklist"]
        return {str(task.label): task.count for task in tasks}

    assert counts()["Transcripts to redact"] == 1
    redact_whole(source, by=interviewer, now=now)
    assert counts()["Transcripts to redact"] == 0
    assert counts()["Texts for a second person to read"] == 1
