from django.conf import settings

from peersupport.celery import app


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled - set(app.tasks) == set()


def test_tasks_are_done_again_when_their_worker_is_lost_and_taken_one_at_a_time():
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert app.conf.worker_prefetch_multiplier == 1


def test_worker_takes_tasks_from_the_broker(celery_worker_process):
    [answer] = app.control.ping(timeout=5)
    assert list(answer.values()) == [{"ok": "pong"}]
