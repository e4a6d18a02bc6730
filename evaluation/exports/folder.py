"""Where exports lie, each in a folder of its own, and what a finished one is.

Apart from what makes them: the libraries for that are large, and web workers never need them.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from evaluation.models import Export


@dataclass(frozen=True)
class Made:
    """A finished bundle. `consents`: for each purpose, the keys of the participants whose consent it rests on;
    `counted`: what the tables in report/ are made of, None where it has none.
    """

    file_name: str
    sha256: str
    size_bytes: int
    as_of: datetime
    participant_ids: list[int]
    consents: dict[str, set[int]]
    counted: dict[str, int] | None


def folder_of(export: Export) -> Path:
    return Path(settings.EXPORT_DIR) / str(export.pk)


def discard(export: Export) -> None:
    """Leave nothing of the export on the disk, nor of an attempt that was broken off."""
    shutil.rmtree(folder_of(export), ignore_errors=True)
