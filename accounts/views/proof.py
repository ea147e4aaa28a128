"""The page that asks once more who sits there (MFA-04)."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.browsers.proving import has_factor, proof_page, prove
from accounts.browsers.return_paths import home_of, own_path
from accounts.forms import ProofForm
from accounts.gates import for_anyone_signed_in
from stars.kernel.actor import ActorRequest

from .own import show, user_of


@sensitive_post_parameters("proof_password", "proof_code")
@for_anyone_signed_in
@require_http_methods(["GET", "POST"])
@never_cache
def prove_who(request: ActorRequest) -> HttpResponse:
    """By password and code, or, for people of the state's sign-on, by showing their means of identification anew."""
    user = user_of(request)
    next_path = own_path(request.GET.get("next")) or home_of(request.actor)
    if user.person_id is not None:
        return _by_sign_on(request, next_path)
    form = ProofForm(request.POST or None, asks_code=has_factor(user))
    if request.method == "POST" and form.is_valid() and prove(request, user, form):
        return redirect(next_path)
    return proof_page(request, form, action=request.get_full_path())


def _by_sign_on(request: ActorRequest, next_path: str) -> HttpResponse:
    onward = f"{reverse('accounts:sso_start')}?{urlencode({'atkartoti': '1', 'next': next_path})}"
    if request.method == "POST":
        return redirect(onward)
    return show(request, "accounts/prove_by_sign_on.html", {"onward": onward})
