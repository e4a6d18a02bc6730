"""Requests for support: asked of tutor or coordinator, answered, closed; the mails about it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from groups.models import SupportRequest
from groups.refusals import GroupHasEnded, NobodyToAsk, RequestSettled
from groups.services.support_request import answer_request, ask_for_support, close_request
from peersupport.access.models import AccessLogEntry
from peersupport.reminders.models import Message
from tests.factories import (
    MembershipFactory,
    PersonFactory,
    ProgrammeStaffFactory,
    RoleTermFactory,
    SiteFactory,
    SupportGroupFactory,
    SupportRequestFactory,
)
from tests.messages import letter_of, reason_against

pytestmark = pytest.mark.django_db
WORDS = "Zq7 the hall wants insurance"


@pytest.fixture
def site():
    return SiteFactory(name="Southmead")


@pytest.fixture
def group(site):
    return SupportGroupFactory(site=site, name="Tuesday group")


@pytest.fixture
def contact(group):
    person = MembershipFactory(group=group, person__preferred_name="Carol").person
    return RoleTermFactory(group=group, person=person).person


@pytest.fixture
def tutor(group):
    return RoleTermFactory(group=group, role="tutor", person__preferred_name="Tom").person


@pytest.fixture
def coordinator(site):
    return ProgrammeStaffFactory(site=site, person__preferred_name="Priya").person


@pytest.fixture
def asked(group, contact, coordinator):
    return SupportRequestFactory(group=group, asked_by=contact, text=WORDS)


def address(name, row):
    return reverse(f"groups:{name}", args=[row.pk])


def inbox(client, **query):
    return client.get(reverse("groups:support_request_list"), query)


def letter():
    message = Message.objects.get()
    return letter_of(message)


def why_not():
    message = Message.objects.get()
    return reason_against(message, timezone.now())


# Asking


@pytest.mark.parametrize("to", ["tutor", "coordinator"])
def test_a_contact_asks_and_the_one_asked_gets_a_mail(sign_in, group, contact, tutor, coordinator, to):
    typed = {"to": to, "text": WORDS}
    page = sign_in(contact).post(address("support_request_add", group), typed, follow=True).text
    assert "Your question is sent." in page
    assert "Waiting for an answer" in page
    message = Message.objects.get()
    assert (message.kind, message.recipient) == (
        "groups.request_made",
        {"tutor": tutor, "coordinator": coordinator}[to],
    )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"to": "", "text": "Kept words"}, "Choose whom you want to ask"), ({"to": "tutor"}, "Enter what would help")],
)
def test_what_is_missing_gets_a_sentence(sign_in, group, contact, typed, sentence):
    page = sign_in(contact).post(address("support_request_add", group), typed).text
    assert sentence in page
    assert typed.get("text", "") in page
    assert not SupportRequest.objects.exists()


def test_where_nobody_is_to_ask_it_says_so_and_keeps_the_words(sign_in, group, contact):
    page = sign_in(contact).post(address("support_request_add", group), {"to": "tutor", "text": "Kept words"}).text
    assert "There is nobody in this role at the moment." in page
    assert "Kept words" in page


def test_a_tutor_does_not_ask_themselves(group, tutor):
    with pytest.raises(NobodyToAsk):
        ask_for_support(group=group, to="tutor", text="Help", by=tutor, now=timezone.now())


def test_a_group_that_has_ended_asks_nobody(group, contact, coordinator):
    group.state, group.closing_reason = "closed", "Done"
    group.save()
    with pytest.raises(GroupHasEnded):
        ask_for_support(group=group, to="coordinator", text="Help", by=contact, now=timezone.now())


def test_a_mail_holds_none_of_the_words(group, contact, coordinator):
    ask_for_support(group=group, to="coordinator", text=WORDS, by=contact, now=timezone.now())
    written = letter()
    assert (written.to, written.subject) == ([coordinator.email], "Carol asks for your help")
    assert "Carol of Tuesday group has asked you something." in written.body
    assert "Zq7" not in written.body + written.alternatives[0].content


# Answering


def test_the_coordinator_answers_and_the_asker_gets_a_mail(sign_in, asked, contact, coordinator):
    client = sign_in(coordinator)
    assert WORDS in client.get(asked.get_absolute_url()).text
    page = client.post(asked.get_absolute_url(), {"answer": "We have cover for that."}, follow=True).text
    assert "Your answer is sent." in page
    assert "Send the answer" not in page
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("answered", coordinator)
    written = letter()
    assert (written.to, written.subject) == ([contact.email], "You have an answer")
    assert "cover for that" not in written.body
    assert "We have cover for that." in sign_in(contact).get(asked.get_absolute_url()).text


def test_an_empty_answer_gets_a_sentence(sign_in, asked, coordinator):
    assert "Enter your answer" in sign_in(coordinator).post(asked.get_absolute_url(), {"answer": ""}).text
    asked.refresh_from_db()
    assert asked.state == "open"


def test_two_answers_at_once_lose_no_words(sign_in, asked, coordinator):
    answer_request(support_request=asked, answer="First", by=coordinator, now=timezone.now())
    page = sign_in(coordinator).post(asked.get_absolute_url(), {"answer": "Kept words"}).text
    assert "This has been answered or closed in the meantime." in page
    assert "Kept words" in page


def test_whoever_asked_does_not_answer(sign_in, asked, contact):
    client = sign_in(contact)
    assert "Send the answer" not in client.get(asked.get_absolute_url()).text
    assert client.post(asked.get_absolute_url(), {"answer": "Me"}).status_code == 403


def test_a_request_to_the_tutor_is_not_the_coordinators(sign_in, group, contact, tutor, coordinator):
    to_tutor = SupportRequestFactory(group=group, to="tutor", asked_by=contact, text=WORDS)
    client = sign_in(coordinator)
    assert client.get(to_tutor.get_absolute_url()).status_code == 404
    assert "Tuesday group" not in inbox(client).text
    assert WORDS in sign_in(tutor).get(to_tutor.get_absolute_url()).text


def test_a_request_to_the_coordinator_is_not_the_tutors(sign_in, asked, tutor):
    assert sign_in(tutor).get(asked.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("who", ["member", "other_coordinator", "stranger", "administrator", "former_contact"])
def test_nobody_else_finds_it(sign_in, group, asked, who):
    people = {
        "member": lambda: MembershipFactory(group=group).person,
        "other_coordinator": lambda: ProgrammeStaffFactory().person,
        "stranger": PersonFactory,
        "administrator": lambda: PersonFactory(is_staff=True, is_superuser=True),
        "former_contact": lambda: RoleTermFactory(group=group, ended_at=timezone.now()).person,
    }
    client = sign_in(people[who]())
    assert client.get(asked.get_absolute_url()).status_code == 404
    assert client.post(address("support_request_close", asked)).status_code == 404
    assert asked.get_absolute_url() not in inbox(client, show="all").text


def test_every_look_of_another_is_in_the_log(sign_in, asked, contact, coordinator):
    sign_in(coordinator).get(asked.get_absolute_url())
    sign_in(contact).get(asked.get_absolute_url())
    entry = AccessLogEntry.objects.get()
    assert (entry.actor, entry.subject, entry.action) == (coordinator, contact, "viewed")


# Closing


@pytest.mark.parametrize("who", ["contact", "coordinator"])
def test_either_side_closes_it(sign_in, asked, contact, coordinator, who):
    person = {"contact": contact, "coordinator": coordinator}[who]
    client = sign_in(person)
    assert "It is closed." in client.post(address("support_request_close", asked), follow=True).text
    asked.refresh_from_db()
    assert (asked.state, asked.closed_by) == ("closed", person)
    assert asked.get_absolute_url() not in inbox(client).text
    assert asked.get_absolute_url() in inbox(client, show="all").text


def test_closing_twice_says_so(sign_in, asked, contact):
    close_request(support_request=asked, by=contact, now=timezone.now())
    page = sign_in(contact).post(address("support_request_close", asked), follow=True).text
    assert "This has been answered or closed in the meantime." in page


def test_a_closed_request_is_not_answered(asked, contact, coordinator):
    close_request(support_request=asked, by=contact, now=timezone.now())
    with pytest.raises(RequestSettled):
        answer_request(support_request=asked, answer="Late", by=coordinator, now=timezone.now())


# Mails that are no longer true


def test_a_mail_that_waits_goes_once_it_is_settled(group, contact, coordinator):
    made = ask_for_support(group=group, to="coordinator", text=WORDS, by=contact, now=timezone.now())
    assert why_not() == ""
    close_request(support_request=made, by=contact, now=timezone.now())
    assert (Message.objects.get().state, why_not()) == ("dropped", "It has been settled already.")


def test_a_coordinator_who_stopped_gets_no_mail(group, contact, coordinator):
    ask_for_support(group=group, to="coordinator", text=WORDS, by=contact, now=timezone.now())
    coordinator.posts.update(ended_at=timezone.now())
    assert why_not() == "They are not the one to ask any more."


def test_an_answer_to_what_was_closed_meanwhile_is_not_told(asked, contact, coordinator):
    answered = answer_request(support_request=asked, answer="Yes", by=coordinator, now=timezone.now())
    assert why_not() == ""
    close_request(support_request=answered, by=contact, now=timezone.now())
    assert why_not() == "It has been closed already."


# Lists


def test_lists_hold_what_one_asked_or_may_answer(sign_in, group, asked, contact, tutor, coordinator):
    SupportRequestFactory(group=group, to="tutor", asked_by=contact)
    SupportRequestFactory()
    counts = {}
    for name, person in (("contact", contact), ("tutor", tutor), ("coordinator", coordinator)):
        counts[name] = len(inbox(sign_in(person)).context["page"].rows)
    assert counts == {"contact": 2, "tutor": 1, "coordinator": 1}


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_queries(sign_in, group, contact, coordinator, number, django_assert_num_queries):
    for _number in range(number):
        asked = SupportRequestFactory(group=group, asked_by=contact)
    client = sign_in(coordinator)
    inbox(client)
    with django_assert_num_queries(5):
        inbox(client)
    with django_assert_num_queries(7):
        client.get(asked.get_absolute_url())


def test_asking_takes_few_queries(sign_in, group, contact, coordinator, django_assert_max_num_queries):
    client = sign_in(contact)
    with django_assert_max_num_queries(15):
        client.post(address("support_request_add", group), {"to": "coordinator", "text": WORDS})
    assert SupportRequest.objects.exists()
