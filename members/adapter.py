"""What allauth asks of us."""

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from peersupport.reminders.ways import forget_devices_of_session

PLAIN_ERRORS = {
    "account_inactive": _("This account is closed. Ask the people who run this service if you think that is wrong."),
    "duplicate_email": _("You have added this email address already. Enter another one"),
    "email_password_mismatch": _("Check your email address and your password: they don't match an account"),
    "email_taken": _("Enter another email address: this one has an account already"),
    "enter_current_password": _("Enter the password you have now"),
    "incorrect_code": _("Check the code: it is not the one we expect. If it is old, ask for a new one"),
    "incorrect_password": _("Check your password: it is not the right one"),
    "rate_limited": _("You have tried many times. Wait a few minutes, then try again"),
    "same_as_current": _("Enter a new one: this is the one you have now"),
    "too_many_login_attempts": _("You have tried many times. Wait a few minutes, then try again"),
}


class AccountAdapter(DefaultAccountAdapter):
    """Saves the preferred name with a new account, ends notifications on signing out, says what to do about errors."""

    error_messages = DefaultAccountAdapter.error_messages | PLAIN_ERRORS

    def save_user(self, request, user, form, commit=True):
        user.preferred_name = form.cleaned_data["preferred_name"]
        return super().save_user(request, user, form, commit)

    def logout(self, request):
        """Others may use this browser: it takes no more notifications."""
        if request.session.session_key:
            forget_devices_of_session(session_key=request.session.session_key)
        super().logout(request)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps TOTP seeds and recovery seeds encrypted: allauth's own `encrypt` does nothing."""

    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": PLAIN_ERRORS["incorrect_code"]}

    def encrypt(self, text):
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return _fernet().decrypt(encrypted_text.encode()).decode()


def _fernet():
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"members.second_factor\0" + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
