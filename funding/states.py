"""Money's machines: the account's approval, its grant in one round, and one reservation's life."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stars.kernel.states import Lifecycle, move


class AccountState(models.TextChoices):
    PENDING = "pending", pgettext_lazy("account", "Being checked")
    APPROVED = "approved", pgettext_lazy("account", "Approved")
    REFUSED = "refused", pgettext_lazy("account", "Not approved")


class AccountAction(models.TextChoices):
    APPROVE = "approve", pgettext_lazy("account", "Approve")
    REFUSE = "refuse", pgettext_lazy("account", "Refuse")


ACCOUNT = Lifecycle(
    {
        AccountAction.APPROVE: move(AccountState.PENDING, AccountState.REFUSED, to=AccountState.APPROVED),
        AccountAction.REFUSE: move(AccountState.PENDING, to=AccountState.REFUSED),
    }
)


class ReservationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("reservation", "Reserved")
    CAPTURED = "captured", pgettext_lazy("reservation", "Spent")
    RELEASED = "released", pgettext_lazy("reservation", "Returned")


class ReservationAction(models.TextChoices):
    CAPTURE = "capture", pgettext_lazy("reservation", "Spend")
    RELEASE = "release", pgettext_lazy("reservation", "Return")


RESERVATION = Lifecycle(
    {
        ReservationAction.CAPTURE: move(ReservationState.OPEN, to=ReservationState.CAPTURED),
        ReservationAction.RELEASE: move(ReservationState.OPEN, to=ReservationState.RELEASED),
    }
)


class Verdict(models.TextChoices):
    """What a check answers; "not known" never decides anything (I15, X29)."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    UNKNOWN = "unknown", _("Not known")


class GrantState(models.TextChoices):
    """The check of one account for the money of one round."""

    OPEN = "open", pgettext_lazy("grant", "Being checked")
    GIVEN = "given", pgettext_lazy("grant", "Given")
    DENIED = "denied", pgettext_lazy("grant", "Not given")


class GrantAction(models.TextChoices):
    GIVE = "give", pgettext_lazy("grant", "Give the grant")
    DENY = "deny", pgettext_lazy("grant", "Do not give the grant")


GRANTING = Lifecycle(
    {
        GrantAction.GIVE: move(GrantState.OPEN, GrantState.DENIED, to=GrantState.GIVEN),
        GrantAction.DENY: move(GrantState.OPEN, to=GrantState.DENIED),
    }
)


class CorrectionState(models.TextChoices):
    """A correction of the ledger by hand: what one officer proposes is posted by another (ADM-03)."""

    PROPOSED = "proposed", pgettext_lazy("correction", "Waits for a second officer")
    POSTED = "posted", pgettext_lazy("correction", "Posted")
    DECLINED = "declined", pgettext_lazy("correction", "Declined")


class CorrectionAction(models.TextChoices):
    POST = "post", pgettext_lazy("correction", "Post")
    DECLINE = "decline", pgettext_lazy("correction", "Decline")


CORRECTING = Lifecycle(
    {
        CorrectionAction.POST: move(CorrectionState.PROPOSED, to=CorrectionState.POSTED),
        CorrectionAction.DECLINE: move(CorrectionState.PROPOSED, to=CorrectionState.DECLINED),
    }
)
