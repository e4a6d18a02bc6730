"""What researchers write on the items of COREQ."""

from datetime import datetime

from django.db import transaction

from evaluation.models import CoreqText, Study
from evaluation.refusals import WrittenSince
from members.models import Person


@transaction.atomic
def write_coreq(*, study: Study, item: int, number: int, text: str, by: Person, now: datetime) -> CoreqText | None:
    """The next text on an item; `number` is that of the one its writer saw, 0 where there was none.

    None where nothing stood and nothing is written. Raises WrittenSince where another was written meanwhile.
    """
    Study.objects.select_for_update().get(pk=study.pk)
    latest = CoreqText.objects.filter(study=study, item=item).first()
    if text == (latest.text if latest else ""):
        return latest
    if latest and latest.number != number:
        raise WrittenSince
    number = latest.number + 1 if latest else 1
    return CoreqText.objects.create(study=study, item=item, number=number, text=text, written_by=by, written_at=now)
