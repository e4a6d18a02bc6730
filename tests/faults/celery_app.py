"""The project's Celery application with a beat of one second and the kind of message in `tests.faults.crashing`."""

from datetime import timedelta

from peersupport.celery import app

app.conf.beat_schedule = {
    "run-reminders": {"task": "peersupport.reminders.tasks.run_reminders", "schedule": timedelta(seconds=1)}
}
app.conf.imports = ["tests.faults.crashing"]
