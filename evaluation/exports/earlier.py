"""What a bundle says of the ones before it: which was the last, and whom to delete from all of them."""

from collections.abc import Iterator

from evaluation.exports.snapshot import Snapshot
from evaluation.models import Export, Participant


def previous(snapshot: Snapshot) -> Export | None:
    """The last export of the study by this profile with the same identifiers; none where they are of it alone."""
    return _linked(snapshot).order_by("as_of").last()


def withdrawals(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    """withdrawals.csv: who was in an earlier export by this profile, with the same identifiers, and is not in this."""
    yield "participant_id", "last_in"
    held = Participant.objects.filter(exported_in__export__in=_linked(snapshot)).exclude(pk__in=snapshot.included)
    last = held.order_by("pk", "-exported_in__export__as_of").distinct("pk")
    found = last.values_list("pseudonym", "exported_in__export__file_name")
    yield from sorted((snapshot.identifiers.of("participant", pseudonym), name) for pseudonym, name in found)


def _linked(snapshot):
    if snapshot.identifiers.salt:
        return Export.objects.none()
    earlier = Export.objects.given_out().filter(study=snapshot.study, salt="", as_of__lt=snapshot.as_of)
    return earlier.filter(profile=snapshot.profile.name)
