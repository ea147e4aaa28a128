"""Wires the app: its receivers, and the checks without which sign-in would not be safe."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from . import receivers  # noqa: F401
        from .sso import check_settings

        check_settings()
