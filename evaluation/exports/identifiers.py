"""Identifiers and dates as they leave: keyed, so that no list of candidates reverses them.

One key per study and use, derived (HKDF-SHA256, RFC 5869) from EXPORT_KEY, which is not in the database. Successive
exports of one study carry the same identifiers, but for those asked for on their own; two studies share none.
"""

import hashlib
import hmac
from collections.abc import Callable
from functools import cached_property

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from evaluation.exports.variables import prefix
from evaluation.models import Export

#: A shift is whole weeks, so that weekdays stay true, and at least a month, so that none is close to the truth.
LEAST_WEEKS, MOST_WEEKS = 5, 52
_BLOCK = 64


class Identifiers:
    """Makes the identifiers of one study's exports; with a `salt`, of one export alone, which no other links to."""

    def __init__(self, study_id: int, salt: str = ""):
        self.study_id, self.salt = study_id, salt

    @classmethod
    def of_export(cls, export: Export) -> "Identifiers":
        return cls(export.study_id, export.salt)

    @property
    def mode(self) -> str:
        return "single" if self.salt else "study"

    @property
    def key_id(self) -> str:
        """Names the key without telling it: the manifest holds this."""
        return hashlib.sha256(self._key("key id")).hexdigest()[:16]

    def of(self, use: str, key: int | str) -> str:
        """The identifier of a row: what it is of, in two letters, and 20 hexadecimal digits (80 bits)."""
        return self.maker(use)(str(key).encode()).decode()

    def maker(self, use: str) -> Callable[[bytes], bytes]:
        """What `of` does, on bytes and for millions of rows: HMAC-SHA256 with the key's two blocks hashed once."""
        key, start = self._key(use).ljust(_BLOCK, b"\0"), prefix(use).encode()
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key))
        outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))

        def make(message):
            first, second = inner.copy(), outer.copy()
            first.update(message)
            second.update(first.digest())
            return start + second.digest()[:10].hex().encode()

        return make

    def guid(self, use: str, key: int | str) -> str:
        """A UUID where programs want one: version 5, in a namespace that nobody else knows."""
        digest = self._namespace.copy()
        digest.update(f"{use} {key}".encode())
        # As uuid.uuid5 does (RFC 9562), in a fifth of the time: there is one of these for each coding.
        made = digest.hexdigest()
        variant = "89ab"[int(made[16], 16) & 3]
        return f"{made[:8]}-{made[8:12]}-5{made[13:16]}-{variant}{made[17:20]}-{made[20:32]}"

    @cached_property
    def _namespace(self):
        return hashlib.sha1(self._key("guid")[:16], usedforsecurity=False)

    def shift_days(self, group_id: int) -> int:
        """By how many days all dates of a group are moved: whole weeks, forwards or back, never none."""
        digest = hmac.digest(self._key("date"), str(group_id).encode(), "sha256")
        chosen = int.from_bytes(digest[:8])
        weeks = LEAST_WEEKS + chosen % (MOST_WEEKS - LEAST_WEEKS + 1)
        return 7 * (weeks if chosen >> 63 else -weeks)

    def _key(self, use):
        single = f"\0export {self.salt}" if self.salt else ""
        info = f"peersupport export\0study {self.study_id}{single}\0{use}".encode()
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(settings.EXPORT_KEY.encode())
