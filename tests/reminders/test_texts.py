"""Text messages and e-mail through GOV.UK Notify, against a server that speaks its HTTP API."""

import json
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from peersupport.reminders import outbox
from peersupport.reminders.models import Message, PhoneNumber, StandIn
from peersupport.reminders.sending import send_all_due
from tests.factories import GoalFactory
from tests.reminders.channels import NUMBER, choose, with_phone
from tests.reminders.conftest import NAME

pytestmark = pytest.mark.django_db
TEXTS, EMAILS = "/v2/notifications/sms", "/v2/notifications/email"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def goal(notify, note_kind):
    """Of someone who wants its note as a text."""
    goal = GoalFactory()
    with_phone(goal.person)
    choose(goal.person, "text")
    return goal


def write(goal, now):
    outbox.enqueue(
        kind=NAME, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=now + timedelta(days=1), now=now
    )
    return Message.objects.get(subject_id=goal.pk, channel__in=["text", "email"], stands_in=False)


def state_of(message):
    message.refresh_from_db()
    return message.state, message.reason


def test_text_says_what_it_is_and_where_to_look_and_how_to_stop_it(goal, notify, now, settings):
    message = write(goal, now)
    assert send_all_due() == 1
    [request] = notify.asked(TEXTS)
    assert request.headers["Authorization"].startswith("Bearer ")
    assert request.json == {
        "phone_number": NUMBER,
        "template_id": "text-template",
        "reference": str(message.message_id),
        "personalisation": {
            "text": "Peer Support: A note for you\nhttps://example.org/\n"
            f"To stop these: {settings.BASE_URL}/messages/preferences/"
        },
    }
    assert state_of(message) == ("sent", "")
    assert mail.outbox == []


def test_number_that_is_refused_for_good_three_times_gets_no_more(goal, notify, now):
    notify.replies[TEXTS] = (400, {"errors": [{"error": "ValidationError", "message": "phone_number is not valid"}]})
    StandIn.objects.create(person=goal.person, channels=[], changed_at=now)
    for version in range(4):
        outbox.enqueue(
            kind=NAME,
            subject_id=goal.pk,
            recipient_ids=[goal.person_id],
            schedule_version=version,
            expires_at=now + timedelta(days=1),
            now=now,
        )
        send_all_due()
    assert len(notify.asked(TEXTS)) == 3
    reasons = list(Message.objects.order_by("pk").values_list("state", "reason"))
    assert reasons == [("parked", "The server refused it (400).")] * 3 + [
        ("dropped", "Their phone number refuses messages.")
    ]
    notify.replies.clear()
    PhoneNumber.objects.update(refusals=2)
    Message.objects.update(state="pending", next_attempt_at=now, settled_at=None, reason="", attempts=0)
    send_all_due()
    assert PhoneNumber.objects.get().refusals == 0


def test_what_is_our_own_fault_counts_against_no_number(goal, notify, now):
    notify.replies[TEXTS] = (400, {"errors": [{"error": "BadRequestError", "message": "Template not found"}]})
    write(goal, now)
    send_all_due()
    assert PhoneNumber.objects.get().refusals == 0


@pytest.mark.parametrize("status", [403, 429])
def test_notify_that_does_not_want_us_now_costs_nothing(goal, notify, now, status):
    notify.replies[TEXTS] = (status, {"errors": [{"error": "RateLimitError", "message": "Exceeded rate limit"}]})
    message = write(goal, now)
    assert send_all_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failures) == ("pending", 0, 1)


def test_notify_that_is_away_costs_nothing(goal, settings, now):
    settings.NOTIFY_URL = "http://127.0.0.1:1"
    message = write(goal, now)
    assert send_all_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failures) == ("pending", 0, 1)


def again(message):
    Message.objects.filter(pk=message.pk).update(next_attempt_at=timezone.now())


def test_text_that_notify_took_without_an_answer_is_looked_up_and_not_sent_twice(goal, notify, now):
    notify.replies[TEXTS] = (500, {"errors": [{"error": "Exception", "message": "Internal server error"}]})
    message = write(goal, now)
    assert send_all_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failures) == ("pending", 1, 1)
    notify.replies = {"/v2/notifications?": (200, {"notifications": [{"id": "1"}]})}
    again(message)
    assert send_all_due() == 1
    assert len(notify.asked(TEXTS)) == 1
    assert notify.requests[-1].path == f"/v2/notifications?reference={message.message_id}"


def test_answer_that_can_not_be_read_leaves_it_in_doubt_and_holds_up_no_other(goal, notify, now):
    notify.replies[TEXTS] = (201, b"no json")
    message = write(goal, now)
    assert send_all_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failures) == ("pending", 1, 1)


def test_text_that_notify_does_not_know_is_sent_again(goal, notify, now, monkeypatch):
    monkeypatch.setattr("peersupport.reminders.channels.notify.TIMEOUT_SECONDS", 0.2)
    notify.stalling = {TEXTS}
    message = write(goal, now)
    assert send_all_due() == 0
    notify.stalling = set()
    again(message)
    assert send_all_due() == 1
    assert len(notify.asked(TEXTS)) == 2


def test_email_goes_through_notify_where_that_is_set_up(notify, note_kind, settings, now):
    settings.NOTIFY_EMAIL_TEMPLATE = "email-template"
    goal = GoalFactory(what="with calendar")
    message = write(goal, now)
    assert send_all_due() == 1
    assert mail.outbox == []
    [request] = notify.asked(EMAILS)
    said = request.json
    assert (said["email_address"], said["template_id"]) == (goal.person.email, "email-template")
    assert said["reference"] == str(message.message_id)
    assert said["personalisation"]["subject"] == "A note for you"
    assert f"Hello {goal.person.preferred_name}," in said["personalisation"]["text"]
    assert said["one_click_unsubscribe_url"] in said["personalisation"]["text"]


def test_text_is_not_sent_where_texts_are_not_set_up_any_more(goal, notify, settings, now):
    message = write(goal, now)
    settings.NOTIFY_TEXT_TEMPLATE = ""
    assert send_all_due() == 0
    # In the same pass email had its turn already; the next one takes what stands in.
    assert send_all_due() == 1
    assert state_of(message) == ("dropped", "Text messages are not set up here. It takes another way.")
    assert mail.outbox[0].to == [goal.person.email]
    assert notify.requests == []


# Delivery receipts


def receipt(client, message, status, token="receipt-token"):
    body = {"id": "1", "reference": str(message.message_id), "to": NUMBER, "status": status}
    return client.post(
        reverse("reminders:notify_receipt"),
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    ).status_code


@pytest.fixture
def sent(goal, now, settings):
    settings.NOTIFY_RECEIPT_TOKEN = "receipt-token"
    message = write(goal, now)
    assert send_all_due() == 1
    return message


def test_receipt_that_it_did_not_arrive_counts_once_and_email_stands_in(client, sent):
    for _time in range(2):
        assert receipt(client, sent, "permanent-failure") == 204
    assert PhoneNumber.objects.get().refusals == 1
    assert state_of(sent) == ("dropped", "It did not arrive. It takes another way.")
    assert send_all_due() == 1
    assert [letter.to for letter in mail.outbox] == [[sent.recipient.email]]
    assert Message.objects.get(channel="email").stands_in


def test_receipt_for_a_phone_that_is_off_counts_against_no_number(client, sent, now):
    StandIn.objects.create(person=sent.recipient, channels=["text"], changed_at=now)
    assert receipt(client, sent, "temporary-failure") == 204
    assert PhoneNumber.objects.get().refusals == 0
    assert state_of(sent) == ("parked", "It did not arrive.")


def test_receipt_that_it_arrived_changes_nothing(client, sent):
    assert receipt(client, sent, "delivered") == 204
    assert state_of(sent) == ("sent", "")


def test_receipts_are_taken_from_notify_alone(client, sent, settings):
    assert receipt(client, sent, "permanent-failure", token="guess") == 404
    settings.NOTIFY_RECEIPT_TOKEN = ""
    assert receipt(client, sent, "permanent-failure", token="") == 404
    assert state_of(sent) == ("sent", "")


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"reference": null, "status": "delivered"}', '{"reference": "x"}'])
def test_receipt_that_makes_no_sense_is_refused(client, settings, body):
    settings.NOTIFY_RECEIPT_TOKEN = "receipt-token"
    response = client.post(
        reverse("reminders:notify_receipt"),
        body,
        content_type="application/json",
        headers={"Authorization": "Bearer receipt-token"},
    )
    assert response.status_code == 400


# A number of one's own


@pytest.fixture
def person(client, notify):
    person = GoalFactory().person
    client.force_login(person)
    return person


def ask(client, number="07700 900 123"):
    return client.post(reverse("reminders:phone_add"), {"number": number}, follow=True)


def code_in(request):
    return re.match(r"(\d{6}) is your code for Peer Support", request.json["personalisation"]["text"])[1]


def confirm(client, code, **data):
    return client.post(reverse("reminders:phone_confirm"), {"code": code, **data}, follow=True)


def test_number_is_confirmed_with_the_code_in_a_text(client, person, notify):
    assert "07700 900123" in ask(client).text
    [request] = notify.asked(TEXTS)
    assert request.json["phone_number"] == NUMBER
    assert "This is not the code" in confirm(client, "abc").text
    page = confirm(client, f" {code_in(request)} ", stands_in="on").text
    assert "Your number is confirmed." in page
    assert "Text message" in page
    assert PhoneNumber.objects.get(person=person).confirmed_at
    assert StandIn.objects.get(person=person).channels == ["email", "text"]


@pytest.mark.parametrize("number", ["", "hello", "0117 496 0123", "+1 202 555 0100", "07700 90012", "07700 900 1234"])
def test_what_is_no_uk_mobile_number_is_said_so_and_kept(client, person, notify, number):
    page = ask(client, number).text
    assert "Enter a UK mobile number" in page or "Answer this" in page
    assert notify.requests == []
    assert f'value="{number}"' in page or not number


@pytest.mark.parametrize("number", ["07700900123", "+44 7700 900123", "0044 7700-900123", "(07700) 900.123"])
def test_number_is_understood_however_it_is_written(client, person, notify, number):
    ask(client, number)
    assert PhoneNumber.objects.get().number == NUMBER


def test_code_can_be_tried_five_times_and_for_a_quarter_of_an_hour(client, person, notify, now):
    ask(client)
    right = code_in(notify.requests[0])
    PhoneNumber.objects.update(asked_at=now - timedelta(minutes=16))
    assert "This code does not work any more" in confirm(client, right).text
    PhoneNumber.objects.update(asked_at=now)
    for _time in range(4):
        assert "This is not the code" in confirm(client, "000000" if right != "000000" else "111111").text
    assert "This code does not work any more" in confirm(client, right).text
    assert PhoneNumber.objects.get().confirmed_at is None


def test_codes_are_not_sent_without_end(client, person, notify):
    for _time in range(3):
        ask(client)
    assert "We have sent several codes already" in ask(client).text
    assert "We have sent several codes already" in ask(client, "07700 900 999").text
    assert len(notify.requests) == 3


def test_code_that_could_not_be_sent_is_said_so(client, person, notify):
    notify.replies[TEXTS] = (500, {})
    page = ask(client).text
    assert "We could not send a text to this number" in page
    assert "07700 900 123" in page


def test_number_that_is_removed_leaves_email_behind(client, person, notify, now, note_kind):
    with_phone(person)
    choose(person, "text")
    choose(person, "email", "text", kind="groups.meeting_coming")
    client.post(reverse("reminders:phone_remove"))
    assert not PhoneNumber.objects.exists()
    kinds = dict(person.reminder_preferences.values_list("kind", "channels"))
    assert kinds == {NAME: None, "groups.meeting_coming": ["email"]}


def test_no_number_is_asked_for_where_texts_are_not_set_up(client, person, settings):
    settings.NOTIFY_TEXT_TEMPLATE = ""
    assert "Text messages" not in client.get(reverse("reminders:way_list")).text
    assert client.get(reverse("reminders:phone_add")).status_code == 404
