"""When each action on a call and on an offer is possible; an offered programme is decided by the same words as its offer."""

from django.db import models
from django.utils.translation import pgettext_lazy

from stars.kernel.states import Lifecycle, move


class OfferState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("offer", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("offer", "Submitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("offer", "Withdrawn")
    IN_EVALUATION = "in_evaluation", pgettext_lazy("offer", "In evaluation")
    APPROVED = "approved", pgettext_lazy("offer", "Approved")
    REJECTED = "rejected", pgettext_lazy("offer", "Rejected")


EDITABLE = (OfferState.DRAFT, OfferState.WITHDRAWN)
LIVE = (OfferState.SUBMITTED, OfferState.IN_EVALUATION, OfferState.APPROVED)  # these count towards the call's limits
# Families of the status tag (design.md 1).
FAMILY: dict[str, str] = {
    OfferState.DRAFT: "mute",
    OfferState.SUBMITTED: "info",
    OfferState.WITHDRAWN: "mute",
    OfferState.IN_EVALUATION: "warn",
    OfferState.APPROVED: "ok",
    OfferState.REJECTED: "mute",
}


class OfferAction(models.TextChoices):
    SUBMIT = "submit", pgettext_lazy("offer", "Submit")
    WITHDRAW = "withdraw", pgettext_lazy("offer", "Withdraw")
    EVALUATE = "evaluate", pgettext_lazy("offer", "Open the evaluation")
    APPROVE = "approve", pgettext_lazy("offer", "Approve")
    REJECT = "reject", pgettext_lazy("offer", "Reject")


OFFER = Lifecycle(
    {
        OfferAction.SUBMIT: move(OfferState.DRAFT, OfferState.WITHDRAWN, to=OfferState.SUBMITTED),
        OfferAction.WITHDRAW: move(OfferState.SUBMITTED, to=OfferState.WITHDRAWN),
        OfferAction.EVALUATE: move(OfferState.SUBMITTED, to=OfferState.IN_EVALUATION),
        OfferAction.APPROVE: move(OfferState.IN_EVALUATION, to=OfferState.APPROVED),
        OfferAction.REJECT: move(OfferState.IN_EVALUATION, to=OfferState.REJECTED),
    }
)


class CallState(models.TextChoices):
    """Whether the call is announced. Whether it is open is asked of the clock (T1)."""

    PREPARED = "prepared", pgettext_lazy("call", "In preparation")
    ANNOUNCED = "announced", pgettext_lazy("call", "Announced")


class CallAction(models.TextChoices):
    ANNOUNCE = "announce", pgettext_lazy("call", "Announce")


CALL = Lifecycle({CallAction.ANNOUNCE: move(CallState.PREPARED, to=CallState.ANNOUNCED)})


class CallEdit(models.TextChoices):
    """What may be written without moving anything."""

    SAVE = "save", pgettext_lazy("call", "Save")
    MOVE_DEADLINE = "move_deadline", pgettext_lazy("call", "Move the deadline")
    COPY = "copy", pgettext_lazy("call", "Prepare another one like this")


class DraftAction(models.TextChoices):
    """What an institution does with its venues, programmes and unsent offers."""

    SAVE = "save", pgettext_lazy("draft", "Save the draft")
    COPY = "copy", pgettext_lazy("draft", "Copy the programme")
    DISCARD = "discard", pgettext_lazy("draft", "Delete the draft")


class VenueState(models.TextChoices):
    """What the education register says of an address."""

    UNCHECKED = "unchecked", pgettext_lazy("address", "Not checked yet")
    REGISTERED = "registered", pgettext_lazy("address", "Registered in VIIS")
    NOT_FOUND = "not_found", pgettext_lazy("address", "Not found in VIIS")


VENUE_FAMILY: dict[str, str] = {
    VenueState.UNCHECKED: "warn",
    VenueState.REGISTERED: "ok",
    VenueState.NOT_FOUND: "bad",
}


class CostRule(models.TextChoices):
    """How the unit cost of a kind is reckoned (domain.md 4)."""

    WHOLE = "whole", pgettext_lazy("cost", "hours of the whole at the rate, at most the cap")
    PARTS = "parts", pgettext_lazy("cost", "sum of the parts, each at the rate and at most the cap")


class Place(models.TextChoices):
    """Where an attachment belongs."""

    PROGRAMME = "programme", pgettext_lazy("attachment", "to each programme")
    OFFER = "offer", pgettext_lazy("attachment", "to the offer")


class SeatRole(models.TextChoices):
    CHAIR = "chair", pgettext_lazy("commission", "Chair")
    MEMBER = "member", pgettext_lazy("commission", "Member")


class Answer(models.TextChoices):
    """What a member says of one condition."""

    YES = "yes", pgettext_lazy("condition", "Meets it")
    NO = "no", pgettext_lazy("condition", "Does not meet it")
    CLARIFY = "clarify", pgettext_lazy("condition", "To be clarified")


class Evaluating(models.TextChoices):
    """What is done with offers after the deadline, beside deciding them."""

    NAME = "name", pgettext_lazy("evaluation", "Name a member of the commission")
    RELEASE = "release", pgettext_lazy("evaluation", "Release the member")
    OPEN = "open", pgettext_lazy("evaluation", "Open the offers for evaluation")
    DECLARE = "declare", pgettext_lazy("evaluation", "Declare interests")
    SAVE_SCORES = "save_scores", pgettext_lazy("evaluation", "Save the draft of scores")
    GIVE_SCORES = "give_scores", pgettext_lazy("evaluation", "Give scores")
    AGREE = "agree", pgettext_lazy("evaluation", "Record the agreed score")
    RECORD_CONTRACT = "record_contract", pgettext_lazy("evaluation", "Record the contract")
    PUBLISH = "publish", pgettext_lazy("evaluation", "Publish in the catalogue")
