"""Wires the app: its receivers, and the checks without which sign-in would not be safe."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and institutions")

    def ready(self) -> None:
        from stars.kernel import health, keys

        from . import receivers  # noqa: F401
        from .models import PersonalCode, RegistryFact, SecondFactor, SignOnConflict
        from .selectors import SIGN_ON_ANSWERS
        from .sso import check_settings

        check_settings()
        health.STATEMENTS["sign_on"] = SIGN_ON_ANSWERS
        keys.register(PersonalCode, "sealed", lambda code: code._binding)
        keys.register(RegistryFact, "sealed", lambda fact: fact._binding)
        keys.register(SecondFactor, "sealed", lambda factor: factor._binding)
        keys.register(SignOnConflict, "sealed", lambda conflict: f"accounts.signonconflict:{conflict.pk}")
