"""Who may see a row: each governed model says, once, how each role comes about; queries and checks derive from it."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models
from django.db.models import Case, Q, Value, When

from peersupport.access.policy import PERMISSIONS
from peersupport.access.roles import HELD_ANYWHERE, Role, known_roles


class GovernedQuerySet(models.QuerySet):
    """A QuerySet that knows who may see its rows."""

    model: "type[Governed]"  # type: ignore[assignment]  # no other model uses it

    def visible_to(self, person):
        """The rows that `person` may see, by the model's `view_permission`."""
        return self.allowing(person, self.model.view_permission)

    def allowing(self, person, permission):
        """The rows in which `person` has a role that the policy table grants `permission`; the anonymous see none.

        Superusers get no exception: running the service is no reason to read it.
        """
        if not person.is_authenticated or not person.is_active:
            return self.none()
        allowed = PERMISSIONS[permission]
        paths = [path(person) for role, path in self.model.paths_open_to(person) if role in allowed]
        return self.filter(reduce(or_, paths)) if paths else self.none()


class Governed(models.Model):
    """A row whose visibility the policy table decides.

    `view_permission` names the permission to see it. `ROLE_PATHS` says for each role which rows a person holds it
    in, as a function of the person that gives a Q over this model without joins that multiply rows.
    """

    view_permission: ClassVar[str]
    ROLE_PATHS: ClassVar[dict[Role, Callable[[object], Q]]]

    objects = GovernedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def paths_open_to(cls, person):
        """(role, path) of each path that can lead `person` anywhere, as far as is known without asking."""
        known = known_roles(person)
        none_held = frozenset() if known is None else HELD_ANYWHERE - known
        return [(role, path) for role, path in cls.ROLE_PATHS.items() if role not in none_held]

    @classmethod
    def may_allow(cls, person, permission):
        """Whether some row can allow it to `person`, as far as is known without asking."""
        return any(role in PERMISSIONS[permission] for role, _path in cls.paths_open_to(person))

    def roles_of(self, person) -> frozenset[Role]:
        """The roles `person` has in relation to this row: at most one query, kept for this instance."""
        kept = self.__dict__.setdefault("_roles_of", {})
        if person.pk not in kept:
            kept[person.pk] = self._ask_roles_of(person)
        return kept[person.pk]

    def _ask_roles_of(self, person):
        if not person.is_authenticated or not person.is_active:
            return frozenset()
        cases = {
            f"is_{role.name.lower()}": Case(When(path(person), then=Value(True)), default=Value(False))
            for role, path in self.paths_open_to(person)
        }
        row = type(self)._base_manager.filter(pk=self.pk).values(**cases).first() if cases else None
        return frozenset(role for role in self.ROLE_PATHS if row and row.get(f"is_{role.name.lower()}"))


def ids_where(queryset, field):
    """A Q value for `__in`: the `field` of `queryset`'s rows as a subquery (never a join)."""
    return queryset.order_by().values(field)
