"""Conditions of a source and its rounds of money: the agency's data, with a trail (X33)."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from funding.models import Allotment, EligibilityRule, FundingSource, LearningAccount
from funding.states import AccountState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require

KEPT = ("basis", "parameter", "wording", "remedy", "position", "is_active")


@transaction.atomic
def save_condition(*, condition: EligibilityRule, changed: Iterable[str], by: Actor) -> EligibilityRule:
    """Writes what a form has checked. A change makes a new version: decisions taken keep the one they rest on.

    Accounts that wait are weighed again by the new version.
    """
    require(by.is_agency or by.is_system)
    names = sorted(set(changed))
    if condition.pk is not None and set(names) - {"is_active", "position"}:
        EligibilityRule.objects.filter(pk=condition.pk).update(is_active=False)
        condition = EligibilityRule(
            source_id=condition.source_id,
            scope=condition.scope,
            code=condition.code,
            version=condition.version + 1,
            **{name: getattr(condition, name) for name in KEPT},
        )
    condition.save()
    audit.record(condition, "save", by=by, data={"changed": names, "version": condition.version})
    LearningAccount.objects.filter(state=AccountState.PENDING).update(check_due_at=timezone.now())
    return condition


@transaction.atomic
def open_allotment(
    *,
    source: FundingSource,
    name: str,
    opened_on: date,
    grant_cents: int,
    valid_to: date,
    budget_cents: int | None,
    by: Actor,
) -> Allotment:
    """A new round of a source's money: from that day the source gives this sum, usable to this day, inclusive.

    Approved accounts are put on the worklist: each is checked anew for the money of this round.
    """
    require(by.is_agency or by.is_system)
    if valid_to < opened_on:
        raise DomainError(_("The money would end before it is given. Choose a later last day."), code="ends_before")
    allotment = Allotment.objects.create(source=source, name=name, opened_on=opened_on, budget_cents=budget_cents)
    FundingSource.objects.filter(pk=source.pk).update(grant_cents=grant_cents, grant_valid_to=valid_to)
    data = {"grant_cents": grant_cents, "valid_to": valid_to.isoformat(), "opened_on": opened_on.isoformat()}
    audit.record(allotment, "open", by=by, data=data)
    accounts = LearningAccount.objects.exclude(state=AccountState.REFUSED)
    accounts.update(check_due_at=timezone.now())
    return allotment
