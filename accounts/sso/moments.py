"""Moments in messages of the sign-on, and how far the clocks may differ (SSO-07, SAM-12, WSF-07)."""

import re
from datetime import UTC, datetime, timedelta

from .identity import Refused

SKEW = timedelta(seconds=60)  # SSO-07
OLDEST = timedelta(minutes=5)  # SAM-12, WSF-07

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)


def moment_of(instant: str) -> datetime:
    """A UTC instant as SAML writes it; Refused for anything else."""
    if not _INSTANT.fullmatch(instant):
        raise Refused("no_time")
    whole, _, _ = instant.rstrip("Z").partition(".")
    try:
        return datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("no_time") from error


def recent(instant: str, now: datetime) -> datetime:
    """An instant of the last five minutes by clocks that differ by at most one."""
    issued = moment_of(instant)
    if not is_recent(issued, now):
        raise Refused("stale")
    return issued


def is_recent(moment: datetime, now: datetime) -> bool:
    return -SKEW <= now - moment <= OLDEST + SKEW
