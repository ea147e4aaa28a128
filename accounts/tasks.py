"""What accounts does by the clock."""

from celery import shared_task
from django.conf import settings

from stars.kernel.actor import Actor
from stars.kernel.jobs import logged, once_a_day

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


@shared_task(name="accounts.answer_question")
def answer_question(question_id: int) -> bool:
    """Asks one register as soon as the question is noted; a second run does nothing."""
    return services.answer_question(question_id=question_id)


@shared_task(name="accounts.answer_due_questions")
@logged("accounts.answer_due_questions")
def answer_due_questions() -> int:
    """Asks what the doorbell missed, what a register did not answer before, and the half-yearly questions."""
    return services.answer_due_questions()


@shared_task(name="accounts.ask_about_deaths")
@logged("accounts.ask_about_deaths")
def ask_about_deaths() -> int:
    """Every hour: those the register was not asked about for half a year (terms 32.8), a month if acted for (ACC-09)."""
    job = Actor.system("accounts.ask_about_deaths")
    return services.ask_about_residences(by=job) + services.ask_about_deaths(by=job)


@shared_task(name="accounts.sweep_registrations")
@logged("accounts.sweep_registrations")
def sweep_registrations() -> None:
    """Every hour: registrations nobody has approved for thirty days go with their documents (GDP-02), old invitations end."""
    job = Actor.system("sweep_registrations")
    services.sweep_registrations(by=job)
    services.sweep_invitations(by=job)
    services.sweep_rights(by=job)


@shared_task(name="accounts.remind_of_contacts")
@once_a_day("accounts.remind_of_contacts")
def remind_of_contacts() -> None:
    """Every day: institutions that have not looked at their contacts for months are reminded (terms 17.2)."""
    services.remind_of_contacts(by=Actor.system("remind_of_contacts"))


@shared_task(name="accounts.end_rights")
@logged("accounts.end_rights")
def end_rights() -> None:
    """Every quarter of an hour: rights past their term end, and holders hear of it before (terms 32.1)."""
    services.end_rights(by=Actor.system("end_rights"))
