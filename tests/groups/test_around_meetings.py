"""Things to bring, notes of decisions, sheets, and how many came over time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.models import BringItem, MeetingNote
from groups.services.around_meeting import MOST_ITEMS, add_bring_item, take_bring_item, write_note
from groups.services.attendance import record_attendance
from peersupport.access.models import AccessLogEntry
from tests.factories import (
    AttendanceFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
    SupportGroupFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def group():
    return SupportGroupFactory(name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def member(group):
    return MembershipFactory(group=group, person__preferred_name="Mona")


@pytest.fixture
def meeting(group):
    return MeetingFactory(group=group, starts_at=timezone.now() + DAY)


@pytest.fixture
def past(group):
    return MeetingFactory(group=group, starts_at=timezone.now() - DAY)


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


# Bring and do


def test_an_item_is_added_taken_and_given_back(sign_in, meeting, member):
    client = sign_in(member.person)
    assert "Enter what there is to bring or to do" in client.post(address("bring_item_add", meeting), {"what": ""}).text
    page = client.post(address("bring_item_add", meeting), {"what": "Milk"}, follow=True).text
    assert "It is on the list." in page
    item = BringItem.objects.get()
    client.post(address("bring_item_take", item))
    item.refresh_from_db()
    assert item.taken_by == member
    assert "after all: Milk" in client.get(meeting.get_absolute_url()).text
    client.post(address("bring_item_give_back", item))
    item.refresh_from_db()
    assert item.taken_by is None


def test_of_two_who_take_the_same_one_gets_it(sign_in, group, meeting, member):
    item = add_bring_item(meeting=meeting, what="Milk", by=member.person, now=timezone.now())
    first = MembershipFactory(group=group)
    take_bring_item(item=item, by=first.person, now=timezone.now())
    page = sign_in(member.person).post(address("bring_item_take", item), follow=True).text
    assert "Someone else has just taken this on." in page
    item.refresh_from_db()
    assert item.taken_by == first


def test_nobody_gives_back_what_another_took(sign_in, group, meeting, member):
    item = add_bring_item(meeting=meeting, what="Milk", by=member.person, now=timezone.now())
    other = MembershipFactory(group=group)
    take_bring_item(item=item, by=other.person, now=timezone.now())
    sign_in(member.person).post(address("bring_item_give_back", item))
    item.refresh_from_db()
    assert item.taken_by == other


def test_an_item_is_taken_off_by_whoever_added_it_or_an_organiser(sign_in, group, meeting, member, contact):
    other = MembershipFactory(group=group).person
    items = [add_bring_item(meeting=meeting, what="Milk", by=member.person, now=timezone.now()) for _number in range(2)]
    assert sign_in(other).post(address("bring_item_remove", items[0])).status_code == 403
    sign_in(member.person).post(address("bring_item_remove", items[0]))
    sign_in(contact).post(address("bring_item_remove", items[1]))
    assert not BringItem.objects.exists()


def test_a_list_has_an_end(meeting, member):
    now = timezone.now()
    BringItem.objects.bulk_create(
        BringItem(meeting=meeting, what="Milk", added_by=member.person, added_at=now) for _number in range(MOST_ITEMS)
    )
    with pytest.raises(refusals.ListFull):
        add_bring_item(meeting=meeting, what="More", by=member.person, now=now)


def test_nothing_is_added_once_it_is_over(past, member):
    ended = MeetingFactory(group=past.group, starts_at=timezone.now() - 2 * DAY)
    with pytest.raises(refusals.MeetingOver):
        add_bring_item(meeting=ended, what="Milk", by=member.person, now=timezone.now())


def test_someone_outside_takes_nothing(meeting, member):
    item = add_bring_item(meeting=meeting, what="Milk", by=member.person, now=timezone.now())
    with pytest.raises(refusals.NotAMember):
        take_bring_item(item=item, by=PersonFactory(), now=timezone.now())


# Notes


def test_a_note_is_written_and_corrected_and_the_old_text_stays(sign_in, past, member):
    client = sign_in(member.person)
    client.post(address("note_edit", past), {"text": "We book the hall.", "base": ""})
    first = MeetingNote.objects.get()
    client.post(address("note_edit", past), {"text": "We book the library.", "base": first.pk})
    assert "We book the library." in client.get(past.get_absolute_url()).text
    page = client.get(address("note_edit", past)).text
    assert ("Earlier texts" in page, "We book the hall." in page) == (True, True)
    first.refresh_from_db()
    assert first.replaced_at is not None


def test_when_two_write_at_once_neither_text_is_lost(sign_in, past, member, contact):
    write_note(meeting=past, text="Theirs", base=None, by=contact, now=timezone.now())
    client = sign_in(member.person)
    page = client.post(address("note_edit", past), {"text": "Mine", "base": ""})
    assert "Someone else wrote while you did." in page.text
    assert ("Theirs" in page.text, "Mine" in page.text) == (True, True)
    assert "What Carol wrote" in page.text
    # Saving what is on the page now puts it together.
    base = page.context["form"]["base"].value()
    client.post(address("note_edit", past), {"text": "Theirs and mine", "base": base})
    assert MeetingNote.objects.standing().get().text == "Theirs and mine"


def test_the_same_text_twice_is_one_row(past, member):
    first = write_note(meeting=past, text="Same", base=None, by=member.person, now=timezone.now())
    again = write_note(meeting=past, text="Same", base=first.pk, by=member.person, now=timezone.now())
    assert (again, MeetingNote.objects.count()) == (first, 1)


def test_tutors_read_notes_and_write_none(sign_in, group, past, member):
    write_note(meeting=past, text="We book the hall.", base=None, by=member.person, now=timezone.now())
    client = sign_in(RoleTermFactory(group=group, role="tutor").person)
    assert "We book the hall." in client.get(past.get_absolute_url()).text
    assert client.get(address("note_edit", past)).status_code == 403


# Sheets and pictures


def test_the_sheet_has_everyone_with_or_without_an_account(sign_in, group, past, member, contact):
    KeptMembershipFactory(group=group, name="Pat")
    page = sign_in(contact).get(address("attendance_sheet", past)).text
    assert [name for name in ("Carol", "Mona", "Pat") if name in page] == ["Carol", "Mona", "Pat"]


def test_members_without_an_account_are_ticked_like_everyone(sign_in, group, past, contact):
    kept = KeptMembershipFactory(group=group, name="Pat")
    carol = contact.memberships.get()
    typed = {f"membership_{kept.pk}": "attended", f"membership_{carol.pk}": "apologies"}
    sign_in(contact).post(address("attendance_record", past), typed)
    assert {row.membership: row.outcome for row in past.attendances.all()} == {kept: "attended", carol: "apologies"}


def test_the_history_shows_what_was_corrected_and_by_whom(sign_in, past, member, contact):
    for outcome, minutes in (("attended", 0), ("apologies", 5)):
        at = timezone.now() + timedelta(minutes=minutes)
        record_attendance(meeting=past, outcomes={member.pk: outcome}, by=contact, now=at)
    page = " ".join(sign_in(contact).get(address("attendance_history", past)).text.split())
    assert "Mona: <strong>Sent apologies</strong>" in page
    assert "Mona: <s>Came</s>" in page
    assert "(corrected later)" in page
    assert not AccessLogEntry.objects.exists()


def test_a_tutors_look_at_the_history_is_written_down(sign_in, group, past, member):
    AttendanceFactory(meeting=past, membership=member)
    AttendanceFactory(meeting=past, membership=KeptMembershipFactory(group=group))
    tutor = RoleTermFactory(group=group, role="tutor").person
    sign_in(tutor).get(address("attendance_history", past))
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.route) == (tutor, member.person, "groups:attendance_history")


def test_how_many_came_is_numbers_in_a_table_and_blank_is_not_nobody(sign_in, group, past, member):
    AttendanceFactory(meeting=past, membership=member)
    AttendanceFactory(meeting=past, outcome="apologies")
    MeetingFactory(group=group, starts_at=timezone.now() - 9 * DAY)
    MeetingFactory(group=group, starts_at=timezone.now() - 3 * DAY, state="cancelled", cancel_reason="Ill")
    page = sign_in(member.person).get(address("attendance_over_time", group))
    counts = [(row.came, row.apologies, row.not_known) for row in page.context["meetings"]]
    assert counts == [(0, 0, 0), (1, 1, 0)]
    assert page.text.count('<td class="nhsuk-table__cell"></td>') == 3
    assert "Mona" not in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_pictures_cost_the_same_queries(sign_in, group, member, number, django_assert_num_queries):
    for days in range(number):
        meeting = MeetingFactory(group=group, starts_at=timezone.now() - (days + 2) * DAY)
        AttendanceFactory(meeting=meeting, membership=member)
    client = sign_in(member.person)
    client.get(address("attendance_over_time", group))
    with django_assert_num_queries(6):
        client.get(address("attendance_over_time", group))
