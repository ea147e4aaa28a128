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
