"""Where a person goes on after signing in: own paths only, kept by us and never by the sign-on (SSO-11)."""

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from stars.kernel.actor import Actor, Role

LONGEST = 512
_HOMES = {
    Role.CLIENT: "pages:client_home",
    Role.PROVIDER: "applications:provider_home",
    Role.PROVIDER_ADMIN: "applications:provider_home",
    Role.COORDINATOR: "accounts:coordinator_home",
    Role.CONSULTANT: "accounts:consultant_home",
    Role.ASSESSOR: "accounts:assessor_home",
    Role.COMMISSION: "calls:commission",
    Role.AGENCY: "admin:index",
}
WORKPLACES = ("/koordinators", "/konsultants")  # of people who need not be clients
WITH_DRAFTS = "/pieteikums/"  # what is typed there is kept as it is typed
_KEY = "return_to"


def own_path(candidate: str | None) -> str:
    """The path if it is one of ours, else empty: absolute, scheme-relative, odd and overlong targets are dropped."""
    if not candidate or len(candidate) > LONGEST or not candidate.startswith("/"):
        return ""
    if "\\" in candidate or any(ord(sign) < 32 or ord(sign) == 127 for sign in candidate):
        return ""
    return candidate if url_has_allowed_host_and_scheme(candidate, allowed_hosts=None) else ""


def remember(session: SessionBase, path: str) -> None:
    """Keep the target over consent and registration; an empty one keeps what is there."""
    if kept := own_path(path):
        session[_KEY] = kept


def remembered(session: SessionBase) -> str:
    return own_path(session.get(_KEY, ""))


def home_of(actor: Actor) -> str:
    """Where a person of this role begins."""
    return reverse(_HOMES.get(actor.role, "pages:home"))
