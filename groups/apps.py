from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peersupport.access.roles import register_source


class GroupsConfig(AppConfig):
    name = "groups"
    verbose_name = _("Groups")

    def ready(self):
        from groups import reminders, roles  # noqa: F401  (reminders registers the kinds of message)

        register_source(roles.held_by)
