"""The only writers of accounts and money; callers write `funding.services.reserve`."""

from .accounts import approve_account, lock_account, open_account, refuse_account
from .ledger import capture, expire_grants, release, reserve
from .sources import save_source
from .warning import warn_of_lapsing

__all__ = [
    "approve_account",
    "capture",
    "expire_grants",
    "lock_account",
    "open_account",
    "refuse_account",
    "release",
    "reserve",
    "save_source",
    "warn_of_lapsing",
]
