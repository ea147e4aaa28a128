"""The target-group check: rule by rule from what is known, again whenever a fact changes (terms 26.4, X29, X31, X33).

All met approves by the named job. Anything not met goes to the agency, never to a refusal. What is not known waits.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.selectors import current_facts, user_of
from funding import rules
from funding.models import EligibilityRule, LearningAccount, Scope, TargetGroupCheck
from funding.selectors import earlier_money, money_under_way
from funding.services.accounts import approve_account, give_grant
from funding.services.erasing import was_given
from funding.states import AccountState, GrantState, Verdict
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.tasks import enqueue
from stars.kernel.transactions import repeatable

AGAIN_AFTER = timedelta(days=1)  # what is not known is looked at once more: a birthday brings no new fact
BATCH = 200


@transaction.atomic
def ask_for_check(*, person_id: UUID, by: Actor) -> None:  # noqa: ARG001 - whoever changed a fact
    """A fact about the person has changed: their account is to be checked. Doing it twice changes nothing."""
    account_id = LearningAccount.objects.filter(person_id=person_id).values_list("pk", flat=True).first()
    if account_id is not None:
        LearningAccount.objects.filter(pk=account_id).update(check_due_at=timezone.now())
        enqueue("funding.check_account", account_id)


def check_due_accounts(*, by: Actor) -> int:
    """Whatever `check_account` was never rung for, or is to be looked at again; gives how many."""
    due = LearningAccount.objects.filter(check_due_at__lte=timezone.now()).order_by("check_due_at", "pk")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for account_id in ids:
        check_account(account_id=account_id, by=by)
    return len(ids)


@repeatable
@transaction.atomic
def check_account(*, account_id: int, by: Actor) -> Verdict | None:
    """Weighs every rule anew. Gives the verdict, None where there is nothing to decide. A decided check stays as it was."""
    require(by.is_system)
    account = LearningAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account_id)
    user = user_of(account.person_id)
    is_over = account.state == AccountState.REFUSED or user is None or not user.is_active
    checks = [] if is_over else list(_weigh(account))
    _note_when_next(account, checks)
    if not checks:
        return None
    found = [finding for check in checks for finding in check.findings]
    verdict = rules.verdict_of(found)
    if account.state == AccountState.PENDING:
        if verdict == Verdict.MET:
            approve_account(account_id=account.pk, by=by)
        return verdict
    for check in checks:
        if check.verdict == Verdict.MET:
            give_grant(check_id=check.pk, by=by)
    return verdict


def _weigh(account: LearningAccount) -> Iterable[TargetGroupCheck]:
    """The open check of each source that gives money, written anew."""
    facts, now = current_facts(account.person_id), timezone.now()
    for source, allotment in money_under_way():
        if account.state == AccountState.APPROVED and (allotment is None or account.grants.filter(allotment=allotment)):
            continue
        check, _is_new = TargetGroupCheck.objects.get_or_create(account=account, source=source, allotment=allotment)
        if check.state != GrantState.OPEN:
            continue
        evidence = rules.Evidence(
            moment=now, facts=facts, earlier=earlier_money(account_id=account.pk, source=source, but=allotment)
        )
        conditions = EligibilityRule.objects.in_force(Scope.ACCOUNT).filter(source=source)
        check.findings = rules.findings(conditions.order_by("position", "pk"), evidence)
        if allotment is not None and was_given(person_id=account.person_id, allotment=allotment):
            check.findings.append(rules.given_before())
        check.verdict, check.checked_at = rules.verdict_of(check.findings), now
        check.save(update_fields=["findings", "verdict", "checked_at"])
        yield check


def _note_when_next(account: LearningAccount, checks: list[TargetGroupCheck]) -> None:
    waits = any(check.verdict == Verdict.UNKNOWN for check in checks)
    account.check_due_at = timezone.now() + AGAIN_AFTER if waits else None
    account.save(update_fields=["check_due_at"])
