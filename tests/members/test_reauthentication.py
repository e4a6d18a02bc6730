"""The second factor, asked for again right before what can't be undone."""

import time
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from django.urls import reverse

from members.reauthentication import SecondFactorNeeded, addresses, ask_for_second_factor, require_fresh_second_factor
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def person():
    return PersonFactory()


def asked(person, *records, method="post", of=None):
    """A request whose session has these records of how someone signed in."""
    request = getattr(RequestFactory(), method)(
        "/research/exports/1/decide/?on=1", {"reason": "It is in the protocol."}
    )
    request.user, request.session = person, SessionStore()
    request.session["account_authentication_methods"] = list(records)
    request.session["account_authentication_methods_user"] = str((of or person).pk)
    return request


def given(method="mfa", ago=timedelta(0), **more):
    return {"method": method, "at": time.time() - ago.total_seconds()} | more


def is_asked_again(request):
    try:
        require_fresh_second_factor(request)
    except SecondFactorNeeded:
        return True
    return False


@pytest.mark.parametrize(
    ("ago", "again"),
    [
        (timedelta(0), False),
        (FIVE_MINUTES - timedelta(seconds=5), False),
        (FIVE_MINUTES, True),
        (timedelta(hours=8), True),
    ],
)
def test_it_holds_for_five_minutes(person, ago, again):
    assert is_asked_again(asked(person, given(ago=ago))) is again


def test_the_last_one_counts(person):
    assert not is_asked_again(asked(person, given(ago=timedelta(hours=1)), given()))
    assert not is_asked_again(asked(person, given(ago=timedelta(hours=1)), given("code"), given(reauthenticated=True)))


@pytest.mark.parametrize("method", ["password", "code", "socialaccount"])
def test_nothing_else_is_a_second_factor(person, method):
    assert is_asked_again(asked(person, given(method, reauthenticated=True)))


def test_session_without_any_is_asked(person):
    assert is_asked_again(asked(person))


def test_what_someone_else_gave_in_this_session_does_not_count(person):
    assert is_asked_again(asked(person, given(), of=PersonFactory()))


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_is_free(person, method):
    assert not is_asked_again(asked(person, method=method))


def test_what_was_posted_waits_in_the_session_and_leads_back(person):
    request = asked(person)
    answer = ask_for_second_factor(request)
    assert answer.status_code == 302
    assert answer.url == f"{reverse('mfa_reauthenticate')}?next=%2Fresearch%2Fexports%2F1%2Fdecide%2F%3Fon%3D1"
    assert "It+is+in+the+protocol." in request.session["account_reauthentication_state"]["request"]


def test_form_is_sent_to_its_own_page_wherever_it_is_shown(person):
    assert addresses(asked(person), "/back/") == {
        "action_url": "/research/exports/1/decide/",
        "cancel_url": "/back/",
    }
