"""The learning account: opened at registration, approved or refused after the target-group check."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors as people
from funding import policies, signals
from funding.models import FundingSource, Grant, LearningAccount
from funding.services.ledger import post_grant
from funding.states import ACCOUNT, AccountAction
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.money import euros
from stars.kernel.transactions import repeatable
from stars.notices.services import notify


@transaction.atomic
def open_account(*, person_id: UUID, by: Actor) -> LearningAccount:
    """Opens the person's account, waiting for its check. Doing it twice changes nothing."""
    account, is_new = LearningAccount.objects.get_or_create(person_id=person_id)
    if is_new:
        audit.record(account, "open", by=by, to_state=account.state)
    return account


def lock_account(*, person_id: UUID) -> LearningAccount | None:
    """Holds the person's account until the transaction ends: the first lock of everything that moves money (K4)."""
    return LearningAccount.objects.select_for_update(of=("self",), no_key=True).filter(person_id=person_id).first()


def _locked(account_id: int) -> LearningAccount:
    return LearningAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account_id)


@repeatable
@transaction.atomic
def approve_account(*, account_id: int, by: Actor) -> LearningAccount:
    """The target-group check is passed (terms 26.4): posts the grant of every source whose money can still be used."""
    account = _locked(account_id)
    require(policies.may(by, AccountAction.APPROVE, account))
    _move(account, AccountAction.APPROVE, by=by, reason="")
    today = timezone.localdate()
    sources = FundingSource.objects.filter(
        is_active=True, co_payment=FundingSource.CoPayment.ABOVE_GRANT, grant_valid_to__gte=today
    )
    grants = [post_grant(account=account, source=source) for source in sources]
    signals.account_approved.send(sender=LearningAccount, person_id=account.person_id, by=by)
    _tell_approved(account, grants)
    return account


@repeatable
@transaction.atomic
def refuse_account(*, account_id: int, reason: str, by: Actor) -> LearningAccount:
    """The target-group check is not passed; `reason` is what the person reads."""
    account = _locked(account_id)
    require(policies.may(by, AccountAction.REFUSE, account))
    _move(account, AccountAction.REFUSE, by=by, reason=reason)
    signals.account_refused.send(sender=LearningAccount, person_id=account.person_id, reason=reason, by=by)
    if user := people.user_of(account.person_id):
        notify(
            recipient=user,
            key=f"account:{account.pk}:refused:{account.decided_at:%Y%m%d%H%M%S}",
            title=_("About your individual learning account application"),
            body="\n".join(
                [
                    _("Your individual learning account is not approved. Reason: %(reason)s") % {"reason": reason},
                    _("You can apply for programmes of other funding sources."),
                    _("If you do not agree or have questions, write to stars@viaa.gov.lv."),
                ]
            ),
            path="/profils/finansejums",
        )
    return account


def _move(account: LearningAccount, action: AccountAction, *, by: Actor, reason: str) -> None:
    before = account.state
    account.state = ACCOUNT.after(action, before, refusal=_("This account has already been decided."))
    account.refusal_reason = reason
    account.decided_at = timezone.now()
    account.full_clean(validate_unique=False)
    account.save(update_fields=["state", "refusal_reason", "decided_at"])
    data = {"reason": reason} if reason else None
    audit.record(account, action.value, by=by, from_state=before, to_state=account.state, data=data)


def _tell_approved(account: LearningAccount, grants: list[Grant]) -> None:
    user = people.user_of(account.person_id)
    if user is None:
        return
    lines = [
        _("%(sum)s are available to you until %(day)s")
        % {"sum": euros(grant.amount_cents), "day": f"{grant.valid_to:%d.%m.%Y}."}
        for grant in grants
    ]
    notify(
        recipient=user,
        key=f"account:{account.pk}:approved:{account.decided_at:%Y%m%d%H%M%S}",
        title=_("The individual learning account is approved"),
        body="\n".join([*lines, _("You can choose a programme and apply.")]),
        path="/profils/finansejums",
    )
