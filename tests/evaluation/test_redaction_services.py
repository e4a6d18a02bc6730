"""Deciding on places of a text, a second person's approval, and who then sees which version."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from evaluation.models import Coding, Redaction, Replacement, Source, TranscriptStep
from evaluation.redaction.apply import moved
from evaluation.redaction.desk import Desk
from evaluation.refusals import (
    AlreadyDecided,
    MarkGivesAway,
    MarkTaken,
    OtherMark,
    OutsideText,
    OwnRedaction,
    StepOutOfTurn,
    SuggestionsLeft,
    WordsNotThere,
)
from evaluation.services.coding import add_coding
from evaluation.services.coding_round import start_round
from evaluation.services.redaction import (
    add_words,
    approve_redaction,
    finish_redaction,
    leave_spans,
    replace_spans,
    undo_redaction,
)
from evaluation.services.transcript import reopen_transcript
from peersupport.access.log import looks_at
from tests.evaluation.redacting import TEXT, places_of, ready, redact_whole, replace, transcript
from tests.factories import CodeFactory, CodingFactory, MembershipFactory, PersonFactory, StudyMemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def joan(group):
    """A member whose name the service knows."""
    return MembershipFactory(group=group, person__preferred_name="Joan").person


@pytest.fixture
def source(interview, interviewer, joan, now):
    return ready(interview, interviewer, now)


@pytest.fixture
def waiting(source, interviewer, now):
    redact_whole(source, by=interviewer, now=now)
    return source


@pytest.fixture
def approved(waiting, lead, now):
    return approve_redaction(source=waiting, by=lead, now=now)


def open_words(source):
    desk = Desk(source)
    return [(span.kind, source.text[span.start : span.end]) for span in desk.open]


# Suggestions


def test_desk_suggests_names_that_the_service_knows_and_what_is_told_by_form(source):
    assert open_words(source) == [
        ("person", "Maureen"),
        ("person", "Joan"),
        ("place", "Bath"),
        ("person", "Joan"),
        ("phone", "0117 496 0123"),
        ("person", "Joan"),
    ]


def test_desk_knows_participants_members_without_account_staff_and_venues(interview, interviewer, study, group, now):
    from_everywhere = "Dr Lowe, Wilhelmina, Priya, Tom and Ruth at the Cosy Corner in Clevedon, Pill Road."
    StudyMemberFactory(study=study, person__preferred_name="Ruth")
    study.participants.get().identity_key.__class__.objects.create(
        participant=study.participants.create(kind="clinician", created_at=now),
        study=study,
        name="Dr Lowe",
        created_at=now,
    )
    group.memberships.create(
        name="Wilhelmina", told_how="phone", told_by=interviewer, kept_by=interviewer, leave_given_on=now.date(),
        joined_at=now,
    )  # fmt: skip
    group.site.staff.create(person=PersonFactory(preferred_name="Priya"), started_at=now)
    MembershipFactory(group=group, person__preferred_name="Tom", state="left", ended_at=now)
    group.site.venues.create(kind="place", name="Cosy Corner", address="3 Pill Road, Clevedon BS21 7AA", created_at=now)
    source = ready(interview, interviewer, now, from_everywhere)
    assert open_words(source) == [
        ("person", "Dr Lowe"),
        ("person", "Wilhelmina"),
        ("person", "Priya"),
        ("person", "Tom"),
        ("person", "Ruth"),
        ("venue", "Cosy Corner"),
        ("place", "Clevedon"),
        ("place", "Pill Road"),
    ]


def test_names_of_other_groups_and_studies_are_not_looked_for(interview, interviewer, now):
    MembershipFactory(person__preferred_name="Ottoline")
    StudyMemberFactory(person__preferred_name="Peregrine")
    assert open_words(ready(interview, interviewer, now, "Ottoline met Peregrine.")) == []


def test_desk_asks_as_often_for_one_name_as_for_many(source, group, django_assert_num_queries):
    assert source.study
    for more in (0, 3):
        MembershipFactory.create_batch(more, group=group)
        with django_assert_num_queries(6):
            assert len(Desk(source).offers) == 6


# Deciding


def test_replaced_and_left_places_are_open_no_more(source, interviewer, now):
    replace(source, "Joan", "[person A]", by=interviewer, now=now)
    leave_spans(source=source, places=places_of(source, "Bath"), kind="place", by=interviewer, now=now)
    assert open_words(source) == [("person", "Maureen"), ("phone", "0117 496 0123")]
    row = Redaction.objects.replacing().first()
    assert (source.text[row.start : row.end], row.mark, row.decided_by) == ("Joan", "[person A]", interviewer)
    assert Redaction.objects.standing().filter(mark="").count() == 1


def test_offsets_are_code_points_behind_emoji_and_right_to_left(interview, interviewer, lead, joan, now):
    text = "🙂👩‍👩‍👧 שלום Joan, שלום."
    source = ready(interview, interviewer, now, text)
    replace(source, "Joan", "[person A]", by=interviewer, now=now)
    finish_redaction(source=source, by=interviewer, now=now)
    approved = approve_redaction(source=source, by=lead, now=now)
    assert approved.text == "🙂👩‍👩‍👧 שלום [person A], שלום."


@pytest.mark.parametrize(
    "places", [[(-1, 4)], [(0, 0)], [(5, 4)], [(0, 100_000)], []], ids=["before", "empty", "backwards", "after", "none"]
)
def test_span_outside_of_the_text_is_refused_with_a_sentence(source, interviewer, now, places):
    with pytest.raises(OutsideText, match="not in this text"):
        replace_spans(source=source, places=places, kind="person", mark="[x]", by=interviewer, now=now)
    assert not Redaction.objects.exists()


def test_overlapping_redactions_are_refused_with_a_sentence(source, interviewer, now):
    replace(source, "sister Maureen", "[relative]", kind="other", by=interviewer, now=now)
    with pytest.raises(AlreadyDecided, match="Undo that first"):
        replace(source, "Maureen", "[sister]", by=interviewer, now=now)
    assert Redaction.objects.count() == 1


def test_words_left_as_they_are_can_be_part_of_others_that_are_replaced(source, interviewer, now):
    leave_spans(source=source, places=places_of(source, "Maureen"), kind="person", by=interviewer, now=now)
    replace(source, "sister Maureen", "[relative]", kind="other", by=interviewer, now=now)
    assert Redaction.objects.standing().count() == 2


def test_a_newer_version_ends_the_work_on_an_older_one(source, interview, interviewer, now):
    transcript(interview, interviewer, now, "Another text.")
    with pytest.raises(StepOutOfTurn):
        replace(source, "Maureen", "[sister]", by=interviewer, now=now)
    with pytest.raises(StepOutOfTurn):
        finish_redaction(source=source, by=interviewer, now=now)


def test_undone_decision_is_kept_and_the_place_is_open_again(source, interviewer, lead, now):
    replace(source, "Maureen", "[sister]", by=interviewer, now=now)
    undo_redaction(redaction=Redaction.objects.get(), by=lead, now=now)
    row = Redaction.objects.get()
    assert (row.undone_by, row.undone_at) == (lead, now)
    assert ("person", "Maureen") in open_words(source)
    replace(source, "Maureen", "[aunt]", by=interviewer, now=now)
    assert Redaction.objects.replacing().get().mark == "[aunt]"


# The table of the study


def test_same_words_become_the_same_in_the_next_text(source, interviewer, interview, study, now):
    replace(source, "Joan", "[contact]", by=interviewer, now=now)
    other = ready(interview, interviewer, now, "I asked JOAN.")
    assert list(Desk(other).offers.values()) == ["[contact]"]


def test_other_replacement_for_words_of_the_table_is_refused_unless_it_is_someone_else(source, interviewer, now):
    first, *others = places_of(source, "Joan")
    facts = {"source": source, "kind": "person", "by": interviewer, "now": now}
    replace_spans(places=[first], mark="[contact]", **facts)
    with pytest.raises(OtherMark, match=r"become \[contact\]"):
        replace_spans(places=others, mark="[friend]", **facts)
    replace_spans(places=others, mark="[friend]", is_another=True, **facts)
    assert list(Replacement.objects.values_list("mark", "is_another")) == [("[contact]", False), ("[friend]", True)]


def test_what_was_offered_and_taken_meanwhile_is_not_used_for_two_people(source, interviewer, now):
    offered = dict(zip([words for _kind, words in open_words(source)], Desk(source).offers.values(), strict=False))
    assert offered["Joan"] == "[person A]"
    replace(source, "Maureen", "[person A]", by=interviewer, now=now)
    with pytest.raises(MarkTaken, match=r"You can use \[person B\]"):
        replace(source, "Joan", "[person A]", offered="[person A]", by=interviewer, now=now)
    # Typed in on purpose, it is the same person under two names.
    replace(source, "Joan", "[person A]", offered="[person B]", by=interviewer, now=now)
    assert Replacement.objects.filter(mark="[person A]").count() == 2


def test_replacement_is_forgotten_with_its_last_use(source, interviewer, now):
    replace(source, "Joan", "[contcat]", by=interviewer, now=now)
    first, second, third = Redaction.objects.order_by("start")
    for row in (first, second):
        undo_redaction(redaction=row, by=interviewer, now=now)
    assert Replacement.objects.current().get().mark == "[contcat]"
    undo_redaction(redaction=third, by=interviewer, now=now)
    assert not Replacement.objects.current().exists()
    replace(source, "Joan", "[contact]", by=interviewer, now=now)
    assert Replacement.objects.current().get().mark == "[contact]"


@pytest.mark.parametrize("mark", ["[Joan]", "[sister joan]", "[JOAN’s]"])
def test_replacement_that_holds_the_words_is_refused(source, interviewer, now, mark):
    with pytest.raises(MarkGivesAway):
        replace(source, "Joan", mark, by=interviewer, now=now)


def test_dates_and_numbers_are_not_put_into_the_table(source, interviewer, now):
    replace(source, "0117 496 0123", "[phone number]", kind="phone", by=interviewer, now=now)
    assert not Replacement.objects.exists()


def test_words_that_nobody_suggested_are_suggested_once_they_are_added(source, interviewer, now):
    found = add_words(source=source, words="and then", kind="other", mark="[saying]", by=interviewer, now=now)
    assert source.text[found.start : found.end] == "And then"
    assert ("other", "And then") in open_words(source)
    with pytest.raises(WordsNotThere, match="not in the text"):
        add_words(source=source, words="Clevedon", kind="place", mark="[town]", by=interviewer, now=now)


# Finishing and approving


def test_redaction_is_finished_only_when_each_place_was_looked_at(source, interviewer, now):
    replace(source, "Joan", "[person A]", by=interviewer, now=now)
    with pytest.raises(SuggestionsLeft, match="3 places still wait"):
        finish_redaction(source=source, by=interviewer, now=now)
    assert TranscriptStep.objects.last().step == "not_wished"


def test_second_person_approves_and_makes_the_deidentified_version(waiting, interview, member, lead, now):
    approved = approve_redaction(source=waiting, by=lead, now=now)
    assert approved.text == (
        "Int: Who came?\nP: My sister [sister]. We met [person A] in Bath. [person A] rang me on [phone number].\n"
        "Int: And then?\nP: 🙂 [person A]."
    )
    assert (approved.version, approved.redacted_from, approved.kind) == (2, waiting, "transcript")
    assert waiting.text == TEXT
    step = TranscriptStep.objects.last()
    assert (step.step, step.source, step.taken_by) == ("approved", approved, lead)
    look = looks_at(member).first()
    assert (look.action, look.route) == ("added", "evaluation:redaction_approve")


def test_deidentified_version_takes_the_codings_over(waiting, interviewer, lead, now):
    code = CodeFactory(study=waiting.study)

    def coded(words, **more):
        start = waiting.text.index(words)
        return CodingFactory(source=waiting, code=code, coder=lead, start=start, end=start + len(words), **more)

    coding, cutting, _back = (
        coded("We met Joan in"),
        coded("My sister Mau"),
        coded("then", taken_back_at=now, taken_back_by=lead),
    )
    approved = approve_redaction(source=waiting, by=lead, now=now)
    carried = Coding.objects.visible_to(lead).in_reading_order()
    assert [approved.text[row.start : row.end] for row in carried] == ["My sister [sister]", "We met [person A] in"]
    assert {(row.source, row.code, row.coder) for row in carried} == {(approved, code, lead)}
    assert [row.coded_at for row in carried] == [cutting.coded_at, coding.coded_at]


def test_codings_of_an_open_round_stay_behind(waiting, interviewer, lead, now):
    start_round(study=waiting.study, coders=[lead, interviewer], sources=[waiting], by=lead, now=now)
    add_coding(
        source=waiting, code=CodeFactory(study=waiting.study), start=0, end=3, guid=uuid.uuid4(), by=lead, now=now
    )
    approved = approve_redaction(source=waiting, by=lead, now=now)
    assert not approved.codings.exists()


def test_nobody_who_took_part_approves(waiting, interviewer, lead, now):
    with pytest.raises(OwnRedaction, match="Someone else"):
        approve_redaction(source=waiting, by=interviewer, now=now)
    reopen_transcript(source=waiting, reason="A street is left.", by=lead, now=now)
    left = Redaction.objects.standing().get(mark="")
    undo_redaction(redaction=left, by=lead, now=now)
    replace(waiting, "Bath", "[town]", kind="place", by=lead, now=now)
    finish_redaction(source=waiting, by=interviewer, now=now)
    with pytest.raises(OwnRedaction):
        approve_redaction(source=waiting, by=lead, now=now)
    assert not Source.objects.filter(redacted_from=waiting).exists()


def test_database_lets_no_redactor_approve(waiting, interviewer, now):
    copy = Source.objects.create(
        study=waiting.study, interview=waiting.interview, kind="transcript", version=2, text="x", sha256="0",
        redacted_from=waiting, added_by=interviewer, added_at=now,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="a second person approves"):
        TranscriptStep.objects.create(source=copy, step="approved", taken_by=interviewer, taken_at=now)


def test_opened_again_more_is_replaced_in_the_deidentified_version(approved, interviewer, lead, now):
    reopen_transcript(source=approved, reason="Bath gives it away.", by=lead, now=now)
    # What was left as it is in the original is asked about once more.
    assert open_words(approved) == [("place", "Bath")]
    replace(approved, "Bath", "[town]", kind="place", by=interviewer, now=now)
    finish_redaction(source=approved, by=interviewer, now=now)
    second = approve_redaction(source=approved, by=lead, now=now)
    assert (second.version, second.redacted_from) == (3, approved)
    assert "Bath" not in second.text
    place = approved.text.index("rang me"), approved.text.index("rang me") + 7
    assert second.text[slice(*moved(place, redactions_of(approved)))] == "rang me"


def redactions_of(source):
    return [row.as_replaced() for row in source.redactions.replacing()]


# Who sees which version


def seen_by(person):
    return set(Source.objects.visible_to(person).filter(kind="transcript").values_list("version", flat=True))


def test_before_approval_the_team_sees_the_text_and_key_holders_do_not(waiting, study, lead, interviewer, key_holder):
    analyst = StudyMemberFactory(study=study, duty="analyst").person
    assert [seen_by(one) for one in (lead, interviewer, analyst, key_holder)] == [{1}, {1}, {1}, set()]


def test_once_approved_only_key_holders_see_what_it_was_made_from(approved, study, lead, interviewer, key_holder):
    analyst = StudyMemberFactory(study=study, duty="analyst").person
    assert [seen_by(one) for one in (lead, interviewer, analyst, key_holder)] == [{2}, {2}, {2}, {1}]
    readable = Source.objects.readable().filter(kind="transcript")
    assert [source.version for source in readable] == [2]


def test_other_texts_of_the_interview_stay_as_they_were(approved, interviewer, key_holder):
    notes = Source.objects.filter(kind="field_note")
    assert notes.visible_to(interviewer).count() == notes.readable().count() == 1
    assert notes.visible_to(key_holder).count() == 0


def test_approver_sees_only_what_waits_for_approval(source, study, interviewer, lead, now):
    approver = StudyMemberFactory(study=study, duty="approver").person
    may_approve = Source.objects.allowing(approver, "evaluation.approve_transcript")
    assert seen_by(approver) == set()
    assert not may_approve.exists()
    redact_whole(source, by=interviewer, now=now)
    assert may_approve.get() == source
    approve_redaction(source=source, by=lead, now=now)
    assert not may_approve.exists()


def test_key_holder_of_another_study_sees_no_original(approved):
    assert seen_by(StudyMemberFactory(duty="key_holder").person) == set()


# What the database holds


@pytest.fixture
def redaction(source, interviewer, now):
    replace(source, "Maureen", "[sister]", by=interviewer, now=now)
    return Redaction.objects.get()


@pytest.mark.parametrize("change", [{"mark": "[aunt]"}, {"start": 1}, {"kind": "other"}], ids=str)
def test_decision_is_never_rewritten(redaction, change):
    with pytest.raises(DatabaseError, match="append-only, but for its end"), transaction.atomic():
        Redaction.objects.update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Redaction.objects.all().delete()


def test_undone_stays_undone(redaction, lead, now):
    undo_redaction(redaction=redaction, by=lead, now=now)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Redaction.objects.update(undone_at=None, undone_by=None)


def test_table_of_the_study_is_never_rewritten(redaction):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Replacement.objects.update(words="Ann")


def another(redaction, **changed):
    facts = {"source": redaction.source, "kind": "person", "mark": "[x]", "decided_by": redaction.decided_by}
    return Redaction(**facts | {"decided_at": redaction.decided_at} | changed)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        (lambda row: {"start": row.start + 2, "end": row.end + 3}, "redactions_do_not_overlap"),
        (lambda row: {"start": 3, "end": 3}, "redaction_holds_something"),
        (lambda row: {"start": 3, "end": len(TEXT) + 1}, "not in the text"),
        (lambda row: {"start": 3, "end": 5, "mark": "x"}, "redaction_is_marked"),
        (lambda row: {"start": 3, "end": 5, "kind": "fish"}, "redaction_kind_known"),
        (lambda row: {"start": row.start, "end": row.end, "mark": ""}, "one_decision_per_span"),
        (lambda row: {"start": 3, "end": 5, "undone_at": row.decided_at}, "redaction_undone_by_someone"),
    ],
    ids=["overlapping", "empty", "outside", "not marked", "unknown kind", "twice", "undone by nobody"],
)
def test_database_refuses_what_can_not_be(redaction, changed, name):
    with pytest.raises(IntegrityError, match=name):
        another(redaction, **changed(redaction)).save()


def test_same_places_of_two_texts_do_not_overlap(redaction, interview, interviewer, now):
    other = transcript(interview, interviewer, now + timedelta(minutes=1), TEXT + " More.")
    another(redaction, source=other, start=redaction.start, end=redaction.end).save()
    assert Redaction.objects.count() == 2
