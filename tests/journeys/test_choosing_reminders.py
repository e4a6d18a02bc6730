"""A member decides what reaches them and when; whom nothing reaches is rung; what got stuck is seen to."""

import json
import re
from datetime import time, timedelta

import pytest
from django.utils import timezone

from peersupport.reminders import outbox
from peersupport.reminders.models import Device, Message
from peersupport.reminders.sending import send_all_due
from supportplans.services.goal import REVIEW
from tests.factories import (
    GoalFactory,
    KeptMembershipFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    RoleTermFactory,
)
from tests.reminders.channels import Browser, choose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_choosing_reminders(walk, client):
    # Given a member who sleeps badly and is always the last to know
    maria = MembershipFactory(person__preferred_name="Maria").person
    walk.sign_in(client, maria)
    walk.open("/account/")
    # When she asks for two reminders, and for quiet at night
    walk.follow("Choose your reminders")
    walk.tick("A week before")
    walk.tick("Two hours before")
    walk.follow("Save")
    walk.then_reads("Your choice is saved.")
    walk.follow("Quiet hours, or a pause of everything")
    walk.fill("Quiet from (only if you want quiet hours)", "9pm")
    walk.follow("Save")
    # Then a slip is said, and what she typed is still there
    walk.then_reads("There is a problem", "Enter when the quiet hours end, like 8am")
    walk.fill("Quiet until", "8am")
    walk.fill_date("Pause everything until (only if you want a break)", timezone.localdate() + timedelta(days=9))
    walk.follow("Save")
    walk.then_reads("Your choice is saved.")
    wish = maria.reminder_preferences.get(kind="groups.meeting_coming")
    assert sorted(wish.lead_minutes) == [120, 1440, 10080]
    assert (maria.quiet_time.starts, maria.quiet_time.ends) == (time(21), time(8))
    assert maria.quiet_time.resumes_on == timezone.localdate() + timedelta(days=9)


def test_a_refused_address(walk, client):
    # Given a member whose mailbox was full for a week
    maria = MembershipFactory(person__email="maria@example.org").person
    maria.mail_refusals, maria.refused_email = 3, maria.email
    maria.save()
    walk.sign_in(client, maria)
    # When she opens her home page, she is told, and takes it back
    walk.open("/")
    walk.then_reads("Emails to you come back", "maria@example.org")
    walk.follow("It works again, go on sending")
    walk.then_reads("We send to maria@example.org again.")
    walk.then_does_not_read("Emails to you come back")


def test_someone_without_email_is_rung(walk, client):
    # Given a meeting, and a member who has no email
    contact = MembershipFactory(person__preferred_name="Joan").person
    group = contact.memberships.get().group
    RoleTermFactory(group=group, person=contact)
    KeptMembershipFactory(group=group, name="Wilf", told_how="phone")
    meeting = MeetingFactory(group=group, starts_at=timezone.now() + timedelta(days=2))
    # When the contact looks who needs a call, and rings
    walk.sign_in(client, contact)
    walk.open(meeting.get_absolute_url())
    walk.follow("Who needs a call")
    walk.then_reads("Wilf", "Not told yet")
    walk.follow("I will ring: Wilf")
    walk.then_reads("Joan rings them.")
    walk.follow("They know now: Wilf")
    # Then it is ticked
    walk.then_reads("They know", "Joan told them.")


def test_a_stuck_message(walk, client, with_second_factor):
    # Given a reminder that the mail server refused
    administrator = with_second_factor(PersonFactory(is_staff=True, is_superuser=True))
    now, goal = timezone.now(), GoalFactory()
    outbox.enqueue(
        kind=REVIEW,
        subject_id=goal.pk,
        recipient_ids=[goal.person_id],
        expires_at=now + timedelta(days=7),
        now=now,
    )
    Message.objects.update(state="parked", reason="The server refused it (550).", settled_at=now)
    # When an operator looks at delivery
    walk.sign_in(client, administrator)
    walk.open("/messages/delivery/")
    walk.then_reads("The server refused it (550).")
    walk.follow("It is time to look back at a goal")
    walk.choose("What should become of it?", "Try again now")
    walk.fill("Why?", "The relay is mended")
    walk.follow("Save")
    # Then it goes out again, and nothing is stuck
    walk.then_reads("It is tried again now.", "Nothing is stuck.")
    assert Message.objects.get().state == "pending"


def test_texts_to_a_phone(walk, client, notify):
    # Given a member who looks at texts sooner than at emails
    maria = MembershipFactory(person__preferred_name="Maria").person
    walk.sign_in(client, maria)
    walk.open("/account/")
    walk.follow("How messages reach you")
    # When she enters her number, with a slip at first, and the code that comes
    walk.follow("Add your mobile number")
    walk.fill("Your mobile number", "0117 496 0123")
    walk.follow("Send me a code")
    walk.then_reads("Enter a UK mobile number, like 07700 900123")
    walk.fill("Your mobile number", "07700 900123")
    walk.follow("Send me a code")
    walk.then_reads("We have sent a text with a code to 07700 900123.")
    walk.fill("The code in our text", notify.requests[0].json["personalisation"]["text"].partition(" ")[0])
    walk.follow("Confirm")
    # Then she chooses what comes as a text, and that texts stand in for emails
    walk.then_reads("Your number is confirmed. Now choose what comes as a text.")
    walk.tick("Text message")
    walk.follow("Save")
    walk.follow("How messages reach you")
    walk.then_reads("07700 900123", "We use instead: Email, Text message")
    assert maria.reminder_preferences.get(kind="groups.meeting_coming").channels == ["email", "text"]


#: What a browser does when it asks its push service for an address; the tests' browser has none to ask.
SHOWN = """async () => {
    const shown = await (await navigator.serviceWorker.ready).getNotifications();
    return shown.map(({ title, body, data }) => [title, body, data.url]);
}"""
SUBSCRIBE = """PushManager.prototype.subscribe = async () => ({toJSON: () => (%s)});"""


def test_notifications_on_a_device(walk, client, push_service):
    # Given a member with a phone that takes notifications
    goal = GoalFactory()
    walk.page.context.grant_permissions(["notifications"], origin=walk.address)
    keys = Browser(goal.person, "https://fcm.googleapis.com/fcm/send/abc")
    said = {"endpoint": keys.row.endpoint, "keys": {"p256dh": keys.row.p256dh, "auth": keys.row.auth}}
    keys.row.delete()
    walk.page.add_init_script(SUBSCRIBE % json.dumps(said))
    walk.sign_in(client, goal.person)
    # When she turns them on and chooses what comes that way
    walk.open("/messages/ways/")
    walk.follow("Turn on for this device")
    walk.then_reads("This device takes notifications. Now choose which.")
    choose(goal.person, "push", kind=REVIEW)
    now = timezone.now()
    outbox.enqueue(
        kind=REVIEW, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=now + timedelta(days=1), now=now
    )
    Device.objects.update(endpoint=f"{push_service.address}/push")
    assert send_all_due() == 1
    # Then her device shows it
    [request] = push_service.asked("/push")
    shown = deliver(walk.page, walk.address, json.dumps(keys.read(request)))
    assert shown == [["Peer Support", "Time to look back", walk.address + goal.get_absolute_url()]]
    # And no more once she has turned them off
    walk.open("/messages/ways/")
    walk.follow(re.compile("^Turn off: "))
    walk.then_reads("gets no more notifications.")
    assert not Device.objects.exists()


def deliver(page, address, payload):
    """Let the browser hand `payload` to our worker as its push service would; title, text and data of what it shows."""
    worker = page.context.new_cdp_session(page)
    found = []
    worker.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    worker.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    for _moment in range(100):
        if found:
            break
        page.wait_for_timeout(100)
    message = {"origin": address, "registrationId": found[0]["registrationId"], "data": payload}
    # A busy browser now and then drops what it was handed; push services try again as well, and the tag keeps it one.
    for _attempt in range(5):
        worker.send("ServiceWorker.deliverPushMessage", message)
        for _moment in range(30):
            if shown := page.evaluate(SHOWN):
                return shown
            page.wait_for_timeout(100)
    raise AssertionError("The device showed nothing.")
