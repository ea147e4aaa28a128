"""P13: anybody who holds a paper of ours can ask whether it is genuine. No name is shown, and no search engine comes here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.browsers.addresses import client_address
from accounts.gates import public
from stars.kernel.views import too_many_requests

from . import selectors, services
from .errors import NoSuchCode, TooManyChecks
from .forms import CodeForm
from .models import Receipt


@public
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """A field for the code on the paper; the answer has an address of its own."""
    form = CodeForm(request.GET if "kods" in request.GET else None)
    if form.is_bound and form.is_valid():
        return _unlisted(redirect("documents:verify", form.cleaned_data["kods"]))
    return _page(request, 422 if form.errors else 200, form=form)


@public
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    try:
        receipt = services.verify(typed=code, address=client_address(request))
    except TooManyChecks:
        return _unlisted(too_many_requests(request))
    except NoSuchCode as refusal:
        return _page(request, 404, form=CodeForm(), refused=refusal.message)
    return _page(request, 200, receipt=receipt)


def _page(
    request: HttpRequest,
    status: int,
    *,
    form: CodeForm | None = None,
    receipt: Receipt | None = None,
    refused: str = "",
) -> HttpResponse:
    withdrawn_at = selectors.withdrawn_at(receipt) if receipt else None
    context = {"form": form, "receipt": receipt, "withdrawn_at": withdrawn_at, "refused": refused}
    return _unlisted(render(request, "documents/verify.html", context, status=status))


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
