"""The messages about a study's questions: one as they open, at most two while they wait, and only while it is true."""

from datetime import timedelta

import pytest
from django.core import mail

from evaluation.models import Administration, Occasion
from evaluation.reminders.questions import WAITING
from evaluation.services.administration import finish_administration
from evaluation.services.consent import withdraw
from evaluation.services.occasion import OPEN, decline_occasion, settle_occasions
from members.models import Person
from peersupport.reminders.models import Message, Preference
from peersupport.reminders.planning import plan_kind
from peersupport.reminders.registry import kind_named
from peersupport.reminders.sending import send_all_due
from tests.evaluation.questions import asked, days, plan, say
from tests.factories import AdministrationFactory, ConsentFormFactory, IdentityKeyFactory, OccasionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def occasion(study, lead, willing, now):
    return asked(study, lead, now)


def waiting(moment):
    """Plans what falls due at `moment`; gives how many rows were added."""
    return plan_kind(kind_named(WAITING), moment)


def versions():
    return sorted(Message.objects.filter(kind=WAITING).values_list("schedule_version", "due_at", "expires_at"))


def remind(occasion, moment):
    """A reminder about `occasion` that is due now."""
    waiting(moment)
    Message.objects.filter(kind=WAITING).update(due_at=occasion.opened_at, next_attempt_at=occasion.opened_at)


# When


def test_they_are_reminded_after_a_week_and_two_days_before_the_end_once_each(occasion, member):
    first, last = occasion.opened_at + days(7), occasion.closes_at - days(2)
    assert [waiting(moment) for moment in (first - days(1), first, first, last, last)] == [0, 1, 0, 1, 0]
    assert versions() == [(1, first, occasion.closes_at), (2, last, occasion.closes_at)]
    assert set(Message.objects.values_list("recipient", flat=True)) == {member.pk}


def test_short_time_has_one_reminder(study, lead, willing, now):
    plan(study, lead, now, window_days=7, phq4=["baseline"])
    settle_occasions(now=now)
    occasion = Occasion.objects.get()
    for day in range(8):
        waiting(now + days(day))
    assert [version for version, _due_at, _expires_at in versions()] == [2]
    assert versions()[0][1] == occasion.closes_at - days(2)


def test_after_an_outage_only_what_is_still_of_use_is_planned(occasion):
    assert waiting(occasion.opened_at) == 0
    assert waiting(occasion.closes_at - timedelta(hours=1)) == 2
    Message.objects.filter(kind=WAITING).delete()
    assert waiting(occasion.closes_at + days(1)) == 0


def test_who_has_no_account_gets_nothing(study, now):
    key = IdentityKeyFactory(participant__study=study, person=None, name="Dr Shah")
    row = OccasionFactory(study=study, participant=key.participant, opened_at=now - days(7))
    AdministrationFactory(occasion=row)
    assert waiting(now) == 0


@pytest.mark.parametrize("number", [1, 20])
def test_planning_is_one_statement_for_any_number(study, now, number, django_assert_num_queries):
    for _number in range(number):
        key = IdentityKeyFactory(participant__study=study)
        AdministrationFactory(
            occasion=OccasionFactory(study=study, participant=key.participant, opened_at=now - days(7))
        )
    waiting(now - days(1))
    with django_assert_num_queries(6):
        assert waiting(now) == number


# True when it is sent


def test_first_message_goes_out_once_and_says_nothing_of_what_is_asked(occasion, study):
    assert (send_all_due(), send_all_due()) == (1, 0)
    letter = mail.outbox[0]
    assert letter.subject == "A study has some questions for you"
    assert occasion.get_absolute_url() in letter.body
    assert study.title in letter.body
    assert [word for word in ("worry", "mood", "PHQ", "Bishopston") if word in letter.body] == []


def test_reminder_goes_out_while_something_is_left(occasion):
    send_all_due()
    remind(occasion, occasion.opened_at + days(7))
    assert send_all_due() == 1
    assert mail.outbox[-1].subject.startswith("A study's questions wait for you until ")


def answer(occasion, willing, member, now):
    administration = occasion.administrations.get()
    say(administration, member, now, nervous=1)
    finish_administration(administration=administration, by=member, now=now)


def decline(occasion, willing, member, now):
    decline_occasion(occasion=occasion, by=member, now=now)


def stop(occasion, willing, member, now):
    withdraw(participant=willing, scope="no_collection", by=member, method="own_page", now=now)


def no_contact(occasion, willing, member, now):
    withdraw(participant=willing, scope="no_contact", by=member, method="own_page", now=now)


def new_form(occasion, willing, member, now):
    """Nobody has said yes to the new version yet."""
    ConsentFormFactory(study=willing.study, version=2, published_at=now - timedelta(minutes=1))


def die(occasion, willing, member, now):
    Person.objects.filter(pk=member.pk).update(died_marked_at=now)


def close_behind_its_back(occasion, willing, member, now):
    Administration.objects.update(state="missed", closed_at=now)


@pytest.mark.parametrize("change", [answer, decline, stop, no_contact, new_form, die, close_behind_its_back])
@pytest.mark.parametrize("kind", [OPEN, WAITING])
def test_nothing_is_sent_once_it_is_no_longer_true(occasion, willing, member, now, change, kind):
    if kind == WAITING:
        send_all_due()
        remind(occasion, occasion.opened_at + days(7))
    sent = len(mail.outbox)
    change(occasion, willing, member, now)
    send_all_due()
    assert len(mail.outbox) == sent
    assert Message.objects.get(kind=kind).reason


@pytest.mark.parametrize("kind", [OPEN, WAITING])
def test_each_can_be_turned_off_where_it_is_received(kind):
    assert kind_named(kind).can_turn_off


def test_who_turned_it_off_is_asked_on_their_page_alone(study, lead, willing, member, now):
    Preference.objects.create(person=member, kind=OPEN, is_wanted=False, changed_at=now)
    asked(study, lead, now)
    assert not Message.objects.exists()
    assert Occasion.objects.open().count() == 1
