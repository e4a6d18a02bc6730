import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from members import services
from members.models import Person
from peersupport.access import log
from tests.factories import NOW, GoalFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    person = PersonFactory(preferred_name="Maria")
    client.force_login(person)
    return person


def test_account_page_shows_own_details(client, person):
    assert person.email in client.get(reverse("members:account")).text


def test_details_are_saved(client, person):
    response = client.post(
        reverse("members:profile_edit"), {"preferred_name": "Mia", "time_zone": "Europe/Lisbon"}, follow=True
    )
    person.refresh_from_db()
    assert (person.preferred_name, person.time_zone) == ("Mia", "Europe/Lisbon")
    assert "Your details are saved." in response.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"preferred_name": "", "time_zone": "Europe/Lisbon"}, "Enter the name you like to be called"),
        ({"preferred_name": "M" * 81, "time_zone": "Europe/Lisbon"}, "Use 80 characters or fewer. You have used 81."),
        ({"preferred_name": "Mia", "time_zone": "Mars/Olympus"}, "Choose one of the answers"),
    ],
)
def test_bad_details_get_a_sentence_and_keep_what_was_typed(client, person, typed, sentence):
    page = client.post(reverse("members:profile_edit"), typed).text
    assert sentence in page
    assert typed["preferred_name"] in page
    person.refresh_from_db()
    assert person.preferred_name == "Maria"


def test_times_are_shown_in_the_persons_own_zone(client, person):
    person.time_zone = "Asia/Tokyo"
    person.save()
    log.record(
        actor=PersonFactory(), action="viewed", obj=GoalFactory(person=person), subject=person, route="x", now=NOW
    )
    assert "Tuesday 24 November 2026, 9pm" in client.get(reverse("members:look_list")).text


def test_looks_of_others_are_listed_and_other_peoples_are_not(client, person):
    researcher, stranger = PersonFactory(preferred_name="Dr Lookwell"), PersonFactory(preferred_name="Nosey")
    log.record(actor=researcher, action="viewed", obj=GoalFactory(person=person), subject=person, route="x")
    log.record(actor=stranger, action="viewed", obj=GoalFactory(), subject=PersonFactory(), route="x")
    page = client.get(reverse("members:look_list")).text
    assert "Dr Lookwell" in page
    assert "Nosey" not in page


@pytest.mark.parametrize("number", [1, 3, 50])
def test_list_of_looks_costs_the_same_queries(client, person, number, django_assert_num_queries):
    for _index in range(number):
        log.record(actor=PersonFactory(), action="viewed", obj=GoalFactory(), subject=person, route="x")
    client.get("/")
    with django_assert_num_queries(5):
        client.get(reverse("members:look_list"))


def test_find_or_add_person_makes_an_account_without_a_password():
    person, is_new = services.find_or_add_person(email=" New@Example.org ", preferred_name="New", now=NOW)
    assert (is_new, person.email, person.has_usable_password()) == (True, "new@example.org", False)


def test_find_or_add_person_finds_an_address_in_any_case():
    known = PersonFactory(email="known@example.org")
    found, is_new = services.find_or_add_person(email="KNOWN@example.ORG", preferred_name="Other", now=NOW)
    assert (found, is_new) == (known, False)
    known.refresh_from_db()
    assert known.preferred_name != "Other"


def test_address_is_unique_in_any_case():
    PersonFactory(email="one@example.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="ONE@example.org", preferred_name="Two")


def test_person_has_a_name():
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(preferred_name="")
