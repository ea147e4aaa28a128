from celery import shared_task

from stars.kernel.jobs import logged

from . import services


@shared_task(name="notices.deliver_due")
@logged("notices.deliver_due")
def deliver_due() -> None:
    """Sends what is due: rung after each commit with mail, and every few seconds for what the bell missed."""
    services.deliver_due()
