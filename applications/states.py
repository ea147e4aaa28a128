"""When each action on an application is possible. Eligibility is a record of its own, never a state."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funding.states import Verdict
from stars.kernel.states import Lifecycle, move

__all__ = [
    "FAMILY",
    "HOLDS_PLACE",
    "LEARNED",
    "LIFECYCLE",
    "LIVE",
    "VERDICT_FAMILY",
    "Action",
    "State",
    "Verdict",
    "status_word",
]


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    ADMITTED = "admitted", _("Admitted")
    INELIGIBLE = "ineligible", _("Does not meet the conditions")
    REJECTED = "rejected", _("Not admitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Completed")
    EXPELLED = "expelled", _("Expelled")


LIVE = (State.SUBMITTED, State.ADMITTED)
LEARNED = (State.COMPLETED, State.EXPELLED)
# Counted in the place counter of the group (I1): the live ones, and those who learned to the end.
HOLDS_PLACE = (State.SUBMITTED, State.ADMITTED, State.COMPLETED)

# The look of the status tag; the word always stands beside the colour.
FAMILY: dict[str, str] = {
    State.SUBMITTED: "info",
    State.ADMITTED: "ok",
    State.INELIGIBLE: "mute",
    State.REJECTED: "mute",
    State.WITHDRAWN: "mute",
    State.COMPLETED: "ok",
    State.EXPELLED: "bad",
}
FEMININE = {
    State.ADMITTED: pgettext_lazy("she", "Admitted"),
    State.REJECTED: pgettext_lazy("she", "Not admitted"),
    State.WITHDRAWN: pgettext_lazy("she", "Withdrawn"),
    State.COMPLETED: pgettext_lazy("she", "Completed"),
    State.EXPELLED: pgettext_lazy("she", "Expelled"),
}


def status_word(state: str, *, is_woman: bool) -> str:
    """The status in words; in Latvian the word agrees with the person where the gender is known."""
    feminine = FEMININE.get(State(state)) if is_woman else None
    return str(feminine or State(state).label)


class Action(models.TextChoices):
    ADMIT = "admit", _("Admit")
    REJECT = "reject", _("Do not admit")
    WITHDRAW = "withdraw", _("Withdraw")
    DECLARE_INELIGIBLE = "declare_ineligible", _("Declare ineligible")
    LOSE_GROUP = "lose_group", _("Close: the group is cancelled")
    COMPLETE = "complete", _("Record completion")
    EXPEL = "expel", _("Expel")


LIFECYCLE = Lifecycle(
    {
        Action.ADMIT: move(State.SUBMITTED, to=State.ADMITTED),
        Action.REJECT: move(State.SUBMITTED, to=State.REJECTED),
        Action.WITHDRAW: move(State.SUBMITTED, State.ADMITTED, to=State.WITHDRAWN),
        Action.DECLARE_INELIGIBLE: move(State.SUBMITTED, to=State.INELIGIBLE),
        Action.LOSE_GROUP: move(State.SUBMITTED, State.ADMITTED, to=State.REJECTED),
        Action.COMPLETE: move(State.ADMITTED, to=State.COMPLETED),
        Action.EXPEL: move(State.ADMITTED, to=State.EXPELLED),
    }
)


VERDICT_FAMILY: dict[str, str] = {"met": "ok", "not_met": "mute", "unknown": "warn"}
