"""The only writers of drafts and applications; callers write `applications.services.withdraw`."""

from .asking import drop_question, save_question
from .checking import obstacle
from .closing import close_application, close_due, group_was_cancelled
from .deciding import admit, complete, declare_ineligible, expel, lose_group, reject
from .drafting import discard_draft, save_draft, sweep_drafts
from .funded import account_was_approved, account_was_refused, client_has_died, facts_have_changed
from .papers import request_application_pdf, request_receipt_pdf
from .reminding import remind_drafts
from .submitting import submit
from .telling import group_was_rescheduled, tell, tell_due, tell_due_rescheduled, tell_rescheduled
from .withdrawing import withdraw

__all__ = [
    "account_was_approved",
    "account_was_refused",
    "admit",
    "client_has_died",
    "close_application",
    "close_due",
    "complete",
    "declare_ineligible",
    "discard_draft",
    "drop_question",
    "expel",
    "facts_have_changed",
    "group_was_cancelled",
    "group_was_rescheduled",
    "lose_group",
    "obstacle",
    "reject",
    "remind_drafts",
    "request_application_pdf",
    "request_receipt_pdf",
    "save_draft",
    "save_question",
    "submit",
    "sweep_drafts",
    "tell",
    "tell_due",
    "tell_due_rescheduled",
    "tell_rescheduled",
    "withdraw",
]
