"""How one signs in, in one place, and one's own sessions: listed and ended (SES-03)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.gates import for_anyone_signed_in
from accounts.models import User
from accounts.selectors import is_obliged, recovery_codes_left, second_factor_of, sessions_of
from stars.kernel.actor import ActorRequest
from stars.kernel.secrets import token_digest

from .own import show, user_of


@for_anyone_signed_in
@require_safe
@never_cache
def security(request: ActorRequest) -> HttpResponse:
    """Password, second factor, address, sessions, suspension: what there is and where to change it."""
    user = user_of(request)
    has_password = user.person_id is None
    context = {
        "has_password": has_password,
        "email": user.email,
        "factor": second_factor_of(user) if has_password else None,
        "is_obliged": has_password and is_obliged(user),
        "codes_left": recovery_codes_left(user) if has_password else 0,
        "sessions": sessions_of(user).count(),
    }
    return show(request, "accounts/security.html", context)


@for_anyone_signed_in
@require_http_methods(["GET", "POST"])
@never_cache
def sessions(request: ActorRequest) -> HttpResponse:
    """Each browser the person is signed in with; one is ended, or all but this one."""
    user = user_of(request)
    here = request.session.session_key or ""
    if request.method == "POST":
        return _end(request, user, here)
    rows = [
        {"digest": token_digest(one.session_key), "session": one, "is_here": one.session_key == here}
        for one in sessions_of(user)
    ]
    rows.sort(key=lambda row: not row["is_here"])
    return show(request, "accounts/sessions.html", {"rows": rows, "others": len(rows) > 1})


def _end(request: ActorRequest, user: User, here: str) -> HttpResponse:
    if digest := request.POST.get("session"):
        if digest != token_digest(here) and services.end_session(user_id=user.pk, digest=digest, by=request.actor):
            messages.success(request, _("The session has ended."))
        else:
            messages.warning(request, _("This session has ended already."))
    else:
        gone = services.end_other_sessions(user_id=user.pk, keep=here, by=request.actor)
        said = ngettext("%(number)s session has ended.", "%(number)s sessions have ended.", gone)
        messages.success(request, said % {"number": gone})
    return redirect("accounts:sessions")
