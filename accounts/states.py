"""The life of rights (terms 27 to 29, 32), mandates, lost second factors, and what registers say (terms 26.1)."""

from django.db import models
from django.utils.translation import gettext_lazy, pgettext_lazy

from stars.kernel.actor import Role
from stars.kernel.states import Lifecycle, move

# How pages call the role somebody works in.
ROLE_WORDS = {
    Role.CLIENT: pgettext_lazy("role", "Client"),
    Role.PROVIDER: gettext_lazy("Employee of an education institution"),
    Role.PROVIDER_ADMIN: gettext_lazy("Administrator of an education institution"),
    Role.COORDINATOR: gettext_lazy("Municipal coordinator"),
    Role.CONSULTANT: gettext_lazy("Career consultant"),
    Role.ASSESSOR: gettext_lazy("Skills assessor"),
    Role.COMMISSION: gettext_lazy("Member of the evaluation commission"),
    Role.AGENCY: gettext_lazy("Agency staff"),
}


class AccessState(models.TextChoices):
    """screens.md 9, Lietotājs."""

    UNCONFIRMED = "unconfirmed", pgettext_lazy("access", "E-mail not confirmed")
    WAITING = "waiting", pgettext_lazy("access", "Waits for approval")
    APPROVED = "approved", pgettext_lazy("access", "Approved")
    REFUSED = "refused", pgettext_lazy("access", "Refused")
    BLOCKED = "blocked", pgettext_lazy("access", "Blocked")
    EXPIRED = "expired", pgettext_lazy("access", "Term over")


# The colour of each word (design.md), never the word alone.
FAMILY = {
    AccessState.UNCONFIRMED: "mute",
    AccessState.WAITING: "warn",
    AccessState.APPROVED: "ok",
    AccessState.REFUSED: "mute",
    AccessState.BLOCKED: "bad",
    AccessState.EXPIRED: "mute",
}


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


class Registry(models.TextChoices):
    """The state's registers that are asked about a person (terms 26.1)."""

    FPR = "fpr", pgettext_lazy("register", "Register of Natural Persons")
    VID = "vid", pgettext_lazy("register", "State Revenue Service")
    VIIS = "viis", pgettext_lazy("register", "State Education Information System")


class Origin(models.TextChoices):
    """Where a fact comes from: a register, or the agency that has looked into a disputed entry."""

    FPR = Registry.FPR.value, Registry.FPR.label
    VID = Registry.VID.value, Registry.VID.label
    VIIS = Registry.VIIS.value, Registry.VIIS.label
    AGENCY = "agency", pgettext_lazy("origin", "State Education Development Agency")


class FactKind(models.TextChoices):
    """What a register may say of a person; one current fact of each kind."""

    NAME = "name", pgettext_lazy("fact", "First name and surname")
    BIRTH_DATE = "birth_date", pgettext_lazy("fact", "Birth date")
    DEATH = "death", pgettext_lazy("fact", "Entry of death")
    EMPLOYMENT = "employment", pgettext_lazy("fact", "Employment")
    EDUCATION = "education", pgettext_lazy("fact", "Highest education")
    LEARNING = "learning", pgettext_lazy("fact", "Education begun")
    DOCUMENTS = "documents", pgettext_lazy("fact", "Education documents")
    RESIDENCE = "residence", pgettext_lazy("fact", "Municipality of the declared residence")


class FactVerdict(models.TextChoices):
    """What the register says of what the person declared; "not known" never decides anything (I15)."""

    CONFIRMED = "confirmed", pgettext_lazy("fact", "Confirmed")
    REFUTED = "refuted", pgettext_lazy("fact", "Differs")
    UNKNOWN = "unknown", pgettext_lazy("fact", "Not known")


class Purpose(models.TextChoices):
    """Why a register is asked; the person reads it in "Kas skatījis manus datus"."""

    REGISTRATION = "registration", pgettext_lazy("why asked", "Registration in the platform (terms 26.1)")
    APPLICATION = "application", pgettext_lazy("why asked", "Check of an application's conditions")
    DEATH = "death", pgettext_lazy("why asked", "Half-yearly check of the register (terms 32.8)")
    DISPUTE = "dispute", pgettext_lazy("why asked", "A disputed entry is looked into")
    MANDATE = (
        "mandate",
        pgettext_lazy("why asked", "A coordinator acts for you: whether you live in their municipality"),
    )


class QuestionState(models.TextChoices):
    """The row is the outbox: due until the register has answered, or nobody needs the answer any more."""

    DUE = "due", pgettext_lazy("question", "To be asked")
    ANSWERED = "answered", pgettext_lazy("question", "Answered")
    DROPPED = "dropped", pgettext_lazy("question", "No longer needed")


class DisputeState(models.TextChoices):
    OPEN = "open", pgettext_lazy("dispute", "Being looked into")
    UPHELD = "upheld", pgettext_lazy("dispute", "The entry stands")
    CORRECTED = "corrected", pgettext_lazy("dispute", "Corrected")


class DisputeAction(models.TextChoices):
    UPHOLD = "uphold", pgettext_lazy("dispute", "The entry stands")
    CORRECT = "correct", pgettext_lazy("dispute", "Correct the entry")


DISPUTE = Lifecycle(
    {
        DisputeAction.UPHOLD: move(DisputeState.OPEN, to=DisputeState.UPHELD),
        DisputeAction.CORRECT: move(DisputeState.OPEN, to=DisputeState.CORRECTED),
    }
)


class InvitationState(models.TextChoices):
    """The life of an invitation by e-mail."""

    OPEN = "open", pgettext_lazy("invitation", "Sent")
    ACCEPTED = "accepted", pgettext_lazy("invitation", "Accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("invitation", "Withdrawn")


class InvitationAction(models.TextChoices):
    ACCEPT = "accept", pgettext_lazy("invitation", "Accept")
    WITHDRAW = "withdraw", pgettext_lazy("invitation", "Withdraw")


INVITATION = Lifecycle(
    {
        InvitationAction.ACCEPT: move(InvitationState.OPEN, to=InvitationState.ACCEPTED),
        InvitationAction.WITHDRAW: move(InvitationState.OPEN, to=InvitationState.WITHDRAWN),
    }
)
