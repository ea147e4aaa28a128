"""Money's two machines: the account's approval, and one reservation's life."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stars.kernel.states import Lifecycle, move


class AccountState(models.TextChoices):
    PENDING = "pending", _("Being checked")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Not approved")


class AccountAction(models.TextChoices):
    APPROVE = "approve", _("Approve")
    REFUSE = "refuse", _("Refuse")


ACCOUNT = Lifecycle(
    {
        AccountAction.APPROVE: move(AccountState.PENDING, AccountState.REFUSED, to=AccountState.APPROVED),
        AccountAction.REFUSE: move(AccountState.PENDING, to=AccountState.REFUSED),
    }
)


class ReservationState(models.TextChoices):
    OPEN = "open", _("Reserved")
    CAPTURED = "captured", _("Spent")
    RELEASED = "released", _("Returned")


class ReservationAction(models.TextChoices):
    CAPTURE = "capture", _("Spend")
    RELEASE = "release", _("Return")


RESERVATION = Lifecycle(
    {
        ReservationAction.CAPTURE: move(ReservationState.OPEN, to=ReservationState.CAPTURED),
        ReservationAction.RELEASE: move(ReservationState.OPEN, to=ReservationState.RELEASED),
    }
)
