"""The two ways a service says no: not permitted (403), or not possible now (a sentence for the person)."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


class DomainError(Exception):
    """A refusal in plain words: what happened, why, and what to do next. `code` names it for tests and logs."""

    def __init__(self, message: str, *, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


class Busy(Exception):
    """Somebody held what we needed for longer than we wait (K5). Nothing was changed; the same press may be repeated.

    No refusal of a form: the middleware shows a page that holds what was typed, token and all.
    """

    def __init__(self, message: str = "") -> None:
        self.message = message or _(
            "Somebody else is changing the same data right now. Nothing is lost: press the button once more."
        )
        super().__init__(self.message)


class NotPermitted(PermissionDenied):
    """The actor sees the object and may not do this to it; becomes the 403 page."""


def require(allowed: bool) -> None:
    """Raises NotPermitted unless allowed."""
    if not allowed:
        raise NotPermitted
