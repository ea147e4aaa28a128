"""Security events as lines of the log: a code from one list, pseudonyms and numbers, nothing personal (LOG-02, LOG-03)."""

import logging
from enum import StrEnum

logger = logging.getLogger("stars.security")


class Event(StrEnum):
    """Every security event the portal notes; docs/operations.md says what each means and what to do."""

    SIGN_IN_OK = "sign_in_ok"
    PASSWORD_REFUSED = "password_refused"  # noqa: S105 - the name of an event
    CODE_REFUSED = "code_refused"
    NOT_LET_IN_YET = "registration_undecided"
    SIGN_IN_LIMITED = "sign_in_limited"
    SPRAYING = "password_spraying"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    RESET_ASKED = "password_reset_asked"
    RESET_STARTED = "password_reset_started"
    ADDRESS_CHANGED = "sign_in_address_changed"
    FACTOR_SET = "second_factor_set"
    FACTOR_REMOVED = "second_factor_removed"
    RECOVERY_USED = "recovery_code_used"
    RECOVERY_RENEWED = "recovery_codes_renewed"
    PROVED = "identity_proved"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    DENIED = "access_denied"
    DENIAL_LIFTED = "denial_lifted"
    REFUSED_AT_DOOR = "denied_user_came"
    ADMIN_ELSEWHERE = "admin_refused_here"
    EXPORTED = "data_exported"
    ERASED = "person_erased"


# What somebody should look at; the rest is for the record.
_LOUD = {
    Event.PASSWORD_REFUSED,
    Event.CODE_REFUSED,
    Event.SIGN_IN_LIMITED,
    Event.REFUSED_AT_DOOR,
    Event.ADMIN_ELSEWHERE,
}
_ALARMS = {Event.SPRAYING}


def happened(event: Event, **facts: str | int | None) -> None:
    """One line: the event's code, then its facts as name=value. Ids and codes only, never names, addresses or secrets."""
    level = logging.ERROR if event in _ALARMS else logging.WARNING if event in _LOUD else logging.INFO
    said = "".join(f" {name}={value}" for name, value in facts.items())
    logger.log(level, "%s%s", event.value, said)
