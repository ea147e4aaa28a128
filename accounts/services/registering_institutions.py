"""Institutions and their employees register by e-mail and password (terms 27); nothing tells strangers who is known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.errors import LinkSpent
from accounts.models import Institution, Registration, RegistrationFile, RegistrationKind, User
from accounts.passwords import check_password_rules
from accounts.selectors import current_policies, live_entry_link
from accounts.states import ACCESS, AccessAction, AccessState
from stars.classifiers.selectors import due_after
from stars.files import services as files
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require

from .entry_links import send_entry_link, use_entry_link
from .limiting import Limit, count_try
from .telling_administrators import tell_administrators

PURPOSE = "registration"  # of the files sent along
WORKING_DAYS = 1  # the agency's promise [003]
UPLOAD_RULES = ((timedelta(hours=1), 40),)
ADDRESS_RULES = ((timedelta(hours=1), 60),)  # a school's employees may all register behind one address (PWD-10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What whoever registers has typed: checked, with the versions of the terms they were shown and accepted."""

    name: str
    email: str
    password: str
    shown: Collection[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedInstitution(Asked):
    """With the institution's own words, its signed statement and other documents (27.1)."""

    institution_name: str
    company_number: str
    institution_number: str
    statement: files.Upload
    documents: Sequence[files.Upload] = ()


def register_institution(*, asked: AskedInstitution, address: str) -> Registration:
    """Keep the request and send the link. The same work and the same answer for every address and number (PWD-05).

    Raises TooManyTries, or ValidationError for a password the terms refuse.
    """
    count_try([Limit(f"registration:{address}", ADDRESS_RULES)])
    with transaction.atomic():
        registration = _ask(
            asked,
            kind=RegistrationKind.INSTITUTION,
            institution_name=asked.institution_name,
            company_number=asked.company_number,
            institution_number=asked.institution_number,
        )
        statement = files.keep(upload=asked.statement, purpose=PURPOSE)
        files.request_signature_check(stored=statement)
        papers = [files.keep(upload=one, purpose=PURPOSE) for one in asked.documents]
        part = RegistrationFile.Part
        RegistrationFile.objects.bulk_create(
            [
                RegistrationFile(registration=registration, part=part.STATEMENT, file=statement),
                *(RegistrationFile(registration=registration, part=part.OTHER, file=one) for one in papers),
            ]
        )
        _send_link(registration)
    return registration


def count_uploads(*, address: str) -> None:
    """Forms with files that could not be accepted yet, from one address. Raises TooManyTries."""
    count_try([Limit(f"upload:{address}", UPLOAD_RULES)])


def register_employee(*, asked: Asked, institution_id: int, address: str) -> Registration:
    """The same for somebody who works in an institution that co-operates (27.2)."""
    count_try([Limit(f"registration:{address}", ADDRESS_RULES)])
    with transaction.atomic():
        institution = Institution.objects.filter(is_active=True).get(pk=institution_id)
        registration = _ask(asked, kind=RegistrationKind.EMPLOYEE, institution=institution)
        _send_link(registration)
    return registration


def _ask(asked: Asked, **fields: object) -> Registration:
    """The row of a request; the terms are accepted before anything is registered (17.1)."""
    wanted = list(current_policies())
    if any(policy.pk not in asked.shown for policy in wanted):
        raise DomainError(_("The terms have just changed. Read the new version and confirm it."), code="terms_changed")
    email = asked.email.strip().lower()
    check_password_rules(asked.password, User(email=email, name=asked.name))
    registration = Registration.objects.create(
        name=asked.name, email=email, password=make_password(asked.password), **fields
    )
    registration.policies.set(wanted)
    audit.record(registration, "ask", by=_bearer(registration), data={"kind": registration.kind}, is_first=True)
    return registration


def _bearer(registration: Registration) -> Actor:
    """Somebody nobody knows yet, by the name they gave."""
    return Actor(label=registration.name)


@transaction.atomic
def resend_registration_link(*, reference: UUID) -> Registration:
    """Another link to the same address, while the address is not confirmed; otherwise nothing happens."""
    registration = Registration.objects.select_for_update(of=("self",), no_key=True).get(reference=reference)
    if registration.state == AccessState.UNCONFIRMED:
        _send_link(registration)
    return registration


def _send_link(registration: Registration) -> None:
    send_entry_link(
        of=registration,
        email=registration.email,
        address="accounts:confirm_registration",
        subject=_("Confirm your e-mail address"),
        template="emails/accounts/confirm_registration.txt",
        words={"where": registration.where},
    )


@transaction.atomic
def confirm_registration(*, token: str) -> Registration:
    """Use the link: the registration waits for approval from now on, and the clock of one working day runs.

    A newer registration of the same address for the same institution takes the place of an older one that waits.
    Raises LinkSpent.
    """
    seen = live_entry_link(token, "registration")
    if seen is None or seen.registration is None:
        raise LinkSpent
    registration = Registration.objects.select_for_update(of=("self",), no_key=True).get(pk=seen.registration.pk)
    by = _bearer(registration)
    require(policies.may(by, AccessAction.CONFIRM, registration))
    use_entry_link(token=token, kind="registration")
    _drop_older(registration, by)
    now = timezone.now()
    before = registration.state
    registration.state = ACCESS.after(AccessAction.CONFIRM, before, refusal=_("This address is confirmed already."))
    registration.confirmed_at, registration.due_at = now, due_after(now, WORKING_DAYS)
    registration.save(update_fields=["state", "confirmed_at", "due_at"])
    audit.record(registration, "confirm", by=by, from_state=before, to_state=registration.state)
    if registration.kind == RegistrationKind.EMPLOYEE and registration.institution:
        tell_administrators(
            institution=registration.institution,
            key=f"registration:{registration.pk}",
            title=_("An employee waits for your approval"),
            body=_("Somebody has registered as an employee of %(institution)s. Approve or refuse them.")
            % {"institution": registration.institution.name},
            path=reverse("accounts:members"),
        )
    return registration


def _drop_older(registration: Registration, by: Actor) -> None:
    same = Registration.objects.filter(
        email=registration.email,
        kind=registration.kind,
        institution=registration.institution,
        institution_number=registration.institution_number,
        state=AccessState.WAITING,
    )
    for older in same.select_for_update(of=("self",)).exclude(pk=registration.pk):
        audit.record(older, "replace", by=by, data={"by": str(registration.reference)})
        forget_registration(registration=older)


def forget_registration(*, registration: Registration) -> None:
    """The row goes with its documents; the trail stays. The caller holds its lock and has written down why."""
    stored = list(registration.files.values_list("file_id", flat=True))
    registration.delete()
    for file_id in stored:
        files.discard(file_id=file_id)
