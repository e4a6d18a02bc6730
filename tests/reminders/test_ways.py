"""Which way each reminder takes: chosen per kind, held back in quiet hours, and what stands in for what fails."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from groups.models import Membership
from peersupport.reminders import outbox, services
from peersupport.reminders.letters import unsubscribe_address
from peersupport.reminders.models import Message, Preference, StandIn
from peersupport.reminders.planning import plan_all
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from tests.factories import GoalFactory, MeetingFactory, MembershipFactory
from tests.reminders.channels import choose, with_phone
from tests.reminders.conftest import NAME

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TEXTS = "/v2/notifications/sms"
COMING = "groups.meeting_coming"
PREFERENCES = reverse("reminders:preferences")


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def goal(notify, note_kind):
    goal = GoalFactory()
    with_phone(goal.person)
    return goal


@pytest.fixture
def person(client, goal):
    client.force_login(goal.person)
    return goal.person


def write(goal, now, hours=24):
    outbox.enqueue(
        kind=NAME, subject_id=goal.pk, recipient_ids=[goal.person_id], expires_at=now + hours * HOUR, now=now
    )


def states():
    return dict(Message.objects.values_list("channel", "state"))


def ways(page, kind):
    field = page.context["form"][f"{kind}-ways"]
    return sorted(str(choice.data["value"]) for choice in field if choice.data["selected"])


def test_each_kind_takes_the_ways_that_were_ticked_for_it(client, person):
    page = client.get(PREFERENCES)
    assert (ways(page, NAME), ways(page, COMING)) == (["email"], ["email"])
    data = {f"{NAME}-ways": ["text"], COMING: ["1440"], f"{COMING}-ways": ["email", "text"]}
    assert client.post(PREFERENCES, data).status_code == 302
    page = client.get(PREFERENCES)
    assert (ways(page, NAME), ways(page, COMING)) == (["text"], ["email", "text"])
    assert Preference.objects.get(kind="supportplans.goal_review").is_wanted is False


def test_kind_without_times_is_off_once_no_way_is_ticked_and_keeps_them(client, person):
    client.post(PREFERENCES, {f"{NAME}-ways": ["text"]})
    client.post(PREFERENCES, {})
    wish = Preference.objects.get(kind=NAME)
    assert (wish.is_wanted, wish.channels) == (False, ["text"])


def test_times_without_a_way_are_asked_about_and_nothing_is_lost(client, person):
    page = client.post(PREFERENCES, {COMING: ["120"]})
    assert "Tick how it should reach you, or untick the times above" in page.text
    assert page.context["form"][COMING].value() == ["120"]
    assert not Preference.objects.exists()


def test_whoever_has_only_email_is_asked_nothing_about_ways(client, note_kind):
    client.force_login(GoalFactory().person)
    assert not [name for name in client.get(PREFERENCES).context["form"].fields if name.endswith("-ways")]


def test_a_way_that_is_not_set_up_is_refused(client, person):
    assert "There is a problem" in client.post(PREFERENCES, {f"{NAME}-ways": ["push"]}).text


def test_planning_makes_one_message_for_each_way(notify, now):
    member = MembershipFactory()
    with_phone(member.person)
    choose(member.person, "email", "text", kind=COMING)
    MeetingFactory(group=member.group, starts_at=now + 24 * HOUR)
    plan_all(now)
    plan_all(now)
    assert sorted(Message.objects.filter(kind=COMING).values_list("channel", flat=True)) == ["email", "text"]
    assert send_all_due() == 2
    [text] = notify.asked(TEXTS)
    assert text.json["personalisation"]["text"].startswith("Peer Support: Your group meets on ")
    assert member.group.name not in text.json["personalisation"]["text"]


def test_a_way_that_was_unticked_since_is_not_taken(goal, now):
    choose(goal.person, "email", "text")
    write(goal, now)
    choose(goal.person, "text")
    assert send_all_due() == 1
    assert states() == {"email": "dropped", "text": "sent"}
    assert Message.objects.get(channel="email").reason == "They chose another way since."


def test_a_way_that_was_chosen_since_is_taken(goal, notify, now):
    write(goal, now)
    choose(goal.person, "text")
    assert send_all_due() == 1
    assert (states(), len(notify.asked(TEXTS)), mail.outbox) == ({"email": "dropped", "text": "sent"}, 1, [])


def quiet_now(person, now):
    starts, ends = (at.astimezone(person.zone).time() for at in (now - HOUR, now + HOUR))
    services.edit_quiet_time(person_id=person.pk, starts=starts, ends=ends, resumes_on=None, now=now)


def test_no_text_comes_in_quiet_hours(goal, notify, now):
    choose(goal.person, "text")
    quiet_now(goal.person, now)
    write(goal, now)
    assert (send_all_due(), states(), notify.requests) == (0, {"text": "pending"}, [])


def test_what_quiet_hours_would_make_too_late_comes_as_an_email_where_that_is_allowed(goal, notify, now):
    choose(goal.person, "text")
    quiet_now(goal.person, now)
    write(goal, now, hours=0.5)
    assert (send_all_due(), send_all_due()) == (0, 1)
    assert (notify.requests, len(mail.outbox)) == ([], 1)
    reason = Message.objects.get(channel="text").reason
    assert reason == "It would have disturbed their quiet hours. It takes another way."


def refuse_mail(monkeypatch, code=550, text=b"5.1.1 no such mailbox"):
    import smtplib

    def refuse(connection, letters):
        raise smtplib.SMTPRecipientsRefused({letters[0].to[0]: (code, text)})

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)


def test_text_stands_in_for_an_email_that_is_refused_where_that_is_allowed(goal, notify, now, monkeypatch):
    refuse_mail(monkeypatch)
    StandIn.objects.create(person=goal.person, channels=["email", "text"], changed_at=now)
    write(goal, now)
    # In one pass: the channels come one after the other.
    assert send_all_due() == 1
    assert states() == {"email": "dropped", "text": "sent"}
    assert Message.objects.get(channel="email").reason == "The server refused it (550). It takes another way."
    assert len(notify.asked(TEXTS)) == 1


def test_nothing_stands_in_where_nobody_allowed_it(goal, notify, now, monkeypatch):
    refuse_mail(monkeypatch)
    write(goal, now)
    assert (send_all_due(), states(), notify.requests) == (0, {"email": "parked"}, [])


def test_what_stands_in_goes_in_no_circle(goal, notify, now, monkeypatch):
    refuse_mail(monkeypatch)
    notify.replies[TEXTS] = (400, {"errors": [{"error": "ValidationError", "message": "phone_number is not valid"}]})
    StandIn.objects.create(person=goal.person, channels=["email", "text"], changed_at=now)
    write(goal, now)
    for _time in range(3):
        assert send_all_due() == 0
    assert states() == {"email": "dropped", "text": "parked"}


def test_what_is_only_put_off_goes_no_other_way(goal, notify, now, monkeypatch):
    refuse_mail(monkeypatch, 450, b"4.2.2 mailbox full")
    StandIn.objects.create(person=goal.person, channels=["email", "text"], changed_at=now)
    write(goal, now)
    assert (send_all_due(), states()) == (0, {"email": "pending"})


def test_who_leaves_meanwhile_gets_nothing_another_way(notify, now, monkeypatch):
    member = MembershipFactory()
    with_phone(member.person)
    refuse_mail(monkeypatch)
    StandIn.objects.create(person=member.person, channels=["text"], changed_at=now)
    MeetingFactory(group=member.group, starts_at=now + 24 * HOUR)
    plan_all(now)
    monkeypatch.setattr("peersupport.reminders.channels.text.TextChannel.reason_against", lambda *_: "away")
    send_all_due()
    monkeypatch.undo()
    Message.objects.filter(channel="text").update(state="pending", reason="", settled_at=None)
    Membership.objects.update(state="left", ended_at=now)
    assert send_all_due() == 0
    assert Message.objects.get(channel="text", kind=COMING).reason == "They have left the group."


def test_one_click_stops_the_email_and_leaves_the_text(client, goal, now):
    choose(goal.person, "email", "text")
    write(goal, now)
    address = unsubscribe_address(Message.objects.get(channel="email"), kind_named(NAME))
    assert "You won't get these any more" in client.post(address, {"List-Unsubscribe": "One-Click"}).text
    wish = Preference.objects.get()
    assert (wish.is_wanted, wish.channels) == (True, ["text"])
    client.post(address, {"again": "yes"})
    assert sorted(Preference.objects.get().channels) == ["email", "text"]


def test_one_click_turns_off_what_comes_by_email_alone(client, goal, now):
    write(goal, now)
    address = unsubscribe_address(Message.objects.get(), kind_named(NAME))
    client.post(address, {"List-Unsubscribe": "One-Click"})
    assert Preference.objects.get().is_wanted is False
    client.post(address, {"again": "yes"})
    wish = Preference.objects.get()
    assert (wish.is_wanted, wish.channels) == (True, ["email"])


def test_list_of_what_was_sent_says_which_way(client, person, goal, now):
    choose(person, "text")
    write(goal, now)
    send_all_due()
    assert "Text message" in client.get(reverse("reminders:message_list")).text


@pytest.fixture
def unreached(notify):
    member = MembershipFactory()
    member.person.mail_refusals, member.person.refused_email = 3, member.person.email
    member.person.save()
    return member


def is_on_call_list(member):
    return Membership.objects.joined().out_of_reach().filter(pk=member.pk).exists()


def test_whom_a_text_reaches_need_not_be_rung(unreached, now, settings):
    assert is_on_call_list(unreached)
    phone = with_phone(unreached.person)
    assert is_on_call_list(unreached)
    StandIn.objects.create(person=unreached.person, channels=["text"], changed_at=now)
    assert not is_on_call_list(unreached)
    phone.refusals = 3
    phone.save()
    assert is_on_call_list(unreached)
    phone.refusals = 0
    phone.save()
    StandIn.objects.all().delete()
    choose(unreached.person, "text", kind=COMING)
    assert not is_on_call_list(unreached)
    settings.NOTIFY_TEXT_TEMPLATE = ""
    assert is_on_call_list(unreached)
