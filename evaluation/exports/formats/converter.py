"""Tables in the formats of other programs, written by a process beside this one.

The libraries for it take more memory than the rest of a worker, keep it, and are C: there they cost nothing between two
exports, and what goes wrong in them fails one export and no worker.
"""

import atexit
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.conf import settings

from evaluation.exports.variables import Table


class NotConverted(Exception):
    """The other process could not write a file, or is gone."""


class Converter:
    """Starts the process when it is needed, and again when it has ended for want of work."""

    def __init__(self):
        self.process: subprocess.Popen[str] | None = None

    def files_of(
        self,
        table: Table,
        rows: Path,
        folder: Path,
        formats: tuple[str, ...],
        made_at: datetime,
        on_progress: Callable[[], None],
    ) -> Iterator[Path]:
        """The files in `folder`, each as soon as it is whole, of the table whose CSV file is `rows`; whoever takes one
        may delete it. They say that they were made at `made_at`. Raises NotConverted."""
        order = {"table": asdict(table), "rows": str(rows), "folder": str(folder), "formats": formats}
        try:
            for said in self._answers(order | {"made_at": made_at.isoformat()}):
                on_progress()
                if "file" in said:
                    yield Path(said["file"])
                elif "failed" in said:
                    raise NotConverted(said["failed"])
        except BaseException:
            # What it still says would be taken for the answer to the next order.
            self.stop()
            raise

    def stop(self) -> None:
        if self.process:
            _end(self.process)
            self.process = None

    def _answers(self, order):
        process = self._running()
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            said = json.loads(line)
            if "done" in said:
                return
            yield said
        raise NotConverted(f"The process that writes other formats ended ({process.wait()}).")

    def _running(self):
        if self.process and self.process.poll() is not None:
            self.stop()
        if not self.process:
            command = [sys.executable, "-m", "evaluation.exports.formats"]
            self.process = subprocess.Popen(
                command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self.process


def _end(process):
    process.kill()
    # What was not sent to it yet can't be sent any more.
    with suppress(OSError):
        process.stdin.close()
    process.stdout.close()
    process.wait()


converter = Converter()
atexit.register(converter.stop)
