"""Signing in through the state's sign-on, and signing out; for people we do not know yet."""

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import selectors, services, sso
from accounts.browsers import entering, identified
from accounts.browsers.addresses import client_address
from accounts.browsers.return_paths import home_of, own_path, remember
from accounts.gates import public
from accounts.sso import Refused, SignedOut, Word, documents, pending
from stars.kernel.actor import ActorRequest
from stars.kernel.security import Event, happened

logger = logging.getLogger(__name__)

BACKEND = "accounts.backends.PortalBackend"
_FORM = "application/x-www-form-urlencoded"


@public
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """P10: the person says who they are."""
    next_path = own_path(request.GET.get("next"))
    kept = f"?{urlencode({'next': next_path})}" if next_path else ""
    return render(request, "accounts/sign_in.html", {"kept": kept, "is_away": selectors.is_sign_on_away()})


@public
@require_safe
def workplace_sign_in(request: HttpRequest, home: str) -> HttpResponse:
    """Coordinators and consultants: the state's sign-on, and their own workplace behind it (terms 28, 29)."""
    return redirect(f"{reverse('accounts:sso_start')}?{urlencode({'next': reverse(home)})}")


@public
@require_GET
@never_cache
def sso_start(request: ActorRequest) -> HttpResponse:
    """Begin a sign-in of this browser and send it to the state's sign-on.

    `?atkartoti=1` asks a signed-in person to identify again; `?tomer=1` goes there although it did not answer of late.
    """
    next_path = own_path(request.GET.get("next"))
    is_person = request.user.is_authenticated and request.user.person is not None
    anew = is_person and request.GET.get("atkartoti") == "1"
    if request.actor.is_client and not anew:
        return redirect(next_path or reverse("pages:client_home"))
    if not sso.is_configured() or (selectors.is_sign_on_away() and request.GET.get("tomer") != "1"):
        return _away(request, next_path, anew=anew)
    begun = pending.begin(next_path, anew=anew)
    response = redirect(sso.adapter().address_for(begun.request_id, again=anew))
    pending.keep(response, [*pending.of_browser(request), begun])
    return response


def _away(request: ActorRequest, next_path: str, *, anew: bool) -> HttpResponse:
    """SSO-19: whom to call or write to, and the way to try all the same."""
    kept = {name: value for name, value in (("next", next_path), ("atkartoti", "1" if anew else "")) if value}
    onward = f"{reverse('accounts:sso_start')}?{urlencode(kept | {'tomer': '1'})}" if sso.is_configured() else ""
    context = {"request_id": request.request_id, "onward": onward}
    response = render(request, "accounts/sign_on_away.html", context, status=503)
    response["Retry-After"] = "60"
    return response


@csrf_exempt
@public
@require_POST
@never_cache
def sso_answer(request: ActorRequest) -> HttpResponse:
    """The sign-on's cross-site post: verified before anything is written; no session is opened (SSO-05, SSO-13)."""
    try:
        handle = services.receive_answer(form=_small_form(request))
    except Refused as error:
        return _refused_answer(request, error)
    response = redirect("accounts:sso_finish", handle)
    response.status_code = 303  # a GET from here on, so the browser's Lax cookie comes along
    return response


def _small_form(request: HttpRequest) -> dict[str, str]:
    """SSO-12: the size is known before a byte is read; one value a name."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length) > documents.LARGEST_FORM:
        raise Refused("too_large")
    if request.content_type != _FORM:
        raise Refused("not_a_form")
    if any(len(values) != 1 for _name, values in request.POST.lists()):
        raise Refused("repeated_parameter")
    return request.POST.dict()


@public
@require_GET
@never_cache
def sso_finish(request: ActorRequest, handle: str) -> HttpResponse:
    """On our own site the browser's cookie shows that the request was its own; then the session begins (SSO-04)."""
    begun = {one.request_id: one for one in pending.of_browser(request)}
    try:
        signed_in = services.finish_sign_in(
            handle=handle,
            begun_here=begun.keys(),
            anew=[one.request_id for one in begun.values() if one.anew],
            known=request.user if request.user.is_authenticated else None,
        )
    except Refused as error:
        return _refused(request, error, status=403)
    if refusal := selectors.refusal_of(signed_in.user):
        happened(Event.REFUSED_AT_DOOR, user=signed_in.user.pk, reason=refusal.reason.value, means="sign_on")
        return entering.denied(request, refusal)
    request.session.flush()
    login(request, signed_in.user, backend=BACKEND)
    identified.note(request.session, signed_in.identified_at)
    services.note_session(
        user=signed_in.user,
        session_key=str(request.session.session_key),
        issuer=signed_in.issuer,
        names=signed_in.names,
    )
    wanted = begun.pop(signed_in.request_id).next_path
    remember(request.session, wanted)
    entering.begin_where_wanted(request, signed_in.user, wanted)
    response = redirect(wanted or home_of(selectors.actor_of(signed_in.user)))
    pending.keep(response, list(begun.values()))
    return response


def _refused_answer(request: ActorRequest, error: Refused) -> HttpResponse:
    """An address that keeps posting what cannot be accepted gets a short word, and the log no more lines (SSO-12)."""
    if services.count_refused_answer(address=client_address(request)):
        return HttpResponse(status=429, headers={"Retry-After": "60"}, content_type="text/plain")
    return _refused(request, error, status=400)


def _refused(request: ActorRequest, error: Refused, *, status: int) -> HttpResponse:
    """One plain page; the reason is in the log only (SSO-14)."""
    logger.warning("sign_in_refused reason=%s", error.reason)
    return render(request, "accounts/sign_in_failed.html", {"request_id": request.request_id}, status=status)


@public
@require_safe
def sso_metadata(request: ActorRequest) -> HttpResponse:
    """What the provider registers of us."""
    if not sso.is_configured():
        return _no_such_page(request)
    return HttpResponse(sso.adapter().metadata(), content_type="application/samlmetadata+xml")


def _no_such_page(request: ActorRequest) -> HttpResponse:
    return render(request, "404.html", {"request_id": request.request_id}, status=404)


@public
@require_http_methods(["POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the own session, on the server too (SSO-15, SES-03), then leave the provider that opened it."""
    names = services.forget_session(session_key=request.session.session_key)
    logout(request)
    onward = _provider_sign_out(names)
    if not onward:
        messages.success(request, _("You have signed out."))
    response = redirect(onward or "pages:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _provider_sign_out(names: SignedOut | None) -> str:
    """The agreed address of the provider, for a session it opened; empty where there is nothing to tell it."""
    if names is None or not settings.STARS_IDP_SLO_URL or not sso.is_configured() or selectors.is_sign_on_away():
        return ""
    return sso.adapter().sign_out_address(names)


@public
@require_GET
@never_cache
def sso_sign_out(request: ActorRequest) -> HttpResponse:
    """What the provider, through the browser, says of signing out; nothing unsigned ends a session but the browser's own."""
    if not sso.is_configured():
        return _no_such_page(request)
    try:
        farewell = sso.adapter().read_farewell(request.META.get("QUERY_STRING", ""))
        ended = services.end_named_sessions(farewell=farewell) if farewell.word is Word.ASKED else []
    except Refused as error:
        return _refused_answer(request, error)
    if farewell.word is Word.RETURN:
        if not request.user.is_authenticated:
            messages.success(request, _("You have signed out."))
        return redirect("pages:home")
    if farewell.word is Word.CLEAN_UP:
        _forget_browser(request)
        return HttpResponse("", content_type="text/plain")
    if request.session.session_key in ended:
        logout(request)
    return redirect(sso.adapter().farewell_answer(farewell) or reverse("pages:home"))


def _forget_browser(request: ActorRequest) -> None:
    """WSF-10: unsigned, so at most the session of the browser that shows its cookie, if the sign-on opened it."""
    if request.user.is_authenticated and services.forget_session(session_key=request.session.session_key):
        logout(request)
