import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.template.loader import get_template
from django.urls import reverse

from tests.factories import NOW, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return PersonFactory(email="maria@example.org", preferred_name="Maria")


def code_in(message):
    return re.search(r"^    (\S+)$", message.body, re.MULTILINE)[1]


def test_sign_in_by_code(client, person):
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    page = client.post(reverse("account_request_login_code"), {"email": "maria@example.org"}, follow=True)
    assert "We sent an email with a code to <strong>maria@example.org</strong>" in page.text
    [message] = mail.outbox
    assert message.subject == "Your code to sign in"
    assert "Run by" in message.body
    client.post(reverse("account_confirm_login_code"), {"code": code_in(message)})
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("account_login", {"login": "", "password": "x"}, "Enter your email address"),
        (
            "account_login",
            {"login": "maria", "password": "x"},
            "Enter an email address in the right format, like name@example.com",
        ),
        ("account_login", {"login": "m@example.org", "password": ""}, "Enter your password"),
        ("account_login", {"login": "m@example.org", "password": "x"}, "Check your email address and your password"),
        ("account_request_login_code", {"email": ""}, "Enter your email address"),
        ("account_reset_password", {"email": "maria"}, "Enter an email address in the right format"),
        ("account_signup", {"email": "", "preferred_name": "Maria"}, "Enter your email address"),
        ("account_signup", {"email": "m@example.org", "preferred_name": ""}, "Enter the name you like to be called"),
    ],
)
def test_sign_in_forms_say_what_to_enter_and_keep_what_was_typed(client, name, typed, sentence):
    page = client.post(reverse(name), typed).text
    assert re.search(r'<li><a href="#id_\w+">' + re.escape(sentence), page) or re.search(
        r'<li><a href="#form-error">' + re.escape(sentence), page
    )
    assert "<title>Error:" in page
    for field in ("login", "email", "preferred_name"):
        if typed.get(field):
            assert f'value="{typed[field]}"' in page


def test_wrong_code_is_told(client, person):
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    client.post(reverse("account_request_login_code"), {"email": "maria@example.org"})
    page = client.post(reverse("account_confirm_login_code"), {"code": "nope"}).text
    assert '<li><a href="#id_code">Check the code: it is not the one we expect.' in page
    assert "<title>Error:" in page


def test_sign_up_without_password_asks_for_the_emailed_code(client):
    page = client.post(reverse("account_signup"), {"email": "new@example.org", "preferred_name": "Ada"}, follow=True)
    assert "We sent an email with a code to <strong>new@example.org</strong>" in page.text
    [message] = mail.outbox
    assert message.subject == "Your code to check your email address"
    done = client.post(reverse("account_email_verification_sent"), {"code": code_in(message)}, follow=True)
    assert done.context["user"].preferred_name == "Ada"


def test_sign_up_with_a_known_address_does_not_tell_the_page(client, person):
    page = client.post(reverse("account_signup"), {"email": person.email, "preferred_name": "Ada"}, follow=True)
    assert "We sent an email with a code to" in page.text
    [message] = mail.outbox
    assert message.subject == "You have an account already"


def test_unknown_address_is_told_by_email_only(client):
    page = client.post(reverse("account_request_login_code"), {"email": "who@example.org"}, follow=True)
    assert "We sent an email with a code to" in page.text
    [message] = mail.outbox
    assert message.subject == "There is no account with this email address"
    assert "/accounts/signup/" in message.body


@pytest.fixture
def signed_in(client, person):
    """Signed in with a code just now, so that no page asks again who it is."""
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    client.post(reverse("account_request_login_code"), {"email": person.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox.pop())})
    return client


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_email", "Your email address"),
        ("account_set_password", "Choose a password"),
        ("account_logout", "Sign out"),
        ("mfa_index", "Second step when you sign in"),
        ("mfa_activate_totp", "Set up the app"),
        ("mfa_add_webauthn", "Add a key"),
        ("mfa_list_webauthn", "Your keys"),
        ("usersessions_list", "Where you are signed in"),
    ],
)
def test_own_account_pages_stand_in_our_frame(signed_in, name, heading):
    page = signed_in.get(reverse(name)).text
    assert re.findall(r"<h1[^>]*>([^<]+)</h1>", page) == [heading]
    assert f"<title>{heading} – Peer Support</title>" in page
    assert "If you need help now" in page
    assert "This service is run by" in page


def test_changed_password_is_told_by_email(signed_in, person):
    typed = {"password1": "three calm words here", "password2": "three calm words here"}
    signed_in.post(reverse("account_set_password"), typed)
    [message] = mail.outbox
    assert message.subject == "You have a password now"
    assert reverse("usersessions_list") in message.body


def test_second_step_can_be_set_up_and_asks_at_the_next_sign_in(signed_in, person):
    page = signed_in.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert f'<span class="app-code">{secret}</span>' in page.text
    assert 'src="data:image/svg+xml' in page.text
    wrong = signed_in.post(reverse("mfa_activate_totp"), {"code": "0"}).text
    assert "Check the code: it is not the one we expect." in wrong
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    codes = signed_in.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)
    assert "Spare codes" in codes.text
    assert codes.text.count('class="app-code"') == 10
    signed_in.post(reverse("account_logout"))
    mail.outbox.clear()
    signed_in.post(reverse("account_request_login_code"), {"email": person.email})
    step = signed_in.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox.pop())}, follow=True)
    assert "One more step" in step.text


def test_sessions_are_named_by_device(signed_in, person):
    agent = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/131.0 Mobile Safari/537.36"
    session = person.usersession_set.get()
    session.user_agent = agent
    session.save()
    page = signed_in.get(reverse("usersessions_list")).text
    assert "Chrome on Android" in page
    assert "This device" in page


def test_closed_account_is_told_whom_to_ask(client):
    page = client.get(reverse("account_inactive")).text
    assert "This account is closed" in page
    assert settings.SERVICE_RUN_BY in page


def test_forgotten_password_is_replaced_with_a_code(client, person):
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    person.set_password("an old long password")
    person.save()
    client.post(reverse("account_reset_password"), {"email": person.email})
    [message] = mail.outbox
    assert message.subject == "Your code for a new password"
    typed = {"code": code_in(message)}
    page = client.post(reverse("account_confirm_password_reset_code"), typed, follow=True)
    assert "Choose a new password" in page.text
    form_url = page.redirect_chain[-1][0]
    short = client.post(form_url, {"password1": "short", "password2": "short"}).text
    assert "at least 12 characters" in short
    done = client.post(form_url, {"password1": "calm green hills", "password2": "calm green hills"}, follow=True)
    assert "Your new password is saved" in done.text
    person.refresh_from_db()
    assert person.check_password("calm green hills")


def test_pages_of_allauth_that_we_have_not_rewritten_wear_our_clothes(rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    context = {"form": forms.Form(), "trust_from": NOW, "trust_until": NOW + timedelta(days=14)}
    page = get_template("mfa/trust.html").render(context, request)
    assert '<h1 class="nhsuk-heading-xl app-page-header">' in page
    assert 'class="nhsuk-button nhsuk-button--secondary"' in page
    assert "<form novalidate" in page
    assert "This service is run by" in page
