from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RemindersConfig(AppConfig):
    name = "peersupport.reminders"
    label = "reminders"
    verbose_name = "Reminders"

    def ready(self):
        autodiscover_modules("reminders")
        import_module("peersupport.reminders.digest")
