"""Finding a group, asking to join it, and the answer."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groups import refusals
from groups.invitees import Invitee
from groups.models import JoinRequest, Membership
from groups.services.group_state import close_group
from groups.services.invitation import accept_invitation, add_code, invite_people
from groups.services.joining import answer_join_request, ask_to_join, join_open_group, withdraw_join_request
from peersupport.reminders.letters import letter_for
from peersupport.reminders.models import Message
from peersupport.reminders.registry import kind_named
from tests.factories import NOW, MembershipFactory, PersonFactory, RoleTermFactory, SupportGroupFactory
from tests.messages import row_of

pytestmark = pytest.mark.django_db
FIND = "/groups/find/"


@pytest.fixture
def open_group():
    return SupportGroupFactory(name="Open group", about="Tea and talk", join_rule="open")


@pytest.fixture
def group():
    return SupportGroupFactory(name="Agreeing group", about="A quiet group", join_rule="by_agreement")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def person():
    return PersonFactory(preferred_name="Nia")


def ask(group, person, note="", **fields):
    return ask_to_join(group=group, note=note, by=person, now=NOW, **fields)


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def written(message):
    kind = kind_named(message.kind)
    row = row_of(message)
    return kind.reason_not_to_send(message, row, NOW), letter_for(message, kind, kind.compose(message, row))


# What happens


def test_an_open_group_takes_anyone_in(open_group, person):
    assert join_open_group(group=open_group, by=person, now=NOW).state == "joined"
    with pytest.raises(refusals.AlreadyMember):
        join_open_group(group=open_group, by=person, now=NOW)


@pytest.mark.parametrize("join_rule", ["closed", "by_agreement"])
def test_no_other_group_does(join_rule, person):
    with pytest.raises(refusals.NotOpen):
        join_open_group(group=SupportGroupFactory(join_rule=join_rule), by=person, now=NOW)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_a_group_that_does_not_meet_takes_nobody_in(state, person):
    resting = SupportGroupFactory(join_rule="open", state=state, closing_reason="Done" if state == "closed" else "")
    with pytest.raises(refusals.NotOpen):
        join_open_group(group=resting, by=person, now=NOW)


def test_someone_taken_out_does_not_come_back_by_themselves(open_group, group, contact, person):
    for where in (open_group, group):
        MembershipFactory(group=where, person=person, state="removed", removal_reason="Shouting", ended_at=NOW)
    with pytest.raises(refusals.TakenOutBefore):
        join_open_group(group=open_group, by=person, now=NOW)
    with pytest.raises(refusals.TakenOutBefore):
        ask(group, person)


def test_someone_who_left_may_come_back(open_group, person):
    MembershipFactory(group=open_group, person=person, state="left", ended_at=NOW)
    assert join_open_group(group=open_group, by=person, now=NOW).state == "joined"


def test_asking_tells_all_who_look_after_the_group_once(group, contact, person):
    RoleTermFactory(group=group, person=contact, role="host")
    tutor = RoleTermFactory(group=group, role="tutor").person
    ask(group, person, "I was on the programme too.")
    assert set(Message.objects.values_list("kind", "recipient")) == {
        ("groups.join_asked", contact.pk),
        ("groups.join_asked", tutor.pk),
    }
    reason, letter = written(Message.objects.get(recipient=contact))
    assert (reason, letter.subject) == ("", "Someone would like to join your group")
    assert "Nia would like to join Agreeing group." in letter.body
    assert "I was on the programme too." not in letter.body


def test_one_question_at_a_time(group, contact, person):
    ask(group, person)
    with pytest.raises(refusals.AlreadyAsked):
        ask(group, person)


def test_someone_invited_meanwhile_has_nothing_left_to_be_answered(group, contact, person):
    asked = ask(group, person)
    invitations, _again = invite_people(group=group, people=[Invitee("Nia", "nia@example.org")], by=contact, now=NOW)
    accept_invitation(invitation=invitations[0], by=person, now=NOW)
    with pytest.raises(refusals.JoinRequestGone):
        answer_join_request(join_request=asked, accepts=False, note="", by=contact, now=NOW)
    assert written(Message.objects.get(kind="groups.join_asked"))[0] == "The request has been answered or taken back."


@pytest.mark.parametrize("accepts", [True, False])
def test_the_answer_goes_back_with_its_note(group, contact, person, accepts):
    asked = ask(group, person)
    answer_join_request(join_request=asked, accepts=accepts, note="With love", by=contact, now=NOW)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("accepted" if accepts else "declined", contact)
    assert Membership.objects.current().filter(group=group, person=person).exists() == accepts
    reason, letter = written(Message.objects.get(recipient=person))
    assert (reason, letter.subject) == ("", "You have an answer from a group")
    assert "Carol writes:\n\nWith love" in letter.body
    assert ("Yes, you are in" in letter.body) == accepts
    with pytest.raises(refusals.JoinRequestGone):
        answer_join_request(join_request=asked, accepts=True, note="", by=contact, now=NOW)


def test_a_question_taken_back_is_not_sent_or_answered(group, contact, person):
    asked = ask(group, person)
    withdraw_join_request(join_request=asked, now=NOW)
    assert Message.objects.get().state == "dropped"
    with pytest.raises(refusals.JoinRequestGone):
        answer_join_request(join_request=asked, accepts=True, note="", by=contact, now=NOW)
    assert not Membership.objects.filter(person=person).exists()


def test_a_group_that_ends_leaves_nobody_waiting(group, contact, person):
    asked = ask(group, person)
    close_group(group=group, reason="We moved on.", by=contact, now=NOW)
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    assert written(Message.objects.get(kind="groups.join_asked", recipient=contact))[0] != ""


def test_a_question_already_answered_is_not_asked_by_mail(group, contact, person):
    asked = ask(group, person)
    message = Message.objects.get()
    answer_join_request(join_request=asked, accepts=False, note="", by=contact, now=NOW)
    assert written(message)[0] == "The request has been answered or taken back."


# The pages


def test_the_list_says_what_groups_are_about_and_never_who_is_in_them(sign_in, open_group, group, contact, person):
    SupportGroupFactory(name="Closed group")
    MembershipFactory(group=open_group, person__preferred_name="Zq7 secret member")
    page = sign_in(person).get(FIND).text
    assert [name for name in ("Open group", "Agreeing group", "Closed group") if name in page] == [
        "Open group",
        "Agreeing group",
    ]
    assert "Tea and talk" in page
    assert ("Zq7 secret member" in page, "Carol" in page) == (False, False)


def test_ones_own_groups_are_not_offered(sign_in, open_group, person):
    MembershipFactory(group=open_group, person=person)
    assert "Open group" not in sign_in(person).get(FIND).text
    assert sign_in(person).get(address("group_join", open_group)).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_queries(sign_in, person, number, django_assert_num_queries):
    for _number in range(number):
        SupportGroupFactory(join_rule="open")
    client = sign_in(person)
    client.get(FIND)
    with django_assert_num_queries(6):
        client.get(FIND)


def test_joining_an_open_group_leads_to_what_to_expect(sign_in, open_group, person):
    client = sign_in(person)
    assert "The group sees the name Nia." in client.get(address("group_join", open_group)).text
    page = client.post(address("group_join", open_group), follow=True).text
    assert "You are a member of Open group." in page
    assert "Before your first meeting" in page


def test_asking_waiting_and_taking_back(sign_in, group, contact, person):
    client = sign_in(person)
    page = client.post(address("group_join", group), {"note": "Hello"}, follow=True).text
    assert "The group is asked. You get an email when they answer." in page
    assert "You asked on" in page
    again = client.post(address("group_join", group), {"note": "Typed again"}).text
    assert "You have asked this group already." in again
    assert "Typed again" in again
    asked = JoinRequest.objects.get()
    assert "You have taken your request back." in client.post(address("join_request_withdraw", asked), follow=True).text


def test_organisers_answer_with_a_note(sign_in, group, contact, person):
    asked = ask(group, person, "I was on the programme too.")
    client = sign_in(contact)
    assert address("join_request_answer", asked) in client.get(address("join_request_list", group)).text
    page = client.get(address("join_request_answer", asked)).text
    assert "I was on the programme too." in page
    page = client.post(address("join_request_answer", asked), {"note": "Kept"}).text
    assert ("Choose yes or no" in page, "Kept" in page) == (True, True)
    page = client.post(address("join_request_answer", asked), {"accepts": "yes", "note": "Lovely"}, follow=True).text
    assert "Nia gets your answer." in page
    assert Membership.objects.current().filter(person=person).exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_questions_costs_the_same_queries(sign_in, group, contact, number, django_assert_num_queries):
    for _number in range(number):
        ask(group, PersonFactory())
        answered = ask(group, PersonFactory())
        answer_join_request(join_request=answered, accepts=False, note="", by=contact, now=NOW)
    client = sign_in(contact)
    client.get(address("join_request_list", group))
    with django_assert_num_queries(8):
        client.get(address("join_request_list", group))


def test_a_code_of_a_group_that_agrees_first_opens_the_question(sign_in, group, contact, person):
    now = timezone.now()
    code = add_code(group=group, max_uses=2, expires_at=now + timedelta(days=2), by=contact, now=now)
    client = sign_in(person)
    client.get(reverse("groups:code_open", args=[code.token()]))
    page = client.get(reverse("groups:invitation_accept")).text
    assert "This group lets people in by agreement." in page
    client.post(reverse("groups:invitation_accept"), {"note": "From the sheet"})
    asked = JoinRequest.objects.get()
    assert (asked.invitation, asked.note, asked.person) == (code, "From the sheet", person)
    code.refresh_from_db()
    assert code.uses == 1
    assert not Membership.objects.filter(person=person).exists()


def test_a_used_up_code_asks_nothing(group, contact, person):
    code = add_code(group=group, max_uses=1, expires_at=NOW + timedelta(days=2), by=contact, now=NOW)
    ask(group, PersonFactory(), invitation=code)
    with pytest.raises(refusals.NotUsable):
        ask(group, person, invitation=code)
