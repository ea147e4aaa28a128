"""The two ways a service says no: not permitted (403), or not possible now (a sentence for the person)."""

from django.core.exceptions import PermissionDenied


class DomainError(Exception):
    """A refusal in plain words: what happened, why, and what to do next. `code` names it for tests and logs."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class NotPermitted(PermissionDenied):
    """The actor sees the object and may not do this to it; becomes the 403 page."""


def require(allowed: bool) -> None:
    """Raises NotPermitted unless allowed."""
    if not allowed:
        raise NotPermitted
