"""Why a paper was not shown."""

from django.utils.translation import gettext as _

from stars.kernel.errors import DomainError


class NoSuchCode(DomainError):
    """No receipt bears this code, or what is kept of it is no longer what was issued."""

    def __init__(self) -> None:
        super().__init__(_("There is no such code."), code="no_such_code")


class TooManyChecks(DomainError):
    """Somebody is guessing codes; the limit is counted in PostgreSQL."""

    def __init__(self) -> None:
        super().__init__(_("Too many attempts. Wait a few minutes and try again."), code="too_many_checks")
