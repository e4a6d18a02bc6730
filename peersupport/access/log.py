"""Writing and reading the access log."""

from django.utils import timezone

from peersupport.access.models import AccessLogEntry
from peersupport.logs import request_id

Action = AccessLogEntry.Action


def record(*, actor, action: str, obj, subject=None, route: str, now=None) -> AccessLogEntry:
    """Write down that `actor` did `action` to `obj`, whose content is `subject`'s (a person, or None).

    `route` is the URL name or command. A failure to write is raised: a look that can't be logged is refused.
    """
    return AccessLogEntry.objects.create(
        at=now or timezone.now(),
        actor=actor,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        subject=subject,
        route=route,
        request_id=request_id.get(),
    )


def record_each(*, actor, action: str, looked_at, route: str, now=None) -> None:
    """As `record`, for several at once: `looked_at` holds pairs of an object and the person whose content it is."""
    at, request = now or timezone.now(), request_id.get()
    AccessLogEntry.objects.bulk_create(
        AccessLogEntry(
            at=at,
            actor=actor,
            action=action,
            object_type=obj._meta.label_lower,
            object_id=obj.pk,
            subject=subject,
            route=route,
            request_id=request,
        )
        for obj, subject in looked_at
    )


def looks_at(person):
    """What others did with `person`'s content, newest first."""
    return (
        AccessLogEntry.objects.filter(subject=person)
        .exclude(actor=person)
        .select_related("actor")
        .order_by("-at", "-pk")
    )
