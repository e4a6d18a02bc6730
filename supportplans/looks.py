"""Writing into the access log what a patient tutor sees of what members share with a group; peers' looks are not."""

from peersupport.access import log
from peersupport.access.roles import Role, held_by


def record_looks(request, items):
    """The person signed in is about to see `items`, all of one kind. Raises if a tutor's look can't be written down."""
    if not items or Role.TUTOR not in held_by(request.user):
        return
    shares = items[0].shares.model.objects.shown().seen_as_tutor(request.user).filter(item__in=items)
    owners = {share.item_id: share.membership.person for share in shares.select_related("membership__person")}
    log.record_each(
        actor=request.user,
        action=log.Action.VIEWED,
        looked_at=[(item, owners[item.pk]) for item in items if item.pk in owners],
        route=request.resolver_match.view_name,
    )
