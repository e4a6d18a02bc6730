"""Dates and times as people say them."""

from datetime import date, timedelta

import pytest

from peersupport.spoken import spoken_ago

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "yesterday"),
        (2, "2 days ago"),
        (13, "13 days ago"),
        (14, "2 weeks ago"),
        (27, "3 weeks ago"),
        (62, "8 weeks ago"),
        (63, "2 months ago"),
        (365, "12 months ago"),
    ],
)
def test_how_long_ago_gets_rougher_the_longer_it_is(days, said):
    assert spoken_ago(TODAY - timedelta(days=days), TODAY) == said
