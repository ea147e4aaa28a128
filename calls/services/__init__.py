"""The only writers of calls, of what institutions prepare, and of what they send."""

from .commission import name_member, open_offers, release_member, watch_commissions
from .deciding import approve_programme, evaluate_offer, reject_programme
from .drafting import (
    add_paper,
    begin_offer,
    begin_programme,
    copy_programme,
    discard_offer,
    discard_programme,
    remove_paper,
    save_offer,
    save_programme_draft,
)
from .keeping_calls import HOW_SCORED, announce_call, copy_call, move_deadline, save_call
from .keeping_parts import Written, save_parts
from .letters import request_letter
from .publishing import publish_offered, record_contract
from .reading import note_reading
from .scoring import agree, declare, give_scores, note_opening, save_scores
from .submitting import note_late, submit_offer, withdraw_offer
from .telling import remind_of_closing
from .venues import add_venue, ask_again, check_venue, check_venues, drop_venue

__all__ = [
    "HOW_SCORED",
    "Written",
    "add_paper",
    "add_venue",
    "agree",
    "announce_call",
    "approve_programme",
    "ask_again",
    "begin_offer",
    "begin_programme",
    "check_venue",
    "check_venues",
    "copy_call",
    "copy_programme",
    "declare",
    "discard_offer",
    "discard_programme",
    "drop_venue",
    "evaluate_offer",
    "give_scores",
    "move_deadline",
    "name_member",
    "note_late",
    "note_opening",
    "note_reading",
    "open_offers",
    "publish_offered",
    "record_contract",
    "reject_programme",
    "release_member",
    "remind_of_closing",
    "remove_paper",
    "request_letter",
    "save_call",
    "save_offer",
    "save_parts",
    "save_programme_draft",
    "save_scores",
    "submit_offer",
    "watch_commissions",
    "withdraw_offer",
]
