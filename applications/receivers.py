"""What becomes known below, of a person, their account or a group, reaches the applications that wait for it."""

from typing import Any
from uuid import UUID

from django.dispatch import receiver

from accounts.signals import facts_changed, person_died
from catalog.signals import group_cancelled, group_rescheduled
from funding.signals import account_approved, account_refused
from stars.kernel.actor import Actor

from . import services


@receiver(account_approved, dispatch_uid="applications.account_was_approved")
def account_was_approved(person_id: UUID, by: Actor, **_: Any) -> None:
    services.account_was_approved(person_id=person_id, by=by)


@receiver(account_refused, dispatch_uid="applications.account_was_refused")
def account_was_refused(person_id: UUID, source_ids: list[int], reason: str, by: Actor, **_: Any) -> None:
    services.account_was_refused(person_id=person_id, source_ids=source_ids, reason=reason, by=by)


@receiver(facts_changed, dispatch_uid="applications.facts_have_changed")
def facts_have_changed(person_id: UUID, by: Actor, **_: Any) -> None:
    services.facts_have_changed(person_id=person_id, by=by)


@receiver(person_died, dispatch_uid="applications.client_has_died")
def client_has_died(person_id: UUID, by: Actor, **_: Any) -> None:
    services.client_has_died(person_id=person_id, by=by)


@receiver(group_cancelled, dispatch_uid="applications.group_was_cancelled")
def group_was_cancelled(group_id: int, reason: str, by: Actor, **_: Any) -> None:
    services.group_was_cancelled(group_id=group_id, reason=reason, by=by)


@receiver(group_rescheduled, dispatch_uid="applications.group_was_rescheduled")
def group_was_rescheduled(group_id: int, by: Actor, **_: Any) -> None:
    services.group_was_rescheduled(group_id=group_id, by=by)
