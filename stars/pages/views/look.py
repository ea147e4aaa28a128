"""The accessibility panel: a page for everybody, and the same form in a dialog where there is JavaScript."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.browsers.return_paths import own_path
from accounts.gates import public
from stars.kernel.look import Look, keep, look_of
from stars.pages.forms import LookForm


@public
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest) -> HttpResponse:
    """Keep the chosen look in this browser's cookie and go back to the page one came from."""
    back = own_path(request.POST.get("next") or request.GET.get("next"))
    now = look_of(request)
    is_asked = request.method == "POST"
    form = LookForm(request.POST if is_asked else None, initial=asdict(now) | {"motion": bool(now.motion)})
    if is_asked and form.is_valid():
        chosen = Look() if "reset" in request.POST else form.look()
        return _kept(request, chosen, back or reverse("pages:look"))
    return render(request, "pages/look.html", {"form": form, "back": back}, status=422 if form.errors else 200)


def _kept(request: HttpRequest, chosen: Look, onward: str) -> HttpResponse:
    """The script of the dialog shows the look by itself and asks for no page."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        response = HttpResponse(status=204)
    else:
        messages.success(request, _("The settings are saved in this browser."))
        response = redirect(onward)
    keep(response, chosen)
    return response
