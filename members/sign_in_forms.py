"""allauth's forms in our own words: what a box is for, and what to enter when it is wrong or empty."""

from allauth.account import forms as account
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

EMAIL_MISSING = _("Enter your email address")
EMAIL_WRONG = _("Enter an email address in the right format, like name@example.com")
CODE_MISSING = _("Enter the code")
PASSWORD_MISSING = _("Enter your password")
PASSWORD_HINT = _("At least 12 characters. Three words in a row make a good one.")

# Name of the field: label, hint (None leaves what allauth says), what to say when it is empty.
WORDS = {
    "login": (_("Your email address"), None, EMAIL_MISSING),
    "email": (_("Your email address"), None, EMAIL_MISSING),
    "password": (_("Password"), None, PASSWORD_MISSING),
    "oldpassword": (_("Your password now"), "", PASSWORD_MISSING),
    "password1": (_("New password"), PASSWORD_HINT, _("Enter a new password")),
    "password2": (_("New password again"), "", _("Enter the new password again")),
    "code": (_("Code"), None, CODE_MISSING),
    "name": (_("Name of this key"), _("So that you can tell your keys apart."), _("Enter a name for the key")),
    "passwordless": (
        _("Sign in with this key alone"),
        _("Your device will ask for your face, your fingerprint or a PIN."),
        "",
    ),
}


class Plainly:
    """Mixed into a form of allauth: sets WORDS, and those of the form's own `words` over them."""

    words = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        for name, field in self.fields.items():
            label, hint, missing = (WORDS | self.words).get(name, (field.label, None, ""))
            field.label = label
            field.help_text = field.help_text if hint is None else hint
            if missing:
                field.error_messages["required"] = missing
            if name in ("login", "email"):
                field.error_messages["invalid"] = EMAIL_WRONG


class LoginForm(Plainly, account.LoginForm):
    pass


class RequestLoginCodeForm(Plainly, account.RequestLoginCodeForm):
    pass


class ConfirmLoginCodeForm(Plainly, account.ConfirmLoginCodeForm):
    pass


class ConfirmEmailVerificationCodeForm(Plainly, account.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmPasswordResetCodeForm(Plainly, account.ConfirmPasswordResetCodeForm):
    pass


class ChangeEmailForm(Plainly, account.ChangeEmailForm):
    pass


class AddEmailForm(Plainly, account.AddEmailForm):
    words = {"email": (_("New email address"), _("We send a code to it, to check that it is yours."), EMAIL_MISSING)}


class ChangePasswordForm(Plainly, account.ChangePasswordForm):
    pass


class SetPasswordForm(Plainly, account.SetPasswordForm):
    words = {
        "password1": (_("Password"), PASSWORD_HINT, _("Enter a password")),
        "password2": (_("Password again"), "", _("Enter the password again")),
    }


class ResetPasswordForm(Plainly, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Plainly, account.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Plainly, account.ReauthenticateForm):
    pass


SECOND_STEP = {"code": (_("Code"), _("From the app on your phone, or one of your spare codes."), CODE_MISSING)}


class AuthenticateForm(Plainly, mfa.AuthenticateForm):
    words = SECOND_STEP


class ReauthenticateCodeForm(Plainly, mfa.ReauthenticateForm):
    words = SECOND_STEP


class ActivateTOTPForm(Plainly, totp.ActivateTOTPForm):
    words = {"code": (_("Code that the app shows"), "", CODE_MISSING)}

    def clean_code(self):
        """The spare codes come next and ask who it is: this code is the answer, as it can't be used twice."""
        code = super().clean_code()
        record_authentication(context.request, self.user, method="mfa", type="totp", reauthenticated=True)
        return code


class AddWebAuthnForm(Plainly, webauthn.AddWebAuthnForm):
    pass


class EditWebAuthnForm(Plainly, webauthn.EditWebAuthnForm):
    pass
