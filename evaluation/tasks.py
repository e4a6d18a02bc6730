"""What Celery wakes for this app."""

import logging

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from evaluation.exports.job import make_bundle
from evaluation.services import export_job as exports
from evaluation.services.appointment import drop_appointments_of_gone
from evaluation.services.occasion import settle_occasions

logger = logging.getLogger(__name__)
# Ten million rows take minutes; a job this long is stuck.
HOUR = 3600

# What went wrong, in words for whoever asked; the first that fits counts.
SENTENCES = {
    exports.ConsentTakenBack: _("Someone took their consent back while it was made, so it is thrown away. Ask again."),
    SoftTimeLimitExceeded: _("It took more than an hour and was stopped. Ask whoever runs the service."),
    OSError: _("The file could not be written. Ask whoever runs the service whether its disk is full."),
    Exception: _("Something went wrong while it was made. Nothing half-made was kept. You can ask for it again."),
}


@shared_task(soft_time_limit=HOUR, time_limit=HOUR + 60)
def make_export(export_id):
    """Make a requested bundle. Run twice, or on two workers, it is made once."""
    export = exports.take_export(export_id=export_id, now=timezone.now())
    if not export:
        return
    progress = exports.Progress(export)
    try:
        made = make_bundle(export, progress.report)
        exports.finish_export(export=export, made=made, now=timezone.now())
    except exports.TakenOver:
        logger.warning("export %s went on with another worker", export.pk)
    except Exception as error:
        logger.exception("export %s failed", export.pk)
        why = next(sentence for kind, sentence in SENTENCES.items() if isinstance(error, kind))
        exports.fail_export(export=export, why=str(why), now=timezone.now())
    finally:
        progress.close()


@shared_task
def resume_exports():
    """Pick up what a dead worker or a missing broker left behind. Beat starts it every few minutes."""
    exports.resume_exports(now=timezone.now())


@shared_task
def settle_appointments():
    """Nobody knows of research where a death is marked or an account closed: what was planned is cancelled here."""
    drop_appointments_of_gone(now=timezone.now())


@shared_task
def ask_questions():
    """Participants are asked on their day, and what is over is closed. Beat starts it every few minutes."""
    settle_occasions(now=timezone.now())
