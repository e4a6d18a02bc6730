"""How far a person's relations reach: the role paths that the models of this app, and those built on it, share.

Models are named through the app registry, since they in turn stand on these paths.
"""

from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Q

from peersupport.access.governed import ids_where
from peersupport.access.roles import Role


def current_rows(model, person):
    """The rows of `model` (Membership, RoleTerm, ProgrammeStaff or SafeguardingPost) that hold now for `person`."""
    return apps.get_model("groups", model).objects.current().filter(person=person)


def groups_as_member(person):
    return ids_where(current_rows("Membership", person), "group")


def groups_as_role_holder(person):
    return ids_where(current_rows("RoleTerm", person).looking_after_group(), "group")


def groups_as_tutor(person):
    return ids_where(current_rows("RoleTerm", person).tutors().filter(group__isnull=False), "group")


def programmes_as_tutor(person):
    return ids_where(current_rows("RoleTerm", person).tutors().filter(programme__isnull=False), "programme")


def sites_as_coordinator(person):
    return ids_where(current_rows("ProgrammeStaff", person), "site")


def sites_as_safeguarding(person):
    return ids_where(current_rows("SafeguardingPost", person), "site")


def sites_of_groups(group_ids):
    return ids_where(apps.get_model("groups", "SupportGroup").objects.filter(pk__in=group_ids), "site")


def sites_of_programmes(programme_ids):
    return ids_where(apps.get_model("groups", "Programme").objects.filter(pk__in=programme_ids), "site")


def rooms_of_groups(group_ids):
    """A Q over venues: the online rooms where these groups, or single meetings of theirs, take place."""
    groups = apps.get_model("groups", "SupportGroup").objects.filter(pk__in=group_ids)
    meetings = apps.get_model("groups", "Meeting").objects.filter(group__in=group_ids)
    return reduce(
        or_,
        (Q(pk__in=ids_where(rows, field)) for rows in (groups, meetings) for field in ("venue", "online_venue")),
    )


def group_paths(to_group: str) -> dict:
    """Role paths of a row through its group; `to_group` is the field leading there ("group", or "pk" for a group)."""
    return {
        Role.MEMBER: lambda person: Q(**{f"{to_group}__in": groups_as_member(person)}),
        Role.ROLE_HOLDER: lambda person: Q(**{f"{to_group}__in": groups_as_role_holder(person)}),
        Role.TUTOR: lambda person: Q(**{f"{to_group}__in": groups_as_tutor(person)}),
    }


def site_path(to_site: str) -> dict:
    """The coordinator's path to a row; `to_site` is the field that leads to its site ("site", or "pk" for a site)."""
    return {Role.COORDINATOR: lambda person: Q(**{f"{to_site}__in": sites_as_coordinator(person)})}
