"""Django's own `has_perm`, answered from the policy table."""

from peersupport.access.policy import PERMISSIONS
from peersupport.access.roles import held_by


class PolicyBackend:
    """Permissions only; signing in is allauth's part.

    Without an object, the roles that a person holds anywhere count; with one, those in relation to it.
    """

    def authenticate(self, request, **credentials):
        return None

    def get_user(self, user_id):
        return None

    def has_perm(self, user_obj, perm, obj=None):
        if perm not in PERMISSIONS or not user_obj.is_active:
            return False
        if obj is None:
            return not PERMISSIONS[perm].isdisjoint(held_by(user_obj))
        return obj.may_allow(user_obj, perm) and not PERMISSIONS[perm].isdisjoint(obj.roles_of(user_obj))
