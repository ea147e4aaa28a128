"""Wires the app: its receivers, and the checks without which sign-in would not be safe."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and institutions")

    def ready(self) -> None:
        from stars.kernel import alarms, health, keys

        from . import receivers  # noqa: F401
        from .models import PersonalCode, RegistryFact, SecondFactor, SignOnConflict
        from .selectors import (
            DISPUTES_LATE,
            LOOKS_MANY,
            LOOKS_NEAR,
            QUESTIONS_UNANSWERED,
            REGISTRIES_ANSWER,
            SIGN_ON_ANSWERS,
        )
        from .sso import check_settings

        check_settings()
        health.STATEMENTS["sign_on"] = SIGN_ON_ANSWERS
        health.STATEMENTS["registries"] = REGISTRIES_ANSWER
        alarms.COUNTED["questions_unanswered"] = (
            "a register has left questions about people unanswered for a day",
            QUESTIONS_UNANSWERED,
        )
        alarms.COUNTED["disputes_late"] = ("people wait for an answer about an entry they dispute", DISPUTES_LATE)
        alarms.UNUSUAL_LOOKS["looks_many"] = (_("more than a hundred people opened within an hour"), LOOKS_MANY)
        alarms.UNUSUAL_LOOKS["looks_near"] = (_("own surname, a relative, or somebody watched"), LOOKS_NEAR)
        alarms.COUNTED["looks_many"] = (
            "users have opened the data of more than a hundred people within an hour",
            f"SELECT count(DISTINCT actor_user_id) FROM kernel_accessentry WHERE id IN ({LOOKS_MANY})",  # noqa: S608
        )
        alarms.COUNTED["looks_near"] = (
            "looks at people of the looker's surname or family, or at somebody watched",
            f"SELECT count(*) FROM ({LOOKS_NEAR}) AS looks",  # noqa: S608
        )
        keys.register(PersonalCode, "sealed", lambda code: code._binding)
        keys.register(RegistryFact, "sealed", lambda fact: fact._binding)
        keys.register(SecondFactor, "sealed", lambda factor: factor._binding)
        keys.register(SignOnConflict, "sealed", lambda conflict: f"accounts.signonconflict:{conflict.pk}")
