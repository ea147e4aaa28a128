"""Refusals that pages answer in their own way."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from stars.kernel.errors import DomainError


class ChangedMeanwhile(DomainError):
    """Somebody else, or another tab, has saved since the form was opened (K6)."""

    def __init__(self) -> None:
        super().__init__(
            _("While you were filling in the form, the data changed. Compare and save again."), code="changed_meanwhile"
        )


class LinkSpent(DomainError):
    """The confirmation link was used, is older than an hour, or was for another address (PWD-06)."""

    def __init__(self) -> None:
        super().__init__(_("This link no longer works."), code="link_spent")


class OtherClient(DomainError):
    """The form was opened while acting for somebody else, or for nobody (X2)."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form was opened for another person, so nothing has been saved."
                " Go back, make sure whose data you see, and open the form again."
            ),
            code="other_client",
        )


class SignInFailed(DomainError):
    """One answer for an unknown address, a wrong password and a user who may not sign in (PWD-05)."""

    def __init__(self) -> None:
        super().__init__(_("The e-mail address or the password is wrong."), code="sign_in_failed")


class RegistrationUndecided(DomainError):
    """The right password of somebody who has registered and is no user yet: they are told how far it has come (27.3)."""

    def __init__(self, registration: Any) -> None:
        super().__init__(_("Your application is being considered"), code="registration_undecided")
        self.registration = registration


class TooManyTries(DomainError):
    """The limit of failed passwords is reached; `again_at` says when it opens (PWD-08)."""

    def __init__(self, again_at: datetime, clock: str) -> None:
        super().__init__(_("Too many attempts. Try again after %(clock)s.") % {"clock": clock}, code="too_many_tries")
        self.again_at = again_at


class WrongPassword(DomainError):
    """Somebody signed in has mistyped their own password (PWD-04, MFA-04)."""

    def __init__(self) -> None:
        super().__init__(_("The current password is wrong."), code="wrong_password")


class WrongCode(DomainError):
    """A code of the app or a recovery code that does not open: wrong, too old, or used before (MFA-02, MFA-03)."""

    def __init__(self) -> None:
        super().__init__(
            _("The code is wrong or has been used already. Wait for the next one and enter it."), code="wrong_code"
        )


class AccessDenied(DomainError):
    """The terms close the door (32); `refusal` says under which point, in words the person may read."""

    def __init__(self, refusal: Any) -> None:
        super().__init__(refusal.sentence, code="access_denied")
        self.refusal = refusal
