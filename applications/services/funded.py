"""What the decision about a learning account means for the application that waits for its money."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from applications.models import Application, EligibilityCheck
from applications.services.checking import ACCOUNT, AGENCY, account_finding, verdict_of
from applications.services.deciding import declare_ineligible
from applications.states import State, Verdict
from funding import services as funding
from funding.models import FundingSource, LearningAccount
from stars.kernel.actor import Actor


def _waiting(person_id: UUID) -> list[Application]:
    """Live applications paid by a grant; the caller holds the account's lock."""
    return list(
        Application.objects.live()
        .filter(client_id=person_id, source__co_payment=FundingSource.CoPayment.ABOVE_GRANT)
        .select_related("source", "programme")
        .order_by("pk")
    )


@transaction.atomic
def account_was_approved(*, person_id: UUID, by: Actor) -> None:
    """Holds the money the application was sent for, and notes that the check is passed. Doing it twice changes nothing."""
    for application in _waiting(person_id):
        funding.reserve(
            person_id=person_id,
            source=application.source,
            purpose=application.reference,
            programme_name=application.programme.name,
            price_cents=application.price_cents - application.own_share_cents,
            by=by,
        )
        _note(application, person_id)


@transaction.atomic
def account_was_refused(*, person_id: UUID, reason: str, by: Actor) -> None:
    """Notes that the check is not passed; an application nobody has decided yet becomes ineligible."""
    for application in _waiting(person_id):
        _note(application, person_id)
        if application.state == State.SUBMITTED:
            declare_ineligible(application_id=application.pk, by=by, explanation=reason)


def _note(application: Application, person_id: UUID) -> None:
    """The rule "account" is decided anew; an approved account answers for the age as well."""
    account = LearningAccount.objects.get(person_id=person_id)
    check = EligibilityCheck.objects.filter(application=application).first()
    if check is None:
        return
    decided = account_finding(account)
    kept = [finding for finding in check.findings if finding["rule"] != ACCOUNT]
    if decided["verdict"] == Verdict.MET:
        kept = [_answered(finding) for finding in kept]
    check.findings = [*kept, decided]
    check.verdict, check.checked_at = verdict_of(check.findings), timezone.now()
    check.save(update_fields=["findings", "verdict", "checked_at"])


def _answered(finding: dict[str, str]) -> dict[str, str]:
    if finding["rule"] == "age" and finding["verdict"] == Verdict.UNKNOWN:
        return finding | {"verdict": Verdict.MET.value, "origin": AGENCY}
    return finding
