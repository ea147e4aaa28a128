"""Funding decides about the account; the application that waits for it follows in the same transaction."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from funding.signals import account_approved, account_refused
from stars.kernel.actor import Actor

from . import services


@receiver(account_approved, dispatch_uid="applications.account_was_approved")
def account_was_approved(person_id: UUID, by: Actor, **_: Any) -> None:
    services.account_was_approved(person_id=person_id, by=by)


@receiver(account_refused, dispatch_uid="applications.account_was_refused")
def account_was_refused(person_id: UUID, reason: str, by: Actor, **_: Any) -> None:
    services.account_was_refused(person_id=person_id, reason=reason, by=by)
