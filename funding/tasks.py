"""Periodic work on money."""

from celery import shared_task

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged

from . import services


@shared_task(name="funding.warn_of_lapsing")
@logged("funding.warn_of_lapsing")
def warn_of_lapsing() -> int:
    """People hear 30 and 7 days before that their money lapses; a second run does nothing."""
    return services.warn_of_lapsing(by=Actor.system("funding.warn_of_lapsing"))


@shared_task(name="funding.expire_grants")
@logged("funding.expire_grants")
def expire_grants() -> int:
    """Grants past their last day give back what is left; a second run does nothing."""
    return services.expire_grants(by=Actor.system("funding.expire_grants"))


@shared_task(name="funding.check_account")
def check_account(account_id: int) -> None:
    """The target-group check as soon as a fact has changed; a second run finds the same."""
    services.check_account(account_id=account_id, by=Actor.system("funding.check_account"))


@shared_task(name="funding.check_due_accounts")
@logged("funding.check_due_accounts")
def check_due_accounts() -> int:
    """Accounts the doorbell missed, accounts of a round that has opened, and what was not known yesterday."""
    return services.check_due_accounts(by=Actor.system("funding.check_account"))
