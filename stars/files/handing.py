"""How a view of any app gives out a PDF: at once where it is there, else by a page that waits and comes back by itself."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from stars.kernel.actor import ActorRequest

from .models import RenderedDocument
from .selectors import Bearer, PaperState, download_url, paper_state

WAITS = "gaida"  # in the address of the page that waits: it says that the file is there and does not jump away
STILL_COMING = {PaperState.MAKING: 3, PaperState.CHECKING: 3, PaperState.WAITING: 30}  # seconds to the next look


def hand_out(request: ActorRequest, made: RenderedDocument, *, title: str, back: str) -> HttpResponse:
    """The file's address for five minutes, bound to this browser, or the page about the file.

    `back` is the page the person came from. Whoever calls has asked first whether the person may have the file.
    """
    state = paper_state(made)
    address = download_url(made.file, bearer_of(request)) if made.file and state == PaperState.READY else ""
    if address and WAITS not in request.GET:
        return redirect(address)
    context = {
        "state": state.value,
        "title": title,
        "back": back,
        "address": address,
        "again": f"{request.path}?{WAITS}=1",
        "seconds": STILL_COMING.get(state),
    }
    return render(request, "files/paper.html", context)


def bearer_of(request: ActorRequest) -> Bearer | None:
    """The signed-in person's browser; nobody for a reader of public papers."""
    key = request.session.session_key
    if request.actor.user_id is None or key is None:
        return None
    return Bearer(request.actor.user_id, key, request.headers.get("User-Agent", ""))
