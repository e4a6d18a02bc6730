"""Bank holidays of the part of the United Kingdom that a site lies in: pointed out, never skipped unasked."""

from datetime import date
from functools import cache

import holidays


def bank_holiday_on(day: date, region: str) -> str:
    """What `day` is called if it is a bank holiday in `region` (ENG, SCT, WLS or NIR), else ""."""
    return _of_year(day.year, region).get(day, "")


@cache
def _of_year(year, region):
    return dict(holidays.country_holidays("GB", subdiv=region, years=year, language="en_GB"))
