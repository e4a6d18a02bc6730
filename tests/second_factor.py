"""An authenticator app, for people whose role asks for a second factor."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)


def give_authenticator(person) -> None:
    TOTP.activate(person, generate_totp_secret())


def code_of(person) -> str:
    """What their app shows now."""
    kept = person.authenticator_set.get(type="totp").data["secret"]
    secret = get_adapter().decrypt(kept)
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
