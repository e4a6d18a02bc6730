from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peersupport.access.roles import register_source


class GroupsConfig(AppConfig):
    name = "groups"
    verbose_name = _("Groups")

    def ready(self):
        from groups import roles
        from groups.reminders import invitation, role  # noqa: F401  (each registers its kind)

        register_source(roles.held_by)
