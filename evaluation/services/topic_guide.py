"""Publishing topic guides: each version for good."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from evaluation.guide_text import Question
from evaluation.models import Study, TopicGuide, TopicPrompt
from evaluation.models.topic_guide import checksum_of
from evaluation.refusals import SameGuide
from members.models import Person


@transaction.atomic
def publish_topic_guide(
    *, study: Study, kind: str, questions: Iterable[Question], by: Person, now: datetime
) -> TopicGuide:
    """The next version for this kind of participant ("" for everyone)."""
    Study.objects.select_for_update().get(pk=study.pk)
    asked = [(one.question, one.probes) for one in questions]
    checksum = checksum_of(asked)
    latest = TopicGuide.objects.filter(study=study, kind=kind).order_by("-version").first()
    if latest and latest.checksum == checksum:
        raise SameGuide
    guide = TopicGuide.objects.create(
        study=study,
        kind=kind,
        version=latest.version + 1 if latest else 1,
        checksum=checksum,
        published_by=by,
        published_at=now,
    )
    TopicPrompt.objects.bulk_create(
        TopicPrompt(guide=guide, number=number, question=question, probes=probes)
        for number, (question, probes) in enumerate(asked, start=1)
    )
    return guide
