"""Notifications on a person's own devices, against a push service that they are really encrypted for."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from py_vapid import b64urlencode

from peersupport.reminders import outbox, ways
from peersupport.reminders.channels.push import public_key
from peersupport.reminders.models import Device, Message, Preference, StandIn
from peersupport.reminders.sending import send_all_due
from tests.factories import GoalFactory, PersonFactory
from tests.reminders.channels import Browser, choose
from tests.reminders.conftest import NAME

pytestmark = pytest.mark.django_db
ADDRESS = "https://fcm.googleapis.com/fcm/send/abc"
KEY = ec.derive_private_key(1, ec.SECP256R1()).public_key()
POINT = b64urlencode(KEY.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
NO_POINT, SECRET = b64urlencode(b"\x04" + bytes(64)), b64urlencode(bytes(16))


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def goal(push_service, note_kind):
    goal = GoalFactory()
    choose(goal.person, "push")
    return goal


@pytest.fixture
def browser(goal, push_service):
    return Browser(goal.person, f"{push_service.address}/push/phone")


def write(goal, now, hours=24):
    expires_at = now + timedelta(hours=hours)
    outbox.enqueue(kind=NAME, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=expires_at, now=now)
    return Message.objects.get(subject_id=goal.pk, channel="push")


def state_of(message):
    message.refresh_from_db()
    return message.state, message.reason


def test_device_is_shown_what_it_is_and_nothing_about_health(goal, browser, push_service, now):
    message = write(goal, now)
    assert send_all_due() == 1
    [request] = push_service.asked("/push/phone")
    assert browser.read(request) == {
        "title": "Peer Support",
        "body": "A note for you",
        "url": "https://example.org/",
        "tag": str(message.message_id),
    }
    assert 86300 < int(request.headers["TTL"]) <= 86400
    assert request.headers["Authorization"].startswith("vapid t=")
    assert public_key() in request.headers["Authorization"]
    assert state_of(message) == ("sent", "")


def test_every_device_gets_it_and_one_that_is_gone_is_forgotten(goal, browser, push_service, now):
    tablet = Browser(goal.person, f"{push_service.address}/push/tablet")
    push_service.replies["/push/phone"] = (410, {})
    message = write(goal, now)
    assert send_all_due() == 1
    assert len(push_service.asked("/push/tablet")) == 1
    assert list(Device.objects.all()) == [tablet.row]
    assert state_of(message) == ("sent", "")


def test_email_stands_in_once_no_device_is_left(goal, browser, push_service, now):
    push_service.replies["/push/phone"] = (404, {})
    message = write(goal, now)
    send_all_due()
    assert state_of(message) == ("dropped", "The server refused it (404). It takes another way.")
    assert not Device.objects.exists()
    assert send_all_due() == 1
    assert mail.outbox[0].to == [goal.person.email]
    # And so it does from then on, since nothing reaches them this way any more.
    outbox.enqueue(
        kind=NAME,
        subject_id=goal.pk,
        recipient_ids=[goal.person_id],
        schedule_version=1,
        expires_at=now + timedelta(days=1),
        now=now,
    )
    send_all_due()
    assert send_all_due() == 1
    assert len(push_service.requests) == 1


def test_whoever_would_rather_miss_it_gets_no_email_instead(goal, push_service, now):
    StandIn.objects.create(person=goal.person, channels=[], changed_at=now)
    message = write(goal, now)
    send_all_due()
    assert state_of(message) == ("dropped", "No device of theirs takes notifications.")
    assert send_all_due() == 0
    assert mail.outbox == []


def test_device_whose_keys_are_none_is_forgotten_and_holds_up_nobody(goal, browser, push_service, now):
    Device.objects.create(
        person=goal.person, endpoint=f"{push_service.address}/x", p256dh=NO_POINT, auth=SECRET, name="x", added_at=now
    )
    write(goal, now)
    assert send_all_due() == 1
    assert list(Device.objects.all()) == [browser.row]


def test_service_that_is_busy_is_asked_again_later(goal, browser, push_service, now):
    push_service.replies["/push/phone"] = (503, {})
    message = write(goal, now)
    assert send_all_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.failures) == ("pending", 0, 1)


def test_line_that_breaks_leaves_it_in_doubt_and_the_device_shows_it_once(goal, browser, push_service, now):
    away = Device.objects.get()
    Device.objects.update(endpoint="http://127.0.0.1:1/push/phone")
    message = write(goal, now)
    assert send_all_due() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 1)
    away.save()
    Message.objects.update(next_attempt_at=timezone.now())
    assert send_all_due() == 1
    [request] = push_service.asked("/push/phone")
    assert browser.read(request)["tag"] == str(message.message_id)


def test_nobody_is_followed_elsewhere(goal, browser, push_service, now):
    push_service.moved = {"/push/phone"}
    write(goal, now)
    assert send_all_due() == 0
    assert push_service.asked("/elsewhere") == []


def test_one_message_by_two_ways_is_two_and_each_goes_once(goal, browser, push_service, now):
    choose(goal.person, "email", "push")
    outbox.enqueue(
        kind=NAME, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=now + timedelta(days=1), now=now
    )
    assert send_all_due() == 2
    assert (len(mail.outbox), len(push_service.requests)) == (1, 1)
    # An address that refuses mail needs nothing else: the device has it already.
    assert outbox.next_way(Message.objects.get(channel="push")) == ""


def test_mail_server_that_is_away_holds_up_no_notification(goal, browser, push_service, now, monkeypatch):
    choose(goal.person, "email", "push")

    def away(line):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", away)
    outbox.enqueue(
        kind=NAME, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=now + timedelta(days=1), now=now
    )
    assert send_all_due() == 1
    assert dict(Message.objects.values_list("channel", "state")) == {"email": "pending", "push": "sent"}


# Devices of one's own


@pytest.fixture
def person(client, push_service):
    person = PersonFactory()
    client.force_login(person)
    return person


def add(client, endpoint=ADDRESS, p256dh=POINT, auth=SECRET, agent="Mozilla/5.0 (Linux; Android 16) Chrome/140.0"):
    data = {"endpoint": endpoint, "p256dh": p256dh, "auth": auth}
    return client.post(reverse("reminders:device_add"), data, headers={"User-Agent": agent}, follow=True).text


def test_device_is_added_with_a_name_that_its_owner_knows(client, person, note_kind):
    page = add(client)
    assert "This device takes notifications." in page
    assert "Notification on your device" in page
    assert "Chrome on Android" in client.get(reverse("reminders:way_list")).text
    add(client)
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/push",
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com@evil.example/x",
        "https://fcm.googleapis.com:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1",
        "https://evil.example\\@fcm.googleapis.com/x",
        "https://evil.example#@fcm.googleapis.com/x",
        "https://fcm.googleapis.com",
        "file:///etc/passwd",
        "",
    ],
)
def test_nothing_is_sent_to_an_address_that_is_no_push_service(client, person, endpoint):
    assert "from a service that we don&#x27;t send to" in add(client, endpoint)
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("p256dh", "auth"), [("", SECRET), ("???", SECRET), (SECRET, SECRET), (POINT, POINT), (NO_POINT, SECRET)]
)
def test_keys_that_are_none_are_not_taken(client, person, p256dh, auth):
    add(client, p256dh=p256dh, auth=auth)
    assert not Device.objects.exists()


def test_device_of_windows_takes_notifications_too(client, person):
    add(client, "https://wns2-par02p.notify.windows.com/w/?token=abc")
    assert Device.objects.count() == 1


def test_whoever_turns_it_on_last_has_the_device(client, person):
    add(client)
    other = PersonFactory()
    client.force_login(other)
    add(client)
    assert Device.objects.get().person == other


def test_signing_out_ends_notifications_on_that_device_alone(client, person):
    add(client)
    other_browser = type(client)()
    other_browser.force_login(person)
    add(other_browser, f"{ADDRESS}-other")
    client.post(reverse("account_logout"))
    assert Device.objects.get().endpoint == f"{ADDRESS}-other"


def test_last_device_that_is_turned_off_leaves_email_behind(client, person, now):
    add(client)
    choose(person, "push")
    StandIn.objects.create(person=person, channels=["email", "push"], changed_at=now)
    page = client.post(reverse("reminders:device_remove", args=[Device.objects.get().pk]), follow=True).text
    assert "Chrome on Android gets no more notifications." in page
    assert Preference.objects.get().channels is None
    assert StandIn.objects.get().channels == ["email"]


def test_nobody_turns_off_the_device_of_another(client, person):
    theirs = Browser(PersonFactory(), ADDRESS)
    assert client.post(reverse("reminders:device_remove", args=[theirs.row.pk])).status_code == 404
    assert Device.objects.exists()


def test_a_person_keeps_five_devices_at_most(person, now):
    for number in range(7):
        ways.add_device(
            person_id=person.pk,
            endpoint=f"{ADDRESS}{number}",
            p256dh=POINT,
            auth=SECRET,
            name="Chrome",
            session_key="key",
            now=now + timedelta(minutes=number),
        )
    assert list(Device.objects.order_by("pk").values_list("endpoint", flat=True)) == [
        f"{ADDRESS}{number}" for number in range(2, 7)
    ]


def test_what_a_browser_gets_to_show_notifications_lies_at_the_root(client):
    response = client.get("/service-worker.js")
    assert response.headers["Content-Type"] == "text/javascript"
    assert "showNotification" in response.text


def test_nothing_of_it_is_there_where_notifications_are_not_set_up(client, person, settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert "Notifications on your devices" not in client.get(reverse("reminders:way_list")).text
    assert client.post(reverse("reminders:device_add"), {}).status_code == 404


def test_stand_ins_are_chosen_and_shown(client, person):
    add(client)
    page = client.get(reverse("reminders:way_list")).text
    assert "We use instead: Email" in " ".join(page.split())
    data = {"channels": ["push"]}
    assert "Notification on your device" in client.post(reverse("reminders:stand_in_edit"), data, follow=True).text
    assert StandIn.objects.get(person=person).channels == ["push"]
    client.post(reverse("reminders:stand_in_edit"), {})
    assert StandIn.objects.get(person=person).channels == []
    assert "You would rather miss it." in client.get(reverse("reminders:way_list")).text


def test_payload_fits_into_what_push_services_take(goal, browser, push_service, now):
    write(goal, now)
    send_all_due()
    assert len(push_service.requests[0].body) < 4096
