"""Work that waits behind an application's commit, and the sweeps that make a lost doorbell harmless."""

from celery import shared_task

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged

from . import services


@shared_task(name="applications.tell_due")
@logged("applications.tell_due")
def tell_due() -> int:
    """Every few seconds, without a bell: notices and letters about what was sent or given up meanwhile."""
    return services.tell_due(by=Actor.system("applications.tell_due"))


@shared_task(name="applications.tell_rescheduled")
def tell_rescheduled(group_id: int) -> int:
    """Everybody in a group whose time or place changed; a second run does nothing."""
    return services.tell_rescheduled(group_id=group_id, by=Actor.system("applications.tell_rescheduled"))


@shared_task(name="applications.tell_due_rescheduled")
@logged("applications.tell_due_rescheduled")
def tell_due_rescheduled() -> int:
    """Whatever `tell_rescheduled` was never rung for, or died in."""
    return services.tell_due_rescheduled(by=Actor.system("applications.tell_rescheduled"))


@shared_task(name="applications.remind_drafts")
@logged("applications.remind_drafts")
def remind_drafts() -> int:
    """Holders of drafts hear that the round closes soon; a second run does nothing."""
    return services.remind_drafts(by=Actor.system("applications.remind_drafts"))


@shared_task(name="applications.sweep_drafts")
@logged("applications.sweep_drafts")
def sweep_drafts() -> int:
    """Drafts not touched for 30 days go."""
    return services.sweep_drafts(by=Actor.system("applications.sweep_drafts"))


@shared_task(name="applications.close_application")
def close_application(closing_id: int) -> bool:
    """One application of the worklist, in a transaction of its own; a second run does nothing."""
    return services.close_application(closing_id=closing_id, by=Actor.system("applications.close_application"))


@shared_task(name="applications.close_due")
@logged("applications.close_due")
def close_due() -> int:
    """Whatever `close_application` was never rung for."""
    return services.close_due(by=Actor.system("applications.close_application"))
