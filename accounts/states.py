"""The life of a right to work in the portal (terms 27 to 29, 32), of a mandate, of a wish to take a second factor away."""

from django.db import models
from django.utils.translation import pgettext_lazy

from stars.kernel.states import Lifecycle, move


class AccessState(models.TextChoices):
    """screens.md 9, Lietotājs."""

    UNCONFIRMED = "unconfirmed", pgettext_lazy("access", "E-mail not confirmed")
    WAITING = "waiting", pgettext_lazy("access", "Waits for approval")
    APPROVED = "approved", pgettext_lazy("access", "Approved")
    REFUSED = "refused", pgettext_lazy("access", "Refused")
    BLOCKED = "blocked", pgettext_lazy("access", "Blocked")
    EXPIRED = "expired", pgettext_lazy("access", "Term over")


class AccessAction(models.TextChoices):
    CONFIRM = "confirm", pgettext_lazy("access", "Confirm the e-mail")
    APPROVE = "approve", pgettext_lazy("access", "Approve")
    REFUSE = "refuse", pgettext_lazy("access", "Refuse")
    BLOCK = "block", pgettext_lazy("access", "Block")
    UNBLOCK = "unblock", pgettext_lazy("access", "Unblock")
    EXPIRE = "expire", pgettext_lazy("access", "End")


ACCESS = Lifecycle(
    {
        AccessAction.CONFIRM: move(AccessState.UNCONFIRMED, to=AccessState.WAITING),
        AccessAction.APPROVE: move(AccessState.WAITING, to=AccessState.APPROVED),
        AccessAction.REFUSE: move(AccessState.WAITING, to=AccessState.REFUSED),
        AccessAction.BLOCK: move(AccessState.APPROVED, to=AccessState.BLOCKED),
        AccessAction.UNBLOCK: move(AccessState.BLOCKED, to=AccessState.APPROVED),
        AccessAction.EXPIRE: move(AccessState.APPROVED, AccessState.BLOCKED, to=AccessState.EXPIRED),
    }
)


class MandateState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("mandate", "Waits for the client")
    LIVE = "live", pgettext_lazy("mandate", "In force")
    DECLINED = "declined", pgettext_lazy("mandate", "Declined")
    ENDED = "ended", pgettext_lazy("mandate", "Ended")
    CONTESTED = "contested", pgettext_lazy("mandate", "Contested")


class MandateAction(models.TextChoices):
    ACCEPT = "accept", pgettext_lazy("mandate", "Confirm")
    DECLINE = "decline", pgettext_lazy("mandate", "Decline")
    END = "end", pgettext_lazy("mandate", "End")
    CONTEST = "contest", pgettext_lazy("mandate", "Contest")


MANDATE = Lifecycle(
    {
        MandateAction.ACCEPT: move(MandateState.WAITING, to=MandateState.LIVE),
        MandateAction.DECLINE: move(MandateState.WAITING, to=MandateState.DECLINED),
        MandateAction.END: move(MandateState.WAITING, MandateState.LIVE, to=MandateState.ENDED),
        MandateAction.CONTEST: move(MandateState.LIVE, MandateState.ENDED, to=MandateState.CONTESTED),
    }
)


class ResetState(models.TextChoices):
    """MFA-05: somebody has lost their second factor."""

    ASKED = "asked", pgettext_lazy("second factor", "Waits for a second administrator")
    REMOVED = "removed", pgettext_lazy("second factor", "Removed")
    KEPT = "kept", pgettext_lazy("second factor", "Not removed")


class ResetAction(models.TextChoices):
    REMOVE = "remove", pgettext_lazy("second factor", "Remove")
    KEEP = "keep", pgettext_lazy("second factor", "Do not remove")


RESET = Lifecycle(
    {
        ResetAction.REMOVE: move(ResetState.ASKED, to=ResetState.REMOVED),
        ResetAction.KEEP: move(ResetState.ASKED, to=ResetState.KEPT),
    }
)
