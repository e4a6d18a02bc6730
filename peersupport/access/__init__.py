"""Who may do what: `require` in views, `visible_to` in queries, one policy table behind both."""

from django.core.exceptions import PermissionDenied


def require(person, permission, obj=None):
    """Raise PermissionDenied (403) unless `person` may do `permission` ("groups.cancel_meeting") to `obj`."""
    if not person.has_perm(permission, obj):
        raise PermissionDenied(permission)
