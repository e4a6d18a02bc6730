from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from members.models import Person
from members.services import find_or_add_person
from tests.factories import NOW


@pytest.mark.django_db(transaction=True)
def test_ten_callers_at_once_add_one_person():
    def call(number):
        try:
            return find_or_add_person(
                email=f"{'N' if number % 2 else 'n'}ew@example.org", preferred_name="New", now=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(call, range(10)))
    assert {person for person, _is_new in answers} == {Person.objects.get(email="new@example.org")}
    assert sum(is_new for _person, is_new in answers) == 1
