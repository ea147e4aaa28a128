"""The second factor: asked at the door, set up there or later, its recovery codes (MFA-01 to MFA-04)."""

import json
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services, totp
from accounts.browsers import entering, half_way, keepsakes
from accounts.browsers.addresses import client_address
from accounts.browsers.return_paths import home_of, remembered
from accounts.errors import TooManyTries, WrongCode
from accounts.forms import CodeForm, SetUpForm
from accounts.gates import for_password_users, public, recently_authenticated
from accounts.models import User
from accounts.selectors import Refusal, actor_of, is_obliged, recovery_codes_left, refusal_of, second_factor_of
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError
from stars.kernel.secrets import encrypt

from .own import show, user_of

ISSUER = "STARS"
OFFER_SECONDS = 900


# --- at the door ---------------------------------------------------------------


@public
@require_http_methods(["GET", "POST"])
@never_cache
def second_step(request: HttpRequest) -> HttpResponse:
    """After a right password: the code. Who is not half-way in begins at the beginning."""
    half = half_way.of_browser(request)
    if half is None or second_factor_of(half.user) is None:
        return _begin_anew(request)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                user = services.pass_second_step(
                    user_id=half.user.pk, code=form.cleaned_data["code"], address=client_address(request)
                )
            except (WrongCode, TooManyTries) as error:
                form.add_error("code", error.message)
                status = 429 if isinstance(error, TooManyTries) else 422
            else:
                return _let_in(request, user, half.next_path)
    return render(request, "accounts/second_step.html", {"form": form}, status=status)


def _begin_anew(request: HttpRequest) -> HttpResponse:
    """Ten minutes have passed, or nobody has shown a password in this browser."""
    return render(request, "accounts/begin_anew.html", status=403)


def _let_in(request: HttpRequest, user: User, next_path: str) -> HttpResponse:
    """The door may have closed between the two steps."""
    refusal: Refusal | None = refusal_of(user)
    if refusal is not None:
        return entering.denied(request, refusal)
    return entering.enter(request, user, next_path, by_second_step=True)


@public
@require_http_methods(["GET", "POST"])
@never_cache
def set_up_at_door(request: ActorRequest) -> HttpResponse:
    """A role that demands a second factor, and none yet: it is set up before anything opens (MFA-01)."""
    half = half_way.of_browser(request)
    if half is None or second_factor_of(half.user) is not None or not is_obliged(half.user):
        return _begin_anew(request)

    def enter(codes: list[str]) -> HttpResponse:
        response = _let_in(request, half.user, half.next_path)
        if response.status_code == 302:
            keepsakes.keep(request.session, half.user, codes)
            response["Location"] = reverse("accounts:recovery_codes")
        return response

    return _set_up(request, half.user, enter, template="accounts/set_up_at_door.html")


# --- afterwards -----------------------------------------------------------------


@for_password_users
@require_safe
@never_cache
def second_factor(request: ActorRequest) -> HttpResponse:
    """Whether there is one, since when, and how many recovery codes are left."""
    user = user_of(request)
    context = {
        "factor": second_factor_of(user),
        "is_obliged": is_obliged(user),
        "codes_left": recovery_codes_left(user),
    }
    return show(request, "accounts/second_factor.html", context)


@for_password_users
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def set_up(request: ActorRequest) -> HttpResponse:
    """Offered to everybody with a password; whose role demands it has set it up at the door."""
    user = user_of(request)
    if second_factor_of(user) is not None:
        return redirect("accounts:second_factor")

    def onward(codes: list[str]) -> HttpResponse:
        keepsakes.keep(request.session, user, codes)
        request.session.cycle_key()
        return redirect("accounts:recovery_codes")

    return _set_up(request, user, onward, template="accounts/set_up.html")


def _set_up(
    request: ActorRequest, user: User, done: Callable[[list[str]], HttpResponse], *, template: str
) -> HttpResponse:
    """The secret is offered as squares and as text, and travels sealed: nothing is kept before the first right code."""
    secret = _offered(user, request.POST.get("offer", "")) or totp.new_secret()
    form = SetUpForm(request.POST or None, initial={"offer": _offer(user, secret)})
    status = 200
    if request.method == "POST":
        status = 422
        if not _offered(user, request.POST.get("offer", "")):
            form = SetUpForm(initial={"offer": _offer(user, secret)})
            messages.warning(request, _("The code on the page was too old. Scan the new one."))
        elif form.is_valid():
            try:
                codes = services.set_up_second_factor(
                    user_id=user.pk,
                    secret=secret,
                    code=form.cleaned_data["code"],
                    address=client_address(request),
                    by=actor_of(user),
                )
            except (WrongCode, TooManyTries, DomainError) as error:
                form.add_error("code", error.message)
                status = 429 if isinstance(error, TooManyTries) else 422
            else:
                return done(codes)
    address = totp.address_for_apps(secret, account=user.email or "", issuer=ISSUER)
    context = {"form": form, "address": address, "secret": totp.in_groups(secret)}
    return show(request, template, context, status=status)


def _offer(user: User, secret: str) -> str:
    said = json.dumps({"secret": secret, "at": timezone.now().timestamp()})
    return encrypt(said, bound_to=f"accounts.offer:{user.pk}")


def _offered(user: User, sealed: str) -> str:
    """The secret of an offer made to this user within a quarter of an hour, or nothing."""
    said = keepsakes.opened(sealed, bound_to=f"accounts.offer:{user.pk}")
    if not said:
        return ""
    offer = json.loads(said)
    return str(offer["secret"]) if timezone.now().timestamp() - offer["at"] <= OFFER_SECONDS else ""


@for_password_users
@require_http_methods(["GET", "POST"])
@never_cache
def recovery_codes(request: ActorRequest) -> HttpResponse:
    """The ten codes, shown until the person says that they are kept, and never again (MFA-03)."""
    user = user_of(request)
    if request.method == "POST":
        keepsakes.forget(request.session)
        return redirect(remembered(request.session) or home_of(request.actor))
    codes = keepsakes.kept(request.session, user)
    if not codes:
        return redirect("accounts:second_factor")
    return show(request, "accounts/recovery_codes.html", {"codes": codes})


@for_password_users
@require_safe
@never_cache
def recovery_codes_file(request: ActorRequest) -> HttpResponse:
    """The same codes as a file to keep."""
    codes = keepsakes.kept(request.session, user_of(request))
    if not codes:
        return redirect("accounts:second_factor")
    words = [_("STARS recovery codes"), _("Each code works once. Keep them where nobody else finds them."), "", *codes]
    response = HttpResponse("\r\n".join(words) + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="stars-rezerves-kodi.txt"'
    return response


@for_password_users
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def renew_codes(request: ActorRequest) -> HttpResponse:
    """Asks once more: the codes written down somewhere stop working."""
    user = user_of(request)
    if request.method == "POST":
        codes = services.renew_recovery_codes(user_id=user.pk, by=request.actor)
        keepsakes.keep(request.session, user, codes)
        return redirect("accounts:recovery_codes")
    return show(request, "accounts/renew_codes.html")


@for_password_users
@recently_authenticated
@require_http_methods(["GET", "POST"])
@never_cache
def switch_off(request: ActorRequest) -> HttpResponse:
    """Only for roles that may do without (MFA-01)."""
    user = user_of(request)
    if is_obliged(user) or second_factor_of(user) is None:
        return redirect("accounts:second_factor")
    if request.method == "POST":
        services.remove_own_second_factor(user_id=user.pk, by=request.actor)
        messages.success(request, _("The second factor is off."))
        return redirect("accounts:second_factor")
    return show(request, "accounts/switch_off.html")
