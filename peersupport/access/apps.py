from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "peersupport.access"
    label = "access"
    verbose_name = "Access"
