"""When a person wants to be left in peace: every day between two times, and altogether until a day."""

from datetime import datetime, time, timedelta, tzinfo

from peersupport.reminders.models import QuietTime


def resumes_at(quiet: QuietTime, zone: tzinfo, now: datetime) -> datetime | None:
    """When the pause ends, by the person's own clock; None where none is on."""
    if quiet.resumes_on is None or quiet.resumes_on <= now.astimezone(zone).date():
        return None
    return datetime.combine(quiet.resumes_on, time(), zone)


def quiet_ends_at(quiet: QuietTime, zone: tzinfo, at: datetime) -> datetime | None:
    """When the quiet hours that `at` falls into end; None where it falls into none.

    They may reach over midnight. Both times are read from the clock on the wall, on either side of a clock change.
    """
    if quiet.starts is None or quiet.ends is None:
        return None
    local = at.astimezone(zone)
    clock = local.time()
    over_midnight = quiet.ends < quiet.starts
    if over_midnight and clock >= quiet.starts:
        return datetime.combine(local.date() + timedelta(days=1), quiet.ends, zone)
    if clock < quiet.ends and (over_midnight or clock >= quiet.starts):
        # In the hour that comes twice, the same one of the two: an end that is over already would hold nothing.
        return datetime.combine(local.date(), quiet.ends, zone).replace(fold=local.fold)
    return None
