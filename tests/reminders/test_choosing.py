"""What people choose to get, and what an unsubscribe address gives away: nothing."""

import re

import pytest
from django.core import signing
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from peersupport.reminders.letters import UNSUBSCRIBE_SALT
from peersupport.reminders.models import Message, Preference
from peersupport.reminders.sending import send_all_due
from peersupport.reminders.services import choose_reminders
from tests.factories import MembershipFactory, PersonFactory, RoleTermFactory
from tests.reminders.conftest import NAME

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = PersonFactory(preferred_name="Maria")
    client.force_login(person)
    return person


def token_for(person, kind=NAME):
    return signing.dumps([person.pk, kind], salt=UNSUBSCRIBE_SALT)


def unsubscribe_address(person, kind=NAME):
    return reverse("reminders:unsubscribe", args=[token_for(person, kind)])


def ticked(page):
    """The names of the boxes that are ticked."""
    boxes = re.findall(r"<input[^>]*type=\"checkbox\"[^>]*>", page)
    return {re.search(r'name="([^"]+)"', box)[1] for box in boxes if "checked" in box}


def test_every_kind_that_can_be_turned_off_is_offered_and_on(client, person, note_kind):
    page = client.get(reverse("reminders:preferences")).text
    assert {NAME, "groups.meeting_coming", "supportplans.goal_review"} <= ticked(page)
    assert "groups.invitation" not in page


def test_only_what_may_concern_a_person_is_offered(client, person):
    address = reverse("reminders:preferences")
    assert "groups.join_asked" not in client.get(address).text
    MembershipFactory(person=person)
    RoleTermFactory(person=person)
    client.force_login(person)
    fields = list(client.get(address).context["form"].fields)
    assert fields[0] == "groups.meeting_coming"
    assert "groups.join_asked" in fields
    assert "evaluation.export_settled" not in fields


def test_what_is_left_unticked_is_off_and_stays_so(client, person, note_kind):
    client.post(reverse("reminders:preferences"), {"groups.meeting_coming": "1440"})
    page = client.get(reverse("reminders:preferences")).text
    assert ticked(page) == {"groups.meeting_coming"}
    assert Preference.objects.get(person=person, kind=NAME).is_wanted is False


def test_each_lead_time_is_ticked_for_itself(client, person):
    name = "groups.meeting_coming"
    page = client.get(reverse("reminders:preferences"))
    assert page.context["form"][name].initial == ["1440"]
    client.post(reverse("reminders:preferences"), {name: ["120", "10080"]})
    wish = Preference.objects.get(person=person, kind=name)
    assert (wish.is_wanted, sorted(wish.lead_minutes)) == (True, [120, 10080])
    form = client.get(reverse("reminders:preferences")).context["form"]
    assert sorted(form[name].initial) == ["10080", "120"]


def test_none_of_the_lead_times_is_off_and_keeps_them_for_later(client, person):
    name = "groups.meeting_coming"
    client.post(reverse("reminders:preferences"), {name: "120"})
    client.post(reverse("reminders:preferences"), {})
    wish = Preference.objects.get(person=person, kind=name)
    assert (wish.is_wanted, wish.lead_minutes) == (False, [120])
    assert client.get(reverse("reminders:preferences")).context["form"][name].initial == []
    client.post(unsubscribe_address(person, name), {"again": "yes"})
    assert client.get(reverse("reminders:preferences")).context["form"][name].initial == ["120"]


def test_a_lead_time_that_is_not_offered_is_refused(client, person):
    page = client.post(reverse("reminders:preferences"), {"groups.meeting_coming": "5"}).text
    assert "There is a problem" in page
    assert not Preference.objects.exists()


def test_preferences_of_others_are_left_alone(client, person, note_kind):
    other = PersonFactory()
    client.post(reverse("reminders:preferences"), {})
    assert not Preference.objects.filter(person=other).exists()


def test_unsubscribe_page_tells_nothing_about_the_person(client, note_kind):
    person = PersonFactory(preferred_name="Secret Sam")
    page = client.get(unsubscribe_address(person)).text
    assert "Secret Sam" not in page
    assert person.email not in page


def test_token_of_another_purpose_opens_nothing(client, note_kind):
    token = signing.dumps([PersonFactory().pk, NAME], salt="something else")
    assert client.get(reverse("reminders:unsubscribe", args=[token])).status_code == 404


def test_kind_that_is_no_longer_sent_opens_nothing(client):
    assert client.get(unsubscribe_address(PersonFactory(), "tests.gone")).status_code == 404


def test_command_plans_and_sends_without_celery(enqueue, capsys):
    enqueue(timezone.now())
    call_command("reminders", "run")
    assert "1 sent" in capsys.readouterr().out


def test_what_waited_goes_out_when_its_kind_is_turned_on_again(enqueue):
    now = timezone.now()
    waiting, over = enqueue(now), enqueue(now)
    for message, later in ((waiting, now), (over, over.expires_at)):
        choose_reminders(person_id=message.recipient_id, wanted={NAME: False}, now=now)
        choose_reminders(person_id=message.recipient_id, wanted={NAME: True}, now=later)
    assert send_all_due() == 1
    assert set(Message.objects.values_list("pk", "state")) == {(waiting.pk, "sent"), (over.pk, "dropped")}
