from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "stars.notices"
