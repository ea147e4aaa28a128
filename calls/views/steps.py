"""What the three steps share: their names, the pen of an opened page, how an autosave is answered, how a thing is deleted."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls import selectors
from calls.forms import ConfirmForm
from calls.models import Paper
from stars.files.telling import Standing, standing_of
from stars.kernel.refusals import refusals

STEP_LABELS = (_("Venues"), _("Education programme"), pgettext_lazy("step", "Offer"))
VENUES, PROGRAMME, OFFER = 1, 2, 3
AUTOSAVE = {"autosave", "XMLHttpRequest"}


def undone(institution_id: int, *, has_ready: bool = True) -> set[int]:
    """Steps that have nothing to show yet, so that no page calls them done. At most two queries."""
    lacking = set() if selectors.has_places(institution_id) else {VENUES}
    return lacking if has_ready else lacking | {PROGRAMME}


@dataclass(frozen=True, slots=True)
class Hand:
    """Which revision the page was drawn from, and with which pen it writes."""

    revision: int
    pen: str


def new_pen() -> str:
    return secrets.token_hex(8)


def hand_of(request: HttpRequest) -> Hand:
    """Anything odd counts as a page that has read nothing."""
    revision = request.POST.get("revision", "")
    is_number = revision.isascii() and revision.isdecimal() and len(revision) < 10
    return Hand(int(revision) if is_number else 0, request.POST.get("pen", "")[:32].replace("\0", ""))


def is_autosave(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("X-Requested-With") in AUTOSAVE


def autosave_refused(message: str) -> JsonResponse:
    return JsonResponse({"error": message}, status=409)


@dataclass(frozen=True, slots=True)
class Added:
    """A file as the page shows it."""

    paper: Paper
    standing: Standing


def added(papers: list[Paper]) -> Mapping[str, list[Added]]:
    """Files by attachment."""
    found: dict[str, list[Added]] = {}
    for paper in papers:
        found.setdefault(paper.code, []).append(Added(paper, standing_of(paper.file)))
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One field a colleague has saved otherwise."""

    label: str
    kept: str


def differences(kept: Mapping[str, Any], mine: Mapping[str, Any], labels: Mapping[str, str]) -> list[Difference]:
    """Where what is kept is not what was sent, in the words of the form."""
    found = []
    for name, label in labels.items():
        theirs, ours = kept.get(name) or "", mine.get(name) or ""
        if theirs != ours:
            said = ", ".join(map(str, theirs)) if isinstance(theirs, list) else str(theirs)
            found.append(Difference(label, said or "–"))
    return found


def deleted(
    request: HttpRequest, delete: Callable[[], object], *, page: str, context: Mapping[str, Any], done: str, back: str
) -> HttpResponse:
    """Asks once more, then deletes; a refusal stands on the page that asked. The same page opens as a dialog."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            delete()
            messages.success(request, done)
            return redirect(back)
    return render(request, page, {**context, "form": form}, status=409 if form.errors else 200)
