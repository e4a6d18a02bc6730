"""How people want to hear of things in the sample story, and one message that got stuck."""

from datetime import time, timedelta

from groups.models import Meeting, Membership
from groups.services.call import note_rung, take_call
from members.models import Person
from peersupport.access import tokens
from peersupport.demo.accounts import ACCOUNTS
from peersupport.demo.cast import Telling
from peersupport.reminders import outbox
from peersupport.reminders.models import Message, PhoneNumber
from peersupport.reminders.services import choose_reminders, edit_quiet_time
from peersupport.reminders.ways import allow_stand_in

COMING = "groups.meeting_coming"
LEADS = ([10080, 1440], [1440, 120], [120])


def tell_wishes(telling: Telling, circles):
    """Some want more reminders, some none; some sleep badly and want it quiet. One mailbox has been full for weeks."""
    people = [person for circle in circles for person in circle.members]
    for person in people:
        if telling.often(0.3):
            leads = telling.chance.choice(LEADS)
            choose_reminders(person_id=person.pk, wanted={COMING: True}, leads={COMING: leads}, now=telling.now)
        elif telling.often(0.1):
            choose_reminders(person_id=person.pk, wanted={COMING: False}, now=telling.now)
        if telling.often(0.2):
            night = {"starts": time(21), "ends": time(8), "resumes_on": None}
            edit_quiet_time(person_id=person.pk, now=telling.now, **night)
        if telling.often(0.2):
            _take_texts(telling, person)
    known = {account.email for account in ACCOUNTS}
    refused = telling.chance.choice([person for person in people if person.email not in known])
    Person.objects.filter(pk=refused.pk).update(mail_refusals=Person.MOST_REFUSALS, refused_email=refused.email)
    _tell_stuck(telling, telling.chance.choice(people))
    for circle in circles:
        _ring(telling, circle)


def _take_texts(telling, person):
    """They have a phone, and want to be told of meetings by text."""
    number = f"+447700900{telling.chance.randrange(1000):03}"
    asked = {"number": number, "nonce": tokens.new_nonce(), "asked_at": telling.now, "confirmed_at": telling.now}
    PhoneNumber.objects.create(person=person, **asked)
    channels = {COMING: telling.chance.choice([["text"], ["email", "text"]])}
    choose_reminders(person_id=person.pk, wanted={COMING: True}, channels=channels, now=telling.now)
    allow_stand_in(person_id=person.pk, channels=["email", "text"], now=telling.now)


def _ring(telling, circle):
    """Before the next meeting: some of those whom no message reaches know already, some are on somebody's list."""
    meeting = Meeting.objects.filter(group=circle.group, starts_at__gt=telling.now).going_ahead().first()
    members = Membership.objects.joined().out_of_reach().filter(group=circle.group).order_by("pk")
    for membership in members if meeting else []:
        if telling.often(0.7):
            do = telling.chance.choice([take_call, note_rung])
            do(meeting=meeting, membership=membership, by=circle.contact, now=telling.now)


def _tell_stuck(telling, person):
    """The mail server would not have it: an administrator sees it on the delivery page."""
    meeting = Meeting.objects.filter(group__memberships__person=person).upcoming(now=telling.now).first()
    if meeting is None:
        return
    outbox.enqueue(
        kind="groups.meeting_planned",
        subject_id=meeting.pk,
        recipient_ids=[person.pk],
        due_at=telling.now - timedelta(hours=3),
        expires_at=meeting.starts_at,
        now=telling.now - timedelta(hours=3),
        schedule_version=meeting.sequence,
    )
    Message.objects.filter(subject_id=meeting.pk, recipient=person, kind="groups.meeting_planned").update(
        state=Message.State.PARKED,
        reason="The server refused it (552).",
        settled_at=telling.now - timedelta(hours=3),
        failures=2,
    )
