"""What accounts does by the clock."""

from celery import shared_task
from django.conf import settings

from stars.kernel.jobs import logged

from . import services, sso


@shared_task(name="accounts.sweep_sign_in")
@logged("accounts.sweep_sign_in")
def sweep_sign_in() -> None:
    """Every ten minutes: kept sign-on results, used answers and counters that are past their time go."""
    services.sweep_sign_in()


@shared_task(name="accounts.ask_sign_on")
@logged("accounts.ask_sign_on")
def ask_sign_on() -> None:
    """Every half minute: does the state's sign-on answer? People are told before they are sent to one that does not."""
    if sso.is_configured() and settings.STARS_IDP_PROBE:
        services.note_sign_on(answered=sso.answers())
