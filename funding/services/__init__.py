"""The only writers of accounts and money; callers write `funding.services.reserve`."""

from .accounts import approve_account, deny_grant, give_grant, lock_account, open_account, refuse_account
from .checking import ask_for_check, check_account, check_due_accounts
from .conditions import open_allotment, save_condition
from .correcting import decline_correction, post_correction, propose_correction
from .erasing import forget_erased_grants, remember_grants
from .ledger import capture, expire_grants, release, reserve
from .sources import save_source
from .warning import warn_of_lapsing

__all__ = [
    "approve_account",
    "ask_for_check",
    "capture",
    "check_account",
    "check_due_accounts",
    "decline_correction",
    "deny_grant",
    "expire_grants",
    "forget_erased_grants",
    "give_grant",
    "lock_account",
    "open_account",
    "open_allotment",
    "post_correction",
    "propose_correction",
    "refuse_account",
    "release",
    "remember_grants",
    "reserve",
    "save_condition",
    "save_source",
    "warn_of_lapsing",
]
