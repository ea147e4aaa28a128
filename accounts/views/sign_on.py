"""Signing in through the state's sign-on, and signing out; for people we do not know yet."""

import logging
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts import services, sso
from accounts.browsers.return_paths import own_path, remember
from accounts.gates import public
from accounts.sso import Refused, Word, documents, pending
from stars.kernel.actor import ActorRequest

logger = logging.getLogger(__name__)

BACKEND = "accounts.backends.PortalBackend"
_FORM = "application/x-www-form-urlencoded"


@public
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """P10: the person says who they are."""
    next_path = own_path(request.GET.get("next"))
    kept = f"?{urlencode({'next': next_path})}" if next_path else ""
    return render(request, "accounts/sign_in.html", {"kept": kept})


@public
@require_GET
@never_cache
def sso_start(request: ActorRequest) -> HttpResponse:
    """Begin a sign-in of this browser and send it to the state's sign-on."""
    next_path = own_path(request.GET.get("next"))
    if request.actor.is_client:
        return redirect(next_path or reverse("pages:client_home"))
    if not sso.is_configured():
        return render(request, "accounts/sign_on_away.html", {"request_id": request.request_id}, status=503)
    begun = pending.begin(next_path)
    response = redirect(sso.adapter().address_for(begun.request_id))
    pending.keep(response, [*pending.of_browser(request), begun])
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
        return _refused(request, error, status=400)
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
    begun = pending.of_browser(request)
    try:
        user, request_id = services.finish_sign_in(handle=handle, begun_here=[one.request_id for one in begun])
    except Refused as error:
        return _refused(request, error, status=403)
    request.session.flush()
    login(request, user, backend=BACKEND)
    wanted = next(one.next_path for one in begun if one.request_id == request_id)
    remember(request.session, wanted)
    response = redirect(wanted or reverse("pages:client_home"))
    pending.keep(response, [one for one in begun if one.request_id != request_id])
    return response


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


@public
@require_http_methods(["POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the own session, on the server too (SSO-15, SES-03)."""
    logout(request)
    messages.success(request, _("You have signed out."))
    response = redirect("pages:home")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@public
@require_GET
@never_cache
def sso_sign_out(request: ActorRequest) -> HttpResponse:
    """What the provider, through the browser, says of signing out; nothing unsigned ends a session but the browser's own."""
    if not sso.is_configured():
        return _no_such_page(request)
    try:
        farewell = sso.adapter().read_farewell(request.META.get("QUERY_STRING", ""))
    except Refused as error:
        return _refused(request, error, status=400)
    if farewell.word is Word.CLEAN_UP:
        if request.user.is_authenticated and request.user.person is not None:  # WSF-10: this browser's, and no other
            logout(request)
        return HttpResponse("", content_type="text/plain")
    return redirect("pages:home")


def _no_such_page(request: ActorRequest) -> HttpResponse:
    return render(request, "404.html", {"request_id": request.request_id}, status=404)
