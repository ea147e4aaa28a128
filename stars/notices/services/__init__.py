"""Telling people: in the portal, and by e-mail through the outbox (reliability.md 6)."""

from .delivering import delay_before, deliver_due, send_again
from .reading import mark_all_read, mark_read, mark_unread
from .telling import Recipient, hold_mail, mail, notify, release_held

__all__ = [
    "Recipient",
    "delay_before",
    "deliver_due",
    "hold_mail",
    "mail",
    "mark_all_read",
    "mark_read",
    "mark_unread",
    "notify",
    "release_held",
    "send_again",
]
