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


@shared_task(name="accounts.answer_password_request")
def answer_password_request(request_id: int) -> None:
    """Rung for each request for a new password."""
    services.answer_password_request(request_id=request_id)


@shared_task(name="accounts.guard_doors")
@logged("accounts.guard_doors")
def guard_doors() -> None:
    """Every twenty seconds: sessions of people who may no longer come in end; requests no bell rang for are answered."""
    services.end_refused_sessions()
    for request_id in services.unanswered_password_requests():
        services.answer_password_request(request_id=request_id)
