"""Roles that work with other people's records sign in with a second factor."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.urls import reverse

from tests.factories import MembershipFactory, PersonFactory, RoleTermFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tutor():
    return RoleTermFactory(role="tutor").person


def test_tutor_without_second_factor_is_sent_to_set_one_up(client, tutor):
    client.force_login(tutor)
    response = client.get("/")
    assert (response.status_code, response.url) == (302, reverse("mfa_index"))


def test_tutor_with_second_factor_goes_on(client, tutor):
    Authenticator.objects.create(user=tutor, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(tutor)
    assert client.get("/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client, tutor):
    Authenticator.objects.create(user=tutor, type=Authenticator.Type.RECOVERY_CODES, data={})
    client.force_login(tutor)
    assert client.get("/").status_code == 302


def test_member_needs_none(client):
    client.force_login(MembershipFactory().person)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_activate_totp", "account_logout", "account_reauthenticate", "privacy"]
)
def test_pages_needed_to_set_it_up_or_leave_stay_open(client, tutor, name):
    client.force_login(tutor)
    response = client.get(reverse(name))
    assert response.status_code == 200 or "reauthenticate" in response.url


def test_someone_without_password_or_factor_is_told_to_sign_in_again(client):
    client.force_login(PersonFactory())
    page = client.get(reverse("account_reauthenticate"))
    assert page.status_code == 200
    assert "sign in with a new code" in page.text


def test_posting_is_stopped_too(client, tutor):
    client.force_login(tutor)
    response = client.post(reverse("members:profile_edit"), {"preferred_name": "X", "time_zone": "Europe/Paris"})
    assert response.url == reverse("mfa_index")
    tutor.refresh_from_db()
    assert tutor.preferred_name != "X"


def test_seeds_are_encrypted_and_readable_after_a_key_change(settings):
    sealed = get_adapter().encrypt("SEED")
    assert "SEED" not in sealed
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [old]
    assert get_adapter().decrypt(sealed) == "SEED"


def test_signed_in_pages_are_kept_by_no_cache(client):
    client.force_login(PersonFactory())
    assert client.get("/")["Cache-Control"] == "no-store, private"
