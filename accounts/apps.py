"""Wires the app: its receivers, and the checks without which sign-in would not be safe."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and institutions")

    def ready(self) -> None:
        from stars.kernel.views import DEGRADING

        from . import receivers  # noqa: F401
        from .selectors import is_sign_on_away
        from .sso import check_settings

        check_settings()
        DEGRADING["sign_on"] = lambda: not is_sign_on_away()
