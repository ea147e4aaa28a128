from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "stars.notices"
    verbose_name = _("Messages and notices")
