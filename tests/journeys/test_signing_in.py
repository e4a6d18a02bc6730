"""Signing up and signing in: by a code, by a passkey, and with a second step."""

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail

from members.models import Person
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maria():
    person = PersonFactory(email="maria@example.org", preferred_name="Maria")
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    return person


def code_from_mail():
    return re.search(r"^    (\S+)$", mail.outbox.pop().body, re.MULTILINE)[1]


def sign_in_by_code(walk, email):
    walk.open("/accounts/login/")
    walk.fill("Your email address", email)
    walk.follow("Email me a code")
    walk.fill("Code", code_from_mail())
    walk.follow("Continue")


def code_of_app(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_someone_new_makes_an_account_without_a_password(walk):
    # Given someone who has no account
    walk.open("/accounts/login/")
    walk.follow("Make an account")
    # When they forget to say who they are, they are told, and what they typed is still there
    walk.fill("Your email address", "ada@example.org")
    walk.follow("Make my account")
    walk.then_reads("Enter the name you like to be called")
    assert walk.page.get_by_label("Your email address").input_value() == "ada@example.org"
    # And when they do, and type the code from the email
    walk.fill("Name you like to be called", "Ada")
    walk.follow("Make my account")
    walk.fill("Code", code_from_mail())
    walk.follow("Continue")
    # Then they are in
    walk.then_reads("Hello Ada")
    assert Person.objects.get(email="ada@example.org").has_usable_password() is False


def test_someone_signs_in_with_a_code_and_mistypes_it_once(walk, maria):
    # Given someone who asked for a code
    walk.open("/accounts/login/")
    walk.fill("Your email address", "maria@example.org")
    walk.follow("Email me a code")
    # When they mistype it
    walk.fill("Code", "AAAA")
    walk.follow("Continue")
    # Then they are told what to do, and the right code still works
    walk.then_reads("Check the code: it is not the one we expect.")
    walk.fill("Code", code_from_mail())
    walk.follow("Continue")
    walk.then_reads("Hello Maria")


def test_someone_adds_a_passkey_and_signs_in_with_it(walk, maria):
    # Given someone whose device knows them by their fingerprint
    device = walk.page.context.new_cdp_session(walk.page)
    device.send("WebAuthn.enable")
    abilities = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = abilities | {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in_by_code(walk, "maria@example.org")
    # When they add it as a key
    walk.open("/accounts/2fa/")
    walk.follow("Add a key")
    walk.fill("Name of this key", "My phone")
    walk.tab_to("Sign in with this key alone")
    walk.page.keyboard.press("Space")
    walk.follow("Add a key")
    walk.open("/accounts/2fa/webauthn/")
    walk.then_reads("My phone")
    # Then it signs them in, with nothing to type
    walk.follow("Sign out")
    walk.open("/accounts/login/")
    walk.tab_to("Sign in another way")
    walk.page.keyboard.press("Enter")
    walk.follow("Sign in with a passkey")
    walk.then_reads("Hello Maria")


def test_someone_sets_up_a_second_step_and_is_asked_for_it(walk, maria):
    # Given someone who is signed in
    sign_in_by_code(walk, "maria@example.org")
    # When they set up the app on their phone
    walk.open("/accounts/2fa/")
    walk.follow("Set up the app")
    secret = walk.page.locator(".app-code").inner_text()
    walk.fill("Code that the app shows", code_of_app(secret))
    walk.follow("Turn on the app")
    # Then they get spare codes to write down
    walk.then_reads("Spare codes")
    spare = walk.page.locator(".app-code").first.inner_text()
    # And the next time a code by email is not enough, and a spare one helps when the phone is lost
    walk.follow("Sign out")
    mail.outbox.clear()
    sign_in_by_code(walk, "maria@example.org")
    walk.then_reads("One more step")
    walk.fill("Code", spare)
    walk.follow("Sign in")
    walk.then_reads("Hello Maria")
