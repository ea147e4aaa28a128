"""What the institution or the agency decides: one decider, one outcome (I9)."""

from django.db import transaction
from django.utils.translation import gettext as _

from applications import policies
from applications.models import Application, EligibilityCheck
from applications.services import checking, telling
from applications.services.moving import fetched, hold, move
from applications.states import Action
from funding import services as funding
from stars.classifiers.models import RejectionReason
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.transactions import repeatable

GROUP_NOT_FORMED = "group_not_formed"  # classifiers: the structured reason, with what to do next


@repeatable
@transaction.atomic
def admit(*, application_id: int, by: Actor) -> Application:
    """Gives the person the place that is already counted for them."""
    application = fetched(application_id)
    require(policies.may(by, Action.ADMIT, application))
    application = hold(application, Action.ADMIT)
    if obstacle := checking.obstacle(check=EligibilityCheck.objects.filter(application=application).first()):
        raise obstacle
    move(application, Action.ADMIT, by=by)
    telling.admitted(application)
    return application


@repeatable
@transaction.atomic
def reject(*, application_id: int, by: Actor, reason_id: int, explanation: str = "") -> Application:
    """Says no with a structured reason and a next step (X41); place and money are free at once."""
    application = fetched(application_id)
    require(policies.may(by, Action.REJECT, application))
    reason = RejectionReason.objects.filter(pk=reason_id, is_active=True).first()
    if reason is None:
        raise DomainError(_("Choose the reason"), code="no_reason")
    application = hold(application, Action.REJECT)
    move(
        application,
        Action.REJECT,
        by=by,
        data={"reason": reason.code},
        rejection_reason=reason,
        explanation=explanation.strip(),
    )
    funding.release(purpose=application.reference, by=by)
    telling.rejected(application)
    return application


@repeatable
@transaction.atomic
def declare_ineligible(*, application_id: int, by: Actor, explanation: str) -> Application:
    """The target-group check says no (terms 26.4): nothing usable is left behind (X30)."""
    application = fetched(application_id)
    require(policies.may(by, Action.DECLARE_INELIGIBLE, application))
    application = hold(application, Action.DECLARE_INELIGIBLE)
    move(application, Action.DECLARE_INELIGIBLE, by=by, explanation=explanation.strip())
    funding.release(purpose=application.reference, by=by)
    telling.declared_ineligible(application)
    return application


@repeatable
@transaction.atomic
def lose_group(*, application_id: int, by: Actor, explanation: str) -> Application:
    """The group is cancelled, and with it the place of everybody in it; the money is free, and so is the way to another group."""
    application = fetched(application_id)
    require(policies.may(by, Action.LOSE_GROUP, application))
    reason = RejectionReason.objects.get(code=GROUP_NOT_FORMED)
    application = hold(application, Action.LOSE_GROUP)
    move(
        application,
        Action.LOSE_GROUP,
        by=by,
        data={"reason": reason.code},
        rejection_reason=reason,
        explanation=explanation,
    )
    funding.release(purpose=application.reference, by=by)
    telling.group_lost(application)
    return application


@repeatable
@transaction.atomic
def complete(*, application_id: int, by: Actor) -> Application:
    """Learning is finished: the reserved money is spent, the place stays counted."""
    application = fetched(application_id)
    require(policies.may(by, Action.COMPLETE, application))
    application = hold(application, Action.COMPLETE)
    move(application, Action.COMPLETE, by=by)
    funding.capture(purpose=application.reference, by=by)
    telling.completed(application)
    return application


@repeatable
@transaction.atomic
def expel(*, application_id: int, by: Actor, explanation: str = "") -> Application:
    """Learning is broken off. The money counts as spent: news [004] gives no second grant to people who break off."""
    application = fetched(application_id)
    require(policies.may(by, Action.EXPEL, application))
    application = hold(application, Action.EXPEL)
    move(application, Action.EXPEL, by=by, explanation=explanation.strip())
    funding.capture(purpose=application.reference, by=by, is_broken_off=True)
    telling.expelled(application)
    return application
