from celery import shared_task

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged

from . import services


@shared_task(name="documents.sweep_checks")
@logged("documents.sweep_checks")
def sweep_checks() -> int:
    """Counters of codes not found live a day."""
    return services.sweep_checks(by=Actor.system("documents.sweep_checks"))
