"""Periodic work on money."""

from celery import shared_task

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged

from . import services


@shared_task(name="funding.expire_grants")
@logged("funding.expire_grants")
def expire_grants() -> int:
    """Grants past their last day give back what is left; a second run does nothing."""
    return services.expire_grants(by=Actor.system("funding.expire_grants"))
