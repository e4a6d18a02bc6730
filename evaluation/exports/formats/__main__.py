"""Writes tables in other formats for `converter`, as a process of its own: `python -m evaluation.exports.formats`.

Reads an order a line from standard input and answers with lines of its own, all JSON. Ends with its input, or when
nothing was ordered for a while.
"""

import json
import select
import sys
from datetime import datetime
from pathlib import Path

from evaluation.exports.formats.parquet import write_parquet
from evaluation.exports.formats.statistics import write_statistics
from evaluation.exports.variables import Table, Variable

#: Seconds; its libraries take memory that others can use.
IDLE = 60


def main() -> None:
    while select.select([sys.stdin], [], [], IDLE)[0] and (line := sys.stdin.readline()):
        order = json.loads(line)
        try:
            _carry_out(**order)
            _say(done=True)
        except Exception as error:
            # The other side raises it: this one goes on.
            _say(failed=f"{type(error).__name__}: {error}")


def _carry_out(table, rows, folder, formats, made_at):
    variables = tuple(Variable(**variable) for variable in table.pop("variables"))
    whole, rows, folder = Table(**table, variables=variables), Path(rows), Path(folder)
    if "parquet" in formats:
        _say(file=str(write_parquet(whole, rows, folder, _go_on)))
    statistics = tuple(kind for kind in formats if kind != "parquet")
    for path in write_statistics(whole, rows, folder, statistics, datetime.fromisoformat(made_at), _go_on):
        _say(file=str(path))


def _go_on():
    _say(busy=True)


def _say(**what):
    print(json.dumps(what), flush=True)


main()
