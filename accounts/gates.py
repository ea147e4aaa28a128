"""Who may open a view. Every view carries one gate; an architecture test finds those that do not (ACC-01)."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stars.kernel import audit
from stars.kernel.actor import Actor, Role
from stars.kernel.errors import NotPermitted

from .browsers import unsent
from .browsers.proving import needs_proof
from .browsers.return_paths import WITH_DRAFTS, remember
from .browsers.sessions import mandate_in_use
from .errors import OtherClient
from .models import Scope, User
from .selectors import contexts_of, is_registered, mandate_that_was, needs_consent, profile_of

# How a person reads which of their pages somebody who acts for them has opened (AUD-02).
PAGES = {
    "pages:client_home": gettext_lazy("your home page"),
    "accounts:profile": gettext_lazy("your profile"),
    "accounts:register": gettext_lazy("your registration form"),
    "accounts:registered": gettext_lazy("your registration form"),
    "funding:account": gettext_lazy("your available funding"),
    "applications:choose_source": gettext_lazy("your application form"),
    "applications:form": gettext_lazy("your application form"),
    "applications:check": gettext_lazy("your application form"),
    "applications:discard": gettext_lazy("your application form"),
    "applications:receipt": gettext_lazy("your application"),
    "applications:detail": gettext_lazy("your application"),
    "applications:withdraw": gettext_lazy("your application"),
    "applications:history": gettext_lazy("your learning and application history"),
}
View = Callable[..., HttpResponseBase]
Check = Callable[[HttpRequest], HttpResponse | None]  # a redirect to the missing step, or nothing


def _gate(name: str, check: Check) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            opened = partial(view, request, *args, **kwargs)
            return check(request) or unsent.offered(request, opened) or opened()

        guarded.gate = name  # type: ignore[attr-defined]
        return guarded

    return decorate


def _user(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _here(request: HttpRequest) -> str:
    """Where to come back to: a page, for a form that was being sent cannot be sent again; its page can be opened."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host():
        return ""
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _is_sent_by_hand(request: HttpRequest) -> bool:
    """A form somebody pressed the button of; what a script keeps as it is typed is half written."""
    return request.method == "POST" and request.headers.get("X-Requested-With") is None


def _kept(request: HttpRequest, here: str, page: str, status: int, shown: dict[str, Any]) -> HttpResponse | None:
    """Nobody has to think of it again (T4): what was written waits for its person, or can be copied at once."""
    texts = unsent.texts_of(request)
    if not texts:
        return None
    sealed = unsent.seal(request, here)
    shown |= {"is_kept": bool(sealed), "typed": [] if sealed else texts}
    response = render(request, f"accounts/{page}.html", shown, status=status)
    unsent.keep(response, sealed)
    return response


def _to(request: HttpRequest, url_name: str) -> HttpResponse:
    here = _here(request)
    if here and _is_sent_by_hand(request):
        onward = f"{reverse(url_name)}?{urlencode({'next': here})}"
        shown = {"onward": onward, "has_draft": here.startswith(WITH_DRAFTS)}
        if settings.SESSION_COOKIE_NAME in request.COOKIES and (
            told := _kept(request, here, "session_over", 401, shown)
        ):
            return told
        words = _("Your session has ended, so what you sent was not saved. Sign in: the same page opens.")
        if here.startswith(WITH_DRAFTS):
            words = _(
                "Your session has ended. The draft is kept; check what you typed last. Sign in: the same page opens."
            )
        messages.warning(request, words)
    return redirect(reverse(url_name) + (f"?{urlencode({'next': here})}" if here else ""))


def _missing_step(request: HttpRequest, user: User, *, registration: bool) -> HttpResponse | None:
    if needs_consent(user):
        step = "accounts:consent"
    elif registration and not is_registered(user):
        step = "accounts:register"
    else:
        return None
    remember(request.session, _here(request))
    if step == "accounts:consent" and _is_sent_by_hand(request):
        if told := _kept(request, _here(request), "terms_changed", 409, {}):
            return told
        messages.warning(
            request, _("The terms have changed, so what you sent was not saved. Confirm them: the same page opens.")
        )
    return redirect(step)


def _nobody_is_refused(request: HttpRequest) -> None:
    return None


def _signed_in(request: HttpRequest) -> HttpResponse | None:
    return None if _user(request) else _to(request, "accounts:sign_in")


def _person(request: HttpRequest) -> HttpResponse | None:
    user = _user(request)
    if user is None:
        return _to(request, "accounts:sign_in")
    if user.person is None:
        raise NotPermitted
    return None


def _agreed_person(request: HttpRequest) -> HttpResponse | None:
    """Somebody the state has signed on, who has accepted the terms in force."""
    step = _person(request)
    user = _user(request)
    return step or (_missing_step(request, user, registration=False) if user else None)


def _workplace(role: Role, asks: str) -> Check:
    """The first page of a workplace: who has not chosen the role is asked to, who has no such right asks for it."""

    def check(request: HttpRequest) -> HttpResponse | None:
        step, user, actor = _agreed_person(request), _user(request), request.actor  # type: ignore[attr-defined]
        if step is not None or user is None or actor.role is role:
            return step
        if actor.acting_for_id is not None:
            raise NotPermitted
        return redirect("accounts:contexts" if _has_role(user, role) else asks)

    return check


def _has_role(user: User, role: Role) -> bool:
    return any(one.actor.role is role for one in contexts_of(user))


def _clients(*scopes: Scope, registration: bool = True) -> Check:
    """Clients themselves; with scopes also a coordinator whose mandate holds one of them (ACT-03)."""

    def check(request: HttpRequest) -> HttpResponse | None:
        user, actor = _user(request), request.actor  # type: ignore[attr-defined]
        if user is None:
            return _to(request, "accounts:sign_in")
        if not actor.is_client:
            return _mandate_over(request, actor)
        _refuse_form_of_another(request, actor)
        acts = actor.acting_for_id is not None
        step = _missing_step(
            request, user, registration=registration and not acts
        )  # of who sits here, who may act for another
        if step is not None or not acts:
            return step
        if actor.scope.isdisjoint(scopes):
            raise NotPermitted
        what = _page_in_words(request)
        audit.note_read(actor.person_id, by=actor, what=what, purpose=_("acting for you by a mandate"))
        is_known = not registration or profile_of(actor.person_id) is not None
        return None if is_known else redirect("accounts:register")

    return check


def _mandate_over(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whoever acted for a client by a mandate that has ended reads that, since when and what to do; nothing of the client (ACC-09)."""
    mandate = mandate_that_was(actor, mandate_in_use(request.session))
    if mandate is None:
        raise NotPermitted
    context = {"mandate": mandate, "request_id": getattr(request, "request_id", "-")}
    return render(request, "accounts/mandate_over.html", context, status=403)


def _page_in_words(request: HttpRequest) -> str:
    """What a coordinator opened, as its person knows it; a page without words of its own is named by its address."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    words = PAGES.get(name)
    return str(words) if words else _("page of the portal: %(path)s") % {"path": request.path}


def _refuse_form_of_another(request: HttpRequest, actor: Actor) -> None:
    """X2: a form opened for one client is never sent for another, nor for the coordinator, nor by the client's own tab."""
    if request.method == "POST" and request.POST.get("acting_for", "") != actor.binding:
        raise OtherClient


def _password_user(request: HttpRequest) -> HttpResponse | None:
    """Those who have a password to keep (terms 14): employees, members of commissions, officers."""
    user = _user(request)
    if user is None:
        return _to(request, "accounts:sign_in")
    if user.person_id is not None:
        raise NotPermitted
    return None


def _provider(request: HttpRequest) -> HttpResponse | None:
    user = _user(request)
    if user is None:
        return _to(request, "accounts:provider_sign_in")
    if not request.actor.is_provider:  # type: ignore[attr-defined]
        raise NotPermitted
    return _missing_step(request, user, registration=False)


def _provider_admin(request: HttpRequest) -> HttpResponse | None:
    """An institution's administrator; its employees see that the page is there and not theirs (403)."""
    step = _provider(request)
    if step is None and request.actor.role is not Role.PROVIDER_ADMIN:  # type: ignore[attr-defined]
        raise NotPermitted
    return step


def _holder(role: Role, door: str = "accounts:sign_in") -> Check:
    """Who has the role and works in another chooses it first, as a link of a letter finds them; others are refused."""

    def check(request: HttpRequest) -> HttpResponse | None:
        user, actor = _user(request), request.actor  # type: ignore[attr-defined]
        if user is None:
            return _to(request, door)
        if actor.role is not role:
            if request.method == "GET" and actor.acting_for_id is None and _has_role(user, role):
                return redirect("accounts:contexts")
            raise NotPermitted
        return _missing_step(request, user, registration=False)

    return check


def _agency(request: HttpRequest) -> HttpResponse | None:
    if _user(request) is None:
        return _to(request, "admin:login")
    if not request.actor.is_agency:  # type: ignore[attr-defined]
        raise NotPermitted
    return None


def _agreed(request: HttpRequest) -> HttpResponse | None:
    user = _user(request)
    return _missing_step(request, user, registration=False) if user else None


public = _gate("public", _nobody_is_refused)
for_anyone_signed_in = _gate("signed in", _signed_in)
for_password_users = _gate("password users", _password_user)
for_signed_in_persons = _gate("persons", _person)
for_agreed_persons = _gate("persons", _agreed_person)
for_clients = _gate("clients", _clients())
for_clients_profile = _gate("clients, or by a mandate for the profile", _clients(Scope.PROFILE))
for_registering = _gate("persons, or by a mandate for the profile", _clients(Scope.PROFILE, registration=False))
for_applicants = _gate("clients, or by a mandate for applications", _clients(Scope.APPLICATIONS))
for_clients_home = _gate("clients, or by any mandate", _clients(*Scope))
for_providers = _gate("providers", _provider)
for_provider_admins = _gate("provider administrators", _provider_admin)
for_coordinators = _gate("coordinators", _holder(Role.COORDINATOR))
for_consultants = _gate("consultants", _holder(Role.CONSULTANT))
at_the_coordinators_door = _gate("persons", _workplace(Role.COORDINATOR, "accounts:ask_coordinator"))
at_the_consultants_door = _gate("persons", _workplace(Role.CONSULTANT, "accounts:ask_consultant"))
for_assessors = _gate("assessors", _holder(Role.ASSESSOR))
for_commission = _gate("commission", _holder(Role.COMMISSION, door="accounts:provider_sign_in"))
for_agency = _gate("agency", _agency)


def once_agreed(view: View) -> View:
    """The agency's pages open for who has accepted the terms in force (terms 16, 17.1); stands under the admin's own gate."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        opened = partial(view, request, *args, **kwargs)
        return _agreed(request) or unsent.offered(request, opened) or opened()

    return guarded


def told_at_the_admins_door(view: View) -> View:
    """A form sent to the admin after the session ended is told of as everywhere else (T4); stands over the admin's own gate."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        is_late = request.method == "POST" and _user(request) is None
        return _to(request, "admin:login") if is_late else view(request, *args, **kwargs)

    return guarded


def recently_authenticated(view: View) -> View:
    """MFA-04: the view opens for who has shown within five minutes who they are; stands under the gate.

    Nothing typed is lost: a form sent too late goes through after the password, as it was.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return needs_proof(request) or view(request, *args, **kwargs)

    return guarded


class ProvedDecisions:
    """For an admin of decisions: those named in `sensitive` are taken only by who has just shown who they are (MFA-04)."""

    sensitive: frozenset[str] = frozenset()

    def decision_view(self, request: HttpRequest, object_id: str, action: str) -> HttpResponse:
        asked = needs_proof(request) if action in self.sensitive else None
        found: HttpResponse = asked or super().decision_view(request, object_id, action)  # type: ignore[misc]
        return found
