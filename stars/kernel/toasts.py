"""A message with a way back: what was done can be taken back by one press, without JavaScript (design.md 6)."""

from django.contrib import messages
from django.http import HttpRequest


def done_with_undo(request: HttpRequest, words: str, *, undo: str) -> None:
    """Says what was done; `undo` is the address whose POST takes it back. The toast stays until the next page."""
    messages.success(request, words, extra_tags=undo)
