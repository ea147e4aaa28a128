"""What accounts does by the clock."""

from celery import shared_task

from . import services


@shared_task(name="accounts.sweep_sign_in")
def sweep_sign_in() -> None:
    """Every ten minutes: kept sign-on results, used answers and counters that are past their time go."""
    services.sweep_sign_in()
