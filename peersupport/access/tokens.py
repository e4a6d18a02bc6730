"""Secrets that go out in links and on paper, made anew when needed and never stored.

A token is HMAC-SHA256 over purpose, row and nonce under a key derived from SECRET_KEY. The row keeps the
nonce and the token's fingerprint: whoever has only the database has no link. A new nonce revokes the old token.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

# Crockford's base 32: no I, L, O, U to be misread on paper.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
CODE_LENGTH = 10


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def derive(purpose: str, pk: int, nonce: str) -> str:
    """The token (256 bits, URL-safe, 43 characters) of row `pk` for `purpose`."""
    return base64.urlsafe_b64encode(_digest(purpose, pk, nonce)).rstrip(b"=").decode()


def short_code(purpose: str, pk: int, nonce: str) -> str:
    """A code to type from paper: 10 characters (50 bits), like "7K3M9-QX2RD". Guard its page with a rate limit."""
    text = base64.b32encode(_digest(purpose, pk, nonce)).decode()[:CODE_LENGTH]
    code = text.translate(str.maketrans(_STANDARD, _ALPHABET))
    return f"{code[:5]}-{code[5:]}"


def digits(purpose: str, pk: int, nonce: str) -> str:
    """A code of six digits, to type from a phone. Guard its page with a limit on tries."""
    return f"{int.from_bytes(_digest(purpose, pk, nonce)) % 10**6:06}"


def read_code(typed: str) -> str:
    """What a person typed as the code it means: any case, spaces, and O for 0, I or L for 1."""
    plain = "".join(character for character in typed.upper() if character.isalnum())
    plain = plain.translate(str.maketrans("OIL", "011"))
    return f"{plain[:5]}-{plain[5:]}"


def fingerprint(token: str) -> str:
    """What is stored of a token or code: SHA-256 keyed with SECRET_KEY, in hexadecimal (64 characters)."""
    return salted_hmac("peersupport.tokens.fingerprint", token, algorithm="sha256").hexdigest()


def _digest(purpose, pk, nonce):
    key = hashlib.sha256(b"peersupport.tokens.derive\0" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, f"{purpose}\0{pk}\0{nonce}".encode(), hashlib.sha256).digest()
