"""Identifiers and dates as they leave: keyed, so that no list of candidates reverses them.

One key per study and use, derived (HKDF-SHA256, RFC 5869) from EXPORT_KEY, which is not in the database. Successive
exports of one study carry the same identifiers; two studies share none.
"""

import base64
import hashlib
import hmac
from datetime import date, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: A shift is whole weeks, so that weekdays stay true, and at least a month, so that none is close to the truth.
LEAST_WEEKS, MOST_WEEKS = 5, 52


class Identifiers:
    """Makes the identifiers of one study's exports."""

    def __init__(self, study_id: int):
        self.study_id = study_id
        self._keys: dict[str, bytes] = {}

    @property
    def key_id(self) -> str:
        """Names the key without telling it: the manifest holds this."""
        return hashlib.sha256(self._key("key id")).hexdigest()[:16]

    def of(self, use: str, pk: int | str) -> str:
        """The identifier of a row: `use` names the table, and 16 characters (80 bits) follow its first letter."""
        code = base64.b32encode(self._digest(use, pk))[:16].decode().lower()
        return f"{use[0]}{code}"

    def shifted(self, day: date, group_id: int) -> date:
        """`day` moved by the group's own fixed number of weeks, never by none."""
        number = int.from_bytes(self._digest("date shift", group_id)[:8])
        weeks = LEAST_WEEKS + number % (MOST_WEEKS - LEAST_WEEKS + 1)
        return day + timedelta(weeks=weeks if number >> 63 else -weeks)

    def _digest(self, use, pk):
        return hmac.new(self._key(use), str(pk).encode(), hashlib.sha256).digest()

    def _key(self, use):
        if use not in self._keys:
            info = f"peersupport export\0study {self.study_id}\0{use}".encode()
            derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
            self._keys[use] = derive.derive(settings.EXPORT_KEY.encode())
        return self._keys[use]
