"""Who may do what to calls and offers; when is in states and asked of the clock. Asked by pages, enforced by services."""

from collections.abc import Callable, Mapping
from typing import Any

from catalog.models import Venue
from stars.kernel.actor import Actor, Duty, Role

from .models import Call, Offer, ProgrammeDraft, Seat
from .states import EDITABLE, CallAction, CallEdit, Evaluating, OfferAction

Rule = Callable[[Actor, Any], bool]


def institution(actor: Actor, owned: Offer | ProgrammeDraft) -> bool:
    """Somebody who works in the institution it belongs to."""
    return actor.is_provider and owned.institution_id == actor.institution_id


def evaluator(actor: Actor, owned: Any) -> bool:
    """An officer charged with evaluation."""
    return actor.has_duty(Duty.EVALUATOR, Duty.ADMINISTRATOR)


def keeper(actor: Actor, call: Call | None) -> bool:
    """Who writes calls: officers charged with evaluation or with what the portal says."""
    return actor.has_duty(Duty.EVALUATOR, Duty.CONTENT, Duty.ADMINISTRATOR)


def job(actor: Actor, owned: Any) -> bool:
    """A named job: demo data, sweeps."""
    return actor.is_system


def member(actor: Actor, seat: Seat | None) -> bool:
    """Whose seat it is, while they work as a member of the commission (ACC-08)."""
    return actor.role is Role.COMMISSION and seat is not None and seat.user_id == actor.user_id


WHO: Mapping[OfferAction, tuple[Rule, ...]] = {
    OfferAction.SUBMIT: (institution, job),
    OfferAction.WITHDRAW: (institution, job),
    OfferAction.EVALUATE: (evaluator, job),
    OfferAction.APPROVE: (evaluator, job),
    OfferAction.REJECT: (evaluator, job),
}
CALLS: Mapping[CallAction, tuple[Rule, ...]] = {CallAction.ANNOUNCE: (keeper, job)}
EDITS: Mapping[CallEdit, tuple[Rule, ...]] = {
    CallEdit.SAVE: (keeper, job),
    CallEdit.MOVE_DEADLINE: (keeper, job),
    CallEdit.COPY: (keeper, job),
}

EVALUATING: Mapping[Evaluating, tuple[Rule, ...]] = {
    Evaluating.NAME: (evaluator, job),
    Evaluating.RELEASE: (evaluator, job),
    Evaluating.OPEN: (evaluator, job),
    Evaluating.DECLARE: (member,),
    Evaluating.SAVE_SCORES: (member,),
    Evaluating.GIVE_SCORES: (member,),
    Evaluating.AGREE: (member, evaluator),
    Evaluating.RECORD_CONTRACT: (evaluator, job),
    Evaluating.PUBLISH: (evaluator, job),
}


def may(actor: Actor, action: OfferAction, offer: Offer) -> bool:
    return any(rule(actor, offer) for rule in WHO[action])


def may_evaluate(actor: Actor, action: Evaluating, owned: Any = None) -> bool:
    """`owned` is the member's seat where a member acts."""
    return any(rule(actor, owned) for rule in EVALUATING[action])


def may_keep_call(actor: Actor, action: CallAction | CallEdit, call: Call | None = None) -> bool:
    rules = CALLS[action] if isinstance(action, CallAction) else EDITS[action]
    return any(rule(actor, call) for rule in rules)


def may_write(actor: Actor, pad: Offer | ProgrammeDraft) -> bool:
    """Save, copy, delete what is being prepared."""
    return institution(actor, pad) or actor.is_system


def is_editable(offer: Offer) -> bool:
    """Sent is sealed: only a draft or a withdrawn offer is written on."""
    return offer.state in EDITABLE


def may_prepare(actor: Actor) -> bool:
    """Begin venues, programmes and offers of one's own institution."""
    return actor.is_provider


def may_keep_venue(actor: Actor, venue: Venue) -> bool:
    return actor.is_provider and venue.institution_id == actor.institution_id and not venue.is_remote


def may_read_content(actor: Actor, offer: Offer, *, is_over: bool) -> bool:
    """The agency reads what was offered once nobody can offer any more; an institution reads its own at any time."""
    return institution(actor, offer) or (is_over and actor.is_agency) or actor.is_system
