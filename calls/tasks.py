"""Work that waits behind a commit, and the sweeps that make a lost doorbell harmless."""

from celery import shared_task

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged

from . import services


@shared_task(name="calls.check_venue")
def check_venue(check_id: int) -> bool:
    """One address is asked about in the education register; a second run does nothing."""
    return services.check_venue(check_id=check_id, by=Actor.system("calls.check_venue"))


@shared_task(name="calls.check_venues")
@logged("calls.check_venues")
def check_venues() -> int:
    """Addresses the register has not answered about yet."""
    return services.check_venues(by=Actor.system("calls.check_venue"))


@shared_task(name="calls.remind_of_closing")
@logged("calls.remind_of_closing")
def remind_of_closing() -> int:
    """Institutions that have begun an offer hear that the call closes soon; a second run does nothing."""
    return services.remind_of_closing(by=Actor.system("calls.remind_of_closing"))


@shared_task(name="calls.watch_commissions")
@logged("calls.watch_commissions")
def watch_commissions() -> int:
    """Officers hear of offers whose commission has become too small; a second run does nothing."""
    return services.watch_commissions(by=Actor.system("calls.watch_commissions"))
