from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "stars.kernel"
