"""Registration opens the learning account in the same transaction; what becomes known of a person has it checked."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from accounts.signals import client_registered, facts_changed
from stars.kernel.actor import Actor

from . import services


@receiver(client_registered, dispatch_uid="funding.open_account")
def open_account(person_id: UUID, by: Actor, **_: Any) -> None:
    services.open_account(person_id=person_id, by=by)


@receiver(facts_changed, dispatch_uid="funding.ask_for_check")
def ask_for_check(person_id: UUID, by: Actor, **_: Any) -> None:
    services.ask_for_check(person_id=person_id, by=by)
