from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peersupport.access.roles import register_source


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = _("Evaluation")

    def ready(self):
        from evaluation import reminders, roles  # noqa: F401  (reminders registers the kinds of message)

        register_source(roles.held_by)
