"""One measurement, held against a limit of the same run: absolute times prove nothing."""

import json
import statistics
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """`value` and `limit` are in `unit`, of the same run; `bar` is the ratio value/limit that must hold.

    `at_most` says whether the ratio may be no larger (times, queries, memory) or no smaller (rates) than the bar.
    """

    name: str
    value: float
    unit: str
    limit: float
    bar: float
    at_most: bool = True

    @property
    def ratio(self):
        return self.value / self.limit

    @property
    def holds(self):
        return self.ratio <= self.bar if self.at_most else self.ratio >= self.bar

    def line(self):
        """The JSON object that `make bench` prints."""
        return json.dumps(
            {
                "name": self.name,
                "value": round(self.value, 6),
                "unit": self.unit,
                "limit": round(self.limit, 6),
                "ratio": round(self.ratio, 3),
                "bar": f"{'<=' if self.at_most else '>='} {self.bar}",
                "holds": self.holds,
            }
        )


def seconds(action):
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turn(ours, limit, *, pairs=5):
    """Median seconds of `ours` and of `limit`, run A B A B ... after one warm-up of each."""
    ours(), limit()
    timed = [(seconds(ours), seconds(limit)) for _pair in range(pairs)]
    return statistics.median(pair[0] for pair in timed), statistics.median(pair[1] for pair in timed)
