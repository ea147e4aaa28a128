"""When each action on an application is possible. Eligibility is a record of its own, never a state."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stars.kernel.states import Lifecycle, move


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    ADMITTED = "admitted", _("Admitted")
    INELIGIBLE = "ineligible", _("Does not meet the conditions")
    REJECTED = "rejected", _("Not admitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Completed")
    EXPELLED = "expelled", _("Expelled")


LIVE = (State.SUBMITTED, State.ADMITTED)


class Action(models.TextChoices):
    ADMIT = "admit", _("Admit")
    REJECT = "reject", _("Do not admit")
    WITHDRAW = "withdraw", _("Withdraw")
    DECLARE_INELIGIBLE = "declare_ineligible", _("Declare ineligible")
    COMPLETE = "complete", _("Record completion")
    EXPEL = "expel", _("Expel")


LIFECYCLE = Lifecycle(
    {
        Action.ADMIT: move(State.SUBMITTED, to=State.ADMITTED),
        Action.REJECT: move(State.SUBMITTED, to=State.REJECTED),
        Action.WITHDRAW: move(State.SUBMITTED, State.ADMITTED, to=State.WITHDRAWN),
        Action.DECLARE_INELIGIBLE: move(State.SUBMITTED, to=State.INELIGIBLE),
        Action.COMPLETE: move(State.ADMITTED, to=State.COMPLETED),
        Action.EXPEL: move(State.ADMITTED, to=State.EXPELLED),
    }
)


class Verdict(models.TextChoices):
    """The eligibility check's own answer; "not known" never decides anything (I15)."""

    MET = "met", _("Met")
    NOT_MET = "not_met", _("Not met")
    UNKNOWN = "unknown", _("Not known")
