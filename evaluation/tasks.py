"""What Celery wakes for this app."""

import logging

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext as _

from evaluation.exports.job import make_bundle
from evaluation.services import export as exports

logger = logging.getLogger(__name__)
HOUR = 3600


@shared_task(soft_time_limit=HOUR, time_limit=HOUR + 60)
def make_export(export_id):
    """Make a requested bundle. Run twice, or on two workers, it is made once."""
    export = exports.take_export(export_id=export_id, now=timezone.now())
    if not export:
        return
    progress = exports.Progress(export)
    try:
        made = make_bundle(export.study, f"{export.pk}-{export.attempts}", progress.report)
        exports.finish_export(export=export, made=made, now=timezone.now())
    except OSError:
        logger.exception("export %s could not be written", export.pk)
        why = _("The file could not be written. Ask whoever runs the service whether its disk is full.")
        exports.fail_export(export=export, why=why, now=timezone.now())
    except Exception:
        logger.exception("export %s failed", export.pk)
        why = _("Something went wrong while it was made. Nothing half-made was kept. You can ask for it again.")
        exports.fail_export(export=export, why=why, now=timezone.now())
    finally:
        progress.close()


@shared_task
def resume_exports():
    """Pick up what a dead worker or a missing broker left behind. Beat starts it every few minutes."""
    exports.resume_exports(now=timezone.now())
