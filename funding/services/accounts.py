"""The learning account: opened at registration, approved or refused after the target-group check; its grant each round."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors as people
from funding import policies, signals
from funding.models import Grant, LearningAccount, TargetGroupCheck
from funding.selectors import grant_sources, money_under_way
from funding.services.erasing import was_given
from funding.services.ledger import post_grant
from funding.states import ACCOUNT, GRANTING, AccountAction, AccountState, GrantAction, GrantState, Verdict
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.compiled import Compiled
from stars.kernel.errors import DomainError, require
from stars.kernel.money import euros
from stars.kernel.tasks import enqueue
from stars.kernel.transactions import repeatable
from stars.notices.services import notify

PATH = "/profils/finansejums"


@transaction.atomic
def open_account(*, person_id: UUID, by: Actor) -> LearningAccount:
    """Opens the person's account and has it checked. Doing it twice changes nothing."""
    account, is_new = LearningAccount.objects.get_or_create(
        person_id=person_id, defaults={"check_due_at": timezone.now()}
    )
    if is_new:
        audit.record(account, "open", by=by, to_state=account.state)
        enqueue("funding.check_account", account.pk)
    return account


def lock_account(*, person_id: UUID) -> LearningAccount | None:
    """Holds the person's account until the transaction ends: the first lock of everything that moves money (K4)."""
    return next(iter(_LOCKED.rows(person_id=person_id)), None)


def _of_person(person_id: UUID) -> QuerySet[LearningAccount]:
    return LearningAccount.objects.select_for_update(of=("self",), no_key=True).filter(person_id=person_id)


_LOCKED = Compiled(_of_person, person_id=UUID(int=1))  # asked by every submit


def _locked(account_id: int) -> LearningAccount:
    return LearningAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account_id)


@repeatable
@transaction.atomic
def approve_account(*, account_id: int, by: Actor, reason: str = "") -> LearningAccount:
    """The target-group check is passed (terms 26.4): posts the grant of every source whose money can still be used.

    An officer who approves against the check, or before it can tell, says why.
    """
    account = _locked(account_id)
    require(policies.may(by, AccountAction.APPROVE, account))
    checks = list(account.checks.exclude(state=GrantState.GIVEN).order_by("pk"))
    if not by.is_system and not reason and any(check.verdict != Verdict.MET for check in checks):
        raise DomainError(
            _("The check does not say that all conditions are met. Write why you approve."), code="no_reason"
        )
    _move(account, AccountAction.APPROVE, by=by, reason=reason)
    grants = []
    for source, allotment in money_under_way():
        check, _is_new = TargetGroupCheck.objects.get_or_create(account=account, source=source, allotment=allotment)
        if allotment is not None and was_given(person_id=account.person_id, allotment=allotment):
            if check.state == GrantState.OPEN:
                _decide(check, GrantAction.DENY, by=by, reason=_("The money of this round was given to you before."))
            continue
        if check.state != GrantState.GIVEN:
            _decide(check, GrantAction.GIVE, by=by, reason=reason)
        if allotment is not None:
            grants.append(post_grant(account=account, source=source, allotment=allotment))
    _send_approved(account, by)
    _tell_approved(account, grants)
    return account


@repeatable
@transaction.atomic
def refuse_account(*, account_id: int, reason: str, by: Actor) -> LearningAccount:
    """The target-group check is not passed; `reason` is what the person reads. Nothing usable is left (X30)."""
    account = _locked(account_id)
    require(policies.may(by, AccountAction.REFUSE, account))
    _move(account, AccountAction.REFUSE, by=by, reason=reason)
    for check in account.checks.filter(state=GrantState.OPEN).order_by("pk"):
        _decide(check, GrantAction.DENY, by=by, reason=reason)
    sources = list(grant_sources().values_list("pk", flat=True))
    _send_refused(account, sources, reason, by)
    _tell(
        account,
        "refused",
        _("About your individual learning account application"),
        _("Your individual learning account is not approved. Reason: %(reason)s") % {"reason": reason},
        _("You can apply for programmes of other funding sources."),
        _("If you do not agree, write to stars@viaa.gov.lv or call +371 67359075. Say what is wrong and attach proof."),
    )
    return account


@repeatable
@transaction.atomic
def give_grant(*, check_id: int, by: Actor, reason: str = "") -> TargetGroupCheck:
    """An approved account gets the money of a further round."""
    check, account = _held(check_id, GrantAction.GIVE, by)
    if not by.is_system and not reason and check.verdict != Verdict.MET:
        raise DomainError(
            _("The check does not say that all conditions are met. Write why you approve."), code="no_reason"
        )
    if check.allotment is not None and was_given(person_id=account.person_id, allotment=check.allotment):
        raise DomainError(
            _("The money of this round was given to this person before their data were erased. Deny it."),
            code="given_before",
        )
    _decide(check, GrantAction.GIVE, by=by, reason=reason)
    grants = []
    if check.allotment is not None:
        grants = [post_grant(account=account, source=check.source, allotment=check.allotment)]
    _send_approved(account, by)
    _tell_approved(account, grants)
    return check


@repeatable
@transaction.atomic
def deny_grant(*, check_id: int, reason: str, by: Actor) -> TargetGroupCheck:
    """An approved account gets no money in this round; `reason` is what the person reads. Valid for this source only (X32)."""
    check, account = _held(check_id, GrantAction.DENY, by)
    _decide(check, GrantAction.DENY, by=by, reason=reason)
    _send_refused(account, [check.source_id], reason, by)
    _tell(
        account,
        f"denied:{check.pk}",
        _("About your individual learning account application"),
        _("No funding is granted to you in this round. Reason: %(reason)s") % {"reason": reason},
        _("You can apply for programmes of other funding sources."),
        _("If you do not agree, write to stars@viaa.gov.lv or call +371 67359075. Say what is wrong and attach proof."),
    )
    return check


def _held(check_id: int, action: GrantAction, by: Actor) -> tuple[TargetGroupCheck, LearningAccount]:
    account_id = TargetGroupCheck.objects.values_list("account_id", flat=True).get(pk=check_id)
    account = _locked(account_id)
    check = TargetGroupCheck.objects.select_related("source", "allotment", "account").get(pk=check_id)
    require(policies.may_grant(by, action, check))
    if account.state != AccountState.APPROVED:
        raise DomainError(_("Decide about the learning account first."), code="account_first")
    return check, account


def _decide(check: TargetGroupCheck, action: GrantAction, *, by: Actor, reason: str) -> None:
    """The findings stay as they stand: the decision keeps the facts it rests on (X12, X33)."""
    before = check.state
    check.state = GRANTING.after(action, before, refusal=_("This account has already been decided."))
    check.decided_at, check.reason = timezone.now(), reason
    check.full_clean(validate_unique=False)
    check.save(update_fields=["state", "decided_at", "reason"])
    data = {"verdict": check.verdict, "findings": check.findings} | ({"reason": reason} if reason else {})
    audit.record(check, action.value, by=by, from_state=before, to_state=check.state, data=data)


def _move(account: LearningAccount, action: AccountAction, *, by: Actor, reason: str) -> None:
    before = account.state
    account.state = ACCOUNT.after(action, before, refusal=_("This account has already been decided."))
    account.refusal_reason = reason if action == AccountAction.REFUSE else ""
    account.decided_at, account.check_due_at = timezone.now(), None
    account.full_clean(validate_unique=False)
    account.save(update_fields=["state", "refusal_reason", "decided_at", "check_due_at"])
    data = {"reason": reason} if reason else None
    audit.record(account, action.value, by=by, from_state=before, to_state=account.state, data=data)


def _send_approved(account: LearningAccount, by: Actor) -> None:
    signals.account_approved.send(sender=LearningAccount, person_id=account.person_id, by=by)


def _send_refused(account: LearningAccount, sources: Collection[int], reason: str, by: Actor) -> None:
    signals.account_refused.send(
        sender=LearningAccount, person_id=account.person_id, source_ids=sources, reason=reason, by=by
    )


def _tell_approved(account: LearningAccount, grants: list[Grant]) -> None:
    lines = [
        _("%(sum)s are available to you until %(day)s")
        % {"sum": euros(grant.amount_cents), "day": f"{grant.valid_to:%d.%m.%Y}."}
        for grant in grants
    ]
    _tell(
        account,
        "approved",
        _("The individual learning account is approved"),
        *lines,
        _("You can choose a programme and apply."),
    )


def _tell(account: LearningAccount, event: str, title: str, *lines: str) -> None:
    """Nobody is told who can no longer sign in."""
    user = people.user_of(account.person_id)
    if user is not None and user.is_active:
        key = f"account:{account.pk}:{event}:{timezone.now():%Y%m%d%H%M%S}"
        notify(recipient=user, key=key, title=title, body="\n".join(lines), path=PATH)
