from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from peersupport.instruments.catalogue import all_instruments


class InstrumentsConfig(AppConfig):
    name = "peersupport.instruments"
    verbose_name = _("Instruments")

    def ready(self):
        """A definition that is wrong stops the start, with a sentence."""
        all_instruments()
