"""Planning and sending passes in a process for which it is another time.

`python -m tests.faults.pass_at MOMENT ...` runs one at each of these moments (ISO 8601), as if the whole system had
come to it. `python -m tests.faults.pass_at --off MINUTES` runs one on a machine whose own clock is so far off (below
zero: behind).
"""

import os
import sys
from datetime import datetime, timedelta

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")


def run_off_by(off):
    true_now = timezone.now
    timezone.now = lambda: true_now() + off
    run()


def run_at(moment):
    from peersupport.reminders import clock

    clock.set_by_database, clock.now = (lambda: None), (lambda: moment)
    run()


def run():
    from django.core.management import call_command

    call_command("reminders", "run")


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "--off":
        run_off_by(timedelta(minutes=int(sys.argv[2])))
    else:
        for moment in sys.argv[1:]:
            run_at(datetime.fromisoformat(moment))
