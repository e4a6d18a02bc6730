"""What shows that a bundle was made here and is as it was made: an Ed25519 signature (RFC 8032) over its manifest.

The manifest has the checksum of every other file. The key is derived (HKDF-SHA256, RFC 5869) from EXPORT_KEY. Its
public half is published by this service and stands in no bundle: whoever changes a bundle could change it there too.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings

ALGORITHM = "Ed25519"


class NotAPublicKey(Exception):
    """What was given is no Ed25519 public key in PEM."""


def sign(content: bytes) -> bytes:
    """64 bytes, the same each time for the same content."""
    return _key().sign(content)


def is_signed(content: bytes, signature: bytes, pem: bytes) -> bool:
    """Whether `signature` over `content` was made with the key whose public half is `pem`. Raises NotAPublicKey."""
    try:
        key = load_pem_public_key(pem)
    except ValueError as error:
        raise NotAPublicKey from error
    if not isinstance(key, Ed25519PublicKey):
        raise NotAPublicKey
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def public_key() -> bytes:
    """This service's, as PEM (SubjectPublicKeyInfo), as openssl reads it."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint() -> str:
    """SHA-256 (hexadecimal) of the public key's 32 bytes, by which people compare it."""
    raw = _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def _key():
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"peersupport export\0signature")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.EXPORT_KEY.encode()))
