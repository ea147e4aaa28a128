"""The client leaves the application: place and money are free at once (X43)."""

from datetime import datetime

from django.db import transaction

from applications import policies
from applications.errors import TooLateToWithdraw
from applications.models import Application
from applications.services import receipting, telling
from applications.services.moving import fetched, hold, move
from applications.states import Action, State
from funding import services as funding
from stars.kernel.actor import Actor
from stars.kernel.errors import require
from stars.kernel.transactions import repeatable


@repeatable
@transaction.atomic
def withdraw(*, application_id: int, by: Actor, moment: datetime, reason: str = "") -> Application:
    """Gives up the place and frees the money reserved for it.

    A client may until the round ends, `moment` being the arrival stamp (T2); the agency may later too.
    """
    application = fetched(application_id)
    require(policies.may(by, Action.WITHDRAW, application))
    if by.is_client and not application.round.is_open(moment):
        raise TooLateToWithdraw(application.round.last_day)

    application = hold(application, Action.WITHDRAW)
    move(
        application,
        Action.WITHDRAW,
        by=by,
        data={"reason": reason} if reason else None,
        withdrawal_reason=reason,
        told_at=None,
    )
    funding.release(purpose=application.reference, by=by)
    receipting.withdrawn(application, by=by)
    telling.withdrawn(application)
    telling.acted(application, State.WITHDRAWN, by=by)
    return application
