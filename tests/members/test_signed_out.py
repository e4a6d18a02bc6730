"""Whoever is not signed in is sent to sign in, and comes back to where they were."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from tests.factories import GoalFactory, PersonFactory

pytestmark = pytest.mark.django_db

SENTENCE = "That was not saved: you had been signed out."


def after(response):
    """Where signing in leads."""
    assert response.status_code == 302
    assert urlsplit(response.url).path == reverse("account_login")
    return parse_qs(urlsplit(response.url).query)["next"]


def test_page_that_was_asked_for_comes_after_signing_in(client):
    assert after(client.get("/goals/?before=7")) == ["/goals/?before=7"]
    assert SENTENCE not in client.get(reverse("account_login")).text


def test_form_that_was_sent_leads_back_to_its_page_and_says_so(client):
    page = "http://testserver/goals/add/?from=home"
    assert after(client.post("/goals/add/", {"what": "Choir"}, headers={"Referer": page})) == ["/goals/add/?from=home"]
    assert SENTENCE in client.get(reverse("account_login")).text


def test_button_that_only_takes_posts_leads_back_to_the_page_it_stood_on(client):
    """GET at its own address would be answered with 405."""
    sent = client.post("/meetings/7/answer/", {"answer": "coming"}, headers={"Referer": "http://testserver/"})
    assert after(sent) == ["/"]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://evil.example/goals/",
        "//evil.example/",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "http://[::1",
        "\\\\evil.example\\goals",
    ],
)
def test_page_that_is_not_ours_leads_home(client, page):
    assert after(client.post("/goals/add/", headers={"Referer": page})) == ["/"]


def test_script_that_was_signed_out_leaves_no_sentence_for_a_page(client):
    client.post(reverse("supportplans:waiting_log"), headers={"Sec-Fetch-Mode": "cors"})
    assert SENTENCE not in client.get(reverse("account_login")).text


def test_nothing_is_done_for_someone_who_is_not_signed_in(client):
    goal = GoalFactory()
    client.post(reverse("supportplans:goal_edit", args=[goal.pk]), {"what": "Hacked"})
    goal.refresh_from_db()
    assert goal.what != "Hacked"


def test_signing_in_again_leads_back_to_the_page(client):
    person = PersonFactory()
    person.set_password("a long enough password")
    person.save()
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    signed_out = client.post("/goals/add/", headers={"Referer": "http://testserver/goals/add/"})
    page = client.get(signed_out.url)
    assert page.context["redirect_field_value"] == "/goals/add/"
    typed = {"login": person.email, "password": "a long enough password", "next": "/goals/add/"}
    assert client.post(reverse("account_login"), typed).url == "/goals/add/"
